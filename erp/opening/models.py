from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from suite.kernel.documents.models import Document, DocumentLine
from suite.kernel.money.fields import AmountField


class OpeningBalance(Document):
    """What a company brings into its books on a day: its open items (OPN-1) and the rest of its trial balance (OPN-2)."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        POSTED = "posted", _("Posted")

    status = models.CharField(_("status"), max_length=24, choices=Status, default=Status.DRAFT, editable=False)
    opened_on = models.DateField(_("as of"), help_text=_("The day before the first business of the new books"))
    description = models.CharField(_("description"), max_length=200, blank=True)
    items_entry = models.OneToOneField(
        "erp.JournalEntry", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("entry of the open items"),
    )
    entry = models.OneToOneField("erp.JournalEntry", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("entry of the balances"))

    class Meta:
        verbose_name = _("opening balance")
        verbose_name_plural = _("opening balances")
        ordering = ("-opened_on", "-pk")
        permissions = [("post_openingbalance", "Can post an opening balance")]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="draft") | Q(items_entry__isnull=False) | Q(entry__isnull=False), name="posted_opening_has_entry",
            ),
        ]


class OpeningItem(DocumentLine):
    """An open invoice or bill with its own number, dates, currency and rate. No income, cost or tax again."""

    class Side(models.TextChoices):
        RECEIVABLE = "receivable", _("Customer owes")
        PAYABLE = "payable", _("Owed to supplier")

    opening = models.ForeignKey(OpeningBalance, models.CASCADE, related_name="items", verbose_name=_("opening balance"))
    side = models.CharField(_("side"), max_length=10, choices=Side, default=Side.RECEIVABLE)
    party = models.ForeignKey("kernel.Party", models.PROTECT, related_name="+", verbose_name=_("party"))
    document_number = models.CharField(_("document number"), max_length=40)
    issued_on = models.DateField(_("issued on"))
    due_on = models.DateField(_("due on"))
    currency = models.ForeignKey("kernel.Currency", models.PROTECT, related_name="+", verbose_name=_("currency"))
    amount_currency = AmountField(_("open amount"), help_text=_("In its currency; below zero: a credit note or an advance"))
    rate = models.DecimalField(_("rate"), max_digits=18, decimal_places=9, default=1, help_text=_("Company currency per unit"))

    class Meta:
        verbose_name = _("opening item")
        verbose_name_plural = _("opening items")
        ordering = ("opening", "position")
        constraints = [
            models.CheckConstraint(condition=~Q(amount_currency=0), name="opening_item_has_an_amount"),
            models.CheckConstraint(condition=Q(rate__gt=0), name="opening_item_rate_above_zero"),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("issued_on")), name="opening_item_due_after_issue", violation_error_message=_("Due before it was issued."),
            ),
            models.UniqueConstraint(fields=("opening", "side", "party", "document_number"), name="opening_item_once"),
        ]

    def __str__(self) -> str:
        return self.document_number


class OpeningLine(DocumentLine):
    """The balance of an account that has no sub-ledger, in company currency."""

    opening = models.ForeignKey(OpeningBalance, models.CASCADE, related_name="lines", verbose_name=_("opening balance"))
    account = models.ForeignKey("erp.Account", models.PROTECT, related_name="+", verbose_name=_("account"))
    debit = AmountField(_("debit"), default=0)
    credit = AmountField(_("credit"), default=0)

    class Meta:
        verbose_name = _("opening line")
        verbose_name_plural = _("opening lines")
        ordering = ("opening", "position")
        constraints = [
            models.CheckConstraint(
                condition=Q(debit__gte=0, credit__gte=0) & (Q(debit=0) ^ Q(credit=0)), name="opening_line_on_one_side",
                violation_error_message=_("A line has a debit or a credit, not both and not neither."),
            ),
            models.UniqueConstraint(fields=("opening", "account"), name="opening_line_once"),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.debit or -self.credit}"
