from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from erp.ledger.roles import AccountRole
from suite.kernel.companies.models import CausedRow, CompanyRow
from suite.kernel.money.fields import AmountField

MAPPED_ROLES = (
    AccountRole.REVENUE, AccountRole.FREIGHT_REVENUE, AccountRole.SALES_RETURNS, AccountRole.SALES_DISCOUNT, AccountRole.DEFERRED_REVENUE,
    AccountRole.OUTPUT_TAX, AccountRole.INPUT_TAX, AccountRole.EXPENSE,
)


class FiscalPositionAccount(CompanyRow):
    """Which account plays a role for documents in a fiscal position, instead of the company's."""

    fiscal_position = models.ForeignKey("kernel.FiscalPosition", models.CASCADE, related_name="+", verbose_name=_("fiscal position"))
    role = models.CharField(_("role"), max_length=30, choices=[(role.value, role.label) for role in MAPPED_ROLES])
    account = models.ForeignKey("erp.Account", models.PROTECT, related_name="+", verbose_name=_("account"), limit_choices_to=Q(control=""))

    audited = True

    class Meta:
        verbose_name = _("account of a fiscal position")
        verbose_name_plural = _("accounts of fiscal positions")
        ordering = ("fiscal_position", "role")
        constraints = [
            models.UniqueConstraint(
                fields=("fiscal_position", "role"), name="fiscal_position_account_once", violation_error_message=_("This role has its account already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}: {self.account}"


class WithheldTax(CausedRow):
    """Tax kept back when a document was paid: by us from a supplier, or by a customer from us. Taken back by a row with amounts negated."""

    class Side(models.TextChoices):
        PAYABLE = "payable", _("Withheld by us")
        RECEIVABLE = "receivable", _("Withheld by the customer")

    side = models.CharField(_("side"), max_length=10, choices=Side)
    party = models.ForeignKey("kernel.Party", models.PROTECT, related_name="+", verbose_name=_("party"))
    tax = models.ForeignKey("kernel.Tax", models.PROTECT, related_name="+", verbose_name=_("tax"))
    item = models.ForeignKey("erp.OpenItem", models.PROTECT, related_name="withheld_taxes", verbose_name=_("document's item"))
    document_key = models.CharField(_("document"), max_length=60, db_index=True)
    entry = models.ForeignKey("erp.JournalEntry", models.PROTECT, related_name="withheld_taxes", verbose_name=_("entry"))
    withheld_on = models.DateField(_("withheld on"))
    base = AmountField(_("base"), help_text=_("In company currency"))
    amount = AmountField(_("withheld"), help_text=_("In company currency"))

    portal_party = "party_id"
    append_only = True

    class Meta:
        verbose_name = _("withheld tax")
        verbose_name_plural = _("withheld taxes")
        ordering = ("-withheld_on", "-pk")
        constraints = [models.CheckConstraint(condition=~Q(amount=0), name="withheld_tax_has_an_amount")]
        indexes = [models.Index(fields=("company", "side", "withheld_on"), name="withheld_tax_by_day")]

    def __str__(self) -> str:
        return f"{self.party}: {self.amount}"


class AdvanceTax(CausedRow):
    """Tax on money for what is not invoiced yet: due with an advance or a deposit, taken back when that is applied, returned or bounced.

    Amounts are in company currency, above zero what falls due, below what is taken back; `foreign` is the amount in the document's currency.
    """

    party = models.ForeignKey("kernel.Party", models.PROTECT, related_name="+", verbose_name=_("party"))
    document_key = models.CharField(_("advance or deposit"), max_length=60, db_index=True)
    tax = models.ForeignKey("kernel.Tax", models.PROTECT, related_name="+", verbose_name=_("tax"))
    entry = models.ForeignKey("erp.JournalEntry", models.PROTECT, related_name="advance_taxes", verbose_name=_("entry"))
    base = AmountField(_("base"))
    amount = AmountField(_("tax"))
    foreign = AmountField(_("tax in the document's currency"))

    portal_party = "party_id"
    append_only = True

    class Meta:
        verbose_name = _("tax on an advance")
        verbose_name_plural = _("taxes on advances")
        ordering = ("-pk",)
        constraints = [models.CheckConstraint(condition=~Q(amount=0, base=0), name="advance_tax_has_an_amount")]

    def __str__(self) -> str:
        return f"{self.document_key}: {self.amount}"
