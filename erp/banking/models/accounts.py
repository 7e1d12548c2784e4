from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from suite.kernel.companies.models import CompanyRow
from suite.kernel.money.fields import AmountField


class StatementProfile(CompanyRow):
    """What a bank calls the columns of its CSV files, and how it writes values. Empty names: there is no such column."""

    class Decimal(models.TextChoices):
        POINT = ".", _("1,533.50")
        COMMA = ",", _("1.533,50")

    name = models.CharField(_("name"), max_length=60)
    delimiter = models.CharField(_("delimiter"), max_length=1, blank=True, help_text=_("Empty: found out"))
    decimal = models.CharField(_("amounts look like"), max_length=1, choices=Decimal, blank=True)
    day_first = models.BooleanField(_("day before month"), null=True, blank=True, help_text=_("Empty: found out"))
    date = models.CharField(_("date"), max_length=60)
    amount = models.CharField(_("amount"), max_length=60, blank=True)
    paid_in = models.CharField(_("paid in"), max_length=60, blank=True, help_text=_("Where money in and money out have columns of their own"))
    paid_out = models.CharField(_("paid out"), max_length=60, blank=True)
    side = models.CharField(_("debit or credit"), max_length=60, blank=True, help_text=_("A column with D or C, for instance"))
    text = models.CharField(_("text"), max_length=60, blank=True)
    counterparty = models.CharField(_("counterparty"), max_length=60, blank=True)
    iban = models.CharField(_("counterparty's account"), max_length=60, blank=True)
    reference = models.CharField(_("reference"), max_length=60, blank=True)
    bank_id = models.CharField(_("bank's id"), max_length=60, blank=True)
    balance = models.CharField(_("balance after the movement"), max_length=60, blank=True)

    audited = True

    class Meta:
        verbose_name = _("profile of columns")
        verbose_name_plural = _("profiles of columns")
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint(fields=("company", "name"), name="statement_profile_once"),
            models.CheckConstraint(
                condition=~Q(amount="") | ~Q(paid_in="") | ~Q(paid_out=""), name="statement_profile_has_an_amount",
                violation_error_message=_("Name the column of the amount, or those of money in and out."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class BankAccount(CompanyRow):
    """An account at a bank, or a cash box, with its ledger account."""

    code = models.CharField(_("code"), max_length=12)
    name = models.CharField(_("name"), max_length=80)
    iban = models.CharField(_("IBAN"), max_length=34, blank=True)
    account_number = models.CharField(
        _("account number"), max_length=40, blank=True, help_text=_("As the bank's statements name it, where that is not the IBAN"),
    )
    is_cash = models.BooleanField(_("cash"), default=False)
    account = models.ForeignKey("erp.Account", models.PROTECT, related_name="+", verbose_name=_("ledger account"))
    journal = models.ForeignKey("erp.Journal", models.PROTECT, related_name="+", verbose_name=_("journal"))
    currency = models.ForeignKey("kernel.Currency", models.PROTECT, related_name="+", verbose_name=_("currency"))
    cash_rounding = AmountField(
        _("rounded to"), default=0, help_text=_("Smallest coin in use, 0.05 for instance: what a customer pays in cash is rounded to it"),
    )
    profile = models.ForeignKey(
        StatementProfile, models.PROTECT, null=True, blank=True, related_name="bank_accounts", verbose_name=_("columns of its CSV files"),
    )
    unaided_from = models.PositiveSmallIntegerField(
        _("matched unaided from"), default=80, help_text=_("Score of a proposal, 0 to 100, that needs no person; 101: every line waits for one"),
    )

    audited = True

    class Meta:
        verbose_name = _("bank account")
        verbose_name_plural = _("bank accounts")
        ordering = ("code",)
        constraints = [
            models.UniqueConstraint(fields=("company", "code"), name="bank_account_code_once"),
            models.CheckConstraint(
                condition=Q(unaided_from__gte=50, unaided_from__lte=101), name="bank_account_unaided_from",
                violation_error_message=_("A score from 50 to 100, or 101 for never."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
