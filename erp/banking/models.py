from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from suite.kernel.companies.models import CompanyRow
from suite.kernel.documents.models import Document
from suite.kernel.money.fields import AmountField


class BankAccount(CompanyRow):
    """An account at a bank, or a cash box, with its ledger account."""

    code = models.CharField(_("code"), max_length=12)
    name = models.CharField(_("name"), max_length=80)
    iban = models.CharField(_("IBAN"), max_length=34, blank=True)
    is_cash = models.BooleanField(_("cash"), default=False)
    account = models.ForeignKey("erp.Account", models.PROTECT, related_name="+", verbose_name=_("ledger account"))
    journal = models.ForeignKey("erp.Journal", models.PROTECT, related_name="+", verbose_name=_("journal"))
    currency = models.ForeignKey("kernel.Currency", models.PROTECT, related_name="+", verbose_name=_("currency"))
    cash_rounding = AmountField(
        _("rounded to"), default=0, help_text=_("Smallest coin in use, 0.05 for instance: what a customer pays in cash is rounded to it"),
    )

    audited = True

    class Meta:
        verbose_name = _("bank account")
        verbose_name_plural = _("bank accounts")
        ordering = ("code",)
        constraints = [models.UniqueConstraint(fields=("company", "code"), name="bank_account_code_once")]

    def __str__(self) -> str:
        return self.name


class StatementLine(Document):
    """One movement as the bank reports it; matching it books the money."""

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        MATCHED = "matched", _("Matched")

    status = models.CharField(_("status"), max_length=24, choices=Status, default=Status.OPEN, editable=False)
    bank_account = models.ForeignKey(BankAccount, models.PROTECT, related_name="statement_lines", verbose_name=_("bank account"))
    booked_on = models.DateField(_("booked on"))
    amount = AmountField(_("amount"), help_text=_("Positive: money in"))
    text = models.CharField(_("text"), max_length=200, blank=True)
    party = models.ForeignKey("kernel.Party", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("party"))
    payment = models.ForeignKey(
        "erp.CustomerPayment", models.PROTECT, null=True, blank=True, related_name="statement_lines", editable=False, verbose_name=_("payment"),
    )
    entry = models.OneToOneField(
        "erp.JournalEntry", models.PROTECT, null=True, editable=False, related_name="statement_line", verbose_name=_("entry"),
    )
    external_id = models.CharField(_("bank's id"), max_length=80, null=True, blank=True)  # noqa: DJ001 - unique where known

    class Meta:
        verbose_name = _("statement line")
        verbose_name_plural = _("statement lines")
        ordering = ("-booked_on", "-pk")
        permissions = [("match_statementline", "Can match a statement line")]
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="statement_line_has_an_amount"),
            models.UniqueConstraint(fields=("bank_account", "external_id"), name="statement_line_once"),
            models.CheckConstraint(condition=Q(status="open") | Q(entry__isnull=False), name="matched_statement_line_has_entry"),
        ]
