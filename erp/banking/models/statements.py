from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from erp.banking.models.accounts import BankAccount
from suite.kernel.companies.models import CausedRow
from suite.kernel.documents.models import Document
from suite.kernel.money.fields import AmountField


class BankStatement(Document):
    """A statement as the bank sent it. Reconciled: every line is matched and its closing balance is the ledger's."""

    class Status(models.TextChoices):
        IMPORTED = "imported", _("Imported")
        PARTIALLY_MATCHED = "partially_matched", _("Partly matched")
        RECONCILED = "reconciled", _("Reconciled")

    class Format(models.TextChoices):
        CAMT = "camt", "camt"
        MT940 = "mt940", "MT940"
        OFX = "ofx", "OFX"
        QIF = "qif", "QIF"
        CSV = "csv", "CSV"

    status = models.CharField(_("status"), max_length=24, choices=Status, default=Status.IMPORTED, editable=False)
    bank_account = models.ForeignKey(BankAccount, models.PROTECT, related_name="statements", verbose_name=_("bank account"))
    bank_reference = models.CharField(_("bank's number"), max_length=80, blank=True)
    format = models.CharField(_("format"), max_length=8, choices=Format)
    is_interim = models.BooleanField(_("during the day"), default=False, help_text=_("A report or notice; the statement follows"))
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    opening_balance = AmountField(_("opening balance"), null=True)
    closing_balance = AmountField(_("closing balance"), null=True)
    difference = AmountField(_("does not add up by"), null=True, help_text=_("Opening balance and movements less the closing balance"))
    warnings = models.TextField(_("warnings"), blank=True)
    file_name = models.CharField(_("file"), max_length=160, blank=True)
    file_hash = models.CharField(_("hash of the file"), max_length=64)
    position = models.PositiveIntegerField(_("place in the file"), default=1)

    editable_statuses = ()

    class Meta:
        verbose_name = _("bank statement")
        verbose_name_plural = _("bank statements")
        ordering = ("-ends_on", "-pk")
        permissions = [
            ("match_bankstatement", "Can match what is clear on a bank statement"), ("reconcile_bankstatement", "Can reconcile a bank statement"),
            ("reopen_bankstatement", "Can reopen a reconciled bank statement"),
        ]
        constraints = [
            models.UniqueConstraint(fields=("bank_account", "file_hash", "position"), name="bank_statement_file_once"),
            models.UniqueConstraint(fields=("company", "number"), name="bank_statement_number_once"),
            models.CheckConstraint(
                condition=~Q(status="reconciled") | Q(difference=0, closing_balance__isnull=False), name="reconciled_statement_adds_up",
            ),
        ]

    def __str__(self) -> str:
        return self.number or self.bank_reference or super().__str__()


class StatementLine(Document):
    """One movement as the bank reports it; matching it books the money."""

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        MATCHED = "matched", _("Matched")

    status = models.CharField(_("status"), max_length=24, choices=Status, default=Status.OPEN, editable=False)
    bank_account = models.ForeignKey(BankAccount, models.PROTECT, related_name="statement_lines", verbose_name=_("bank account"))
    statement = models.ForeignKey(
        BankStatement, models.PROTECT, null=True, blank=True, editable=False, related_name="lines", verbose_name=_("statement"),
    )
    position = models.PositiveIntegerField(_("position"), default=1, editable=False)
    booked_on = models.DateField(_("booked on"))
    value_on = models.DateField(_("value date"), null=True, blank=True)
    amount = AmountField(_("amount"), help_text=_("Positive: money in"))
    text = models.CharField(_("text"), max_length=400, blank=True)
    counterparty_name = models.CharField(_("counterparty"), max_length=140, blank=True)
    counterparty_iban = models.CharField(_("counterparty's account"), max_length=40, blank=True)
    reference = models.CharField(_("reference"), max_length=80, blank=True)
    party = models.ForeignKey("kernel.Party", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("party"))
    payment = models.ForeignKey(
        "erp.CustomerPayment", models.PROTECT, null=True, blank=True, related_name="statement_lines", editable=False, verbose_name=_("payment"),
    )
    entry = models.ForeignKey(
        "erp.JournalEntry", models.PROTECT, null=True, editable=False, related_name="statement_lines", verbose_name=_("entry"),
    )
    supplier_payment = models.ForeignKey(
        "erp.SupplierPayment", models.PROTECT, null=True, blank=True, related_name="statement_lines", editable=False, verbose_name=_("supplier payment"),
    )
    external_id = models.CharField(_("bank's id"), max_length=80, null=True, blank=True)  # noqa: DJ001 - unique where known
    score = models.PositiveSmallIntegerField(_("score"), null=True, editable=False)
    reasons = models.CharField(_("why"), max_length=300, blank=True, editable=False)
    problem = models.CharField(_("why it was not matched unaided"), max_length=300, blank=True, editable=False)
    is_unaided = models.BooleanField(_("matched unaided"), default=False, editable=False)
    ledger_on = models.DateField(_("booked in the ledger on"), null=True, editable=False, help_text=_("Where its own day was closed"))

    editable_statuses = ("open",)

    class Meta:
        verbose_name = _("statement line")
        verbose_name_plural = _("statement lines")
        ordering = ("-booked_on", "-pk")
        permissions = [("match_statementline", "Can match a statement line"), ("unmatch_statementline", "Can undo the match of a statement line")]
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="statement_line_has_an_amount"),
            models.UniqueConstraint(fields=("bank_account", "external_id"), name="statement_line_once"),
            models.CheckConstraint(condition=Q(status="open") | Q(entry__isnull=False), name="matched_statement_line_has_entry"),
        ]
        indexes = [
            models.Index(fields=("company", "bank_account", "booked_on"), condition=Q(status="open"), name="statement_line_open"),
            models.Index(fields=("statement", "position"), name="statement_line_of_statement"),
        ]


class StatementMatch(CausedRow):
    """A part of a statement line and what it is: the parts of a matched line make up its amount (checked by the database at commit)."""

    class Kind(models.TextChoices):
        PAYMENT = "payment", _("Payment that waited for the statement")
        RECEIPT = "receipt", _("Money of a customer")
        PAID_OUT = "supplier", _("Money of a supplier")
        ACCOUNT = "account", _("Booked to an account")
        ENTRY = "entry", _("In the books already")

    line = models.ForeignKey(StatementLine, models.PROTECT, related_name="parts", verbose_name=_("statement line"))
    position = models.PositiveIntegerField(_("position"), default=1)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    amount = AmountField(_("amount"))
    fee = AmountField(_("bank fee"), default=0, help_text=_("What the bank or card processor kept"))
    party = models.ForeignKey("kernel.Party", models.PROTECT, null=True, related_name="+", verbose_name=_("party"))
    payment = models.ForeignKey("erp.CustomerPayment", models.PROTECT, null=True, related_name="statement_parts", verbose_name=_("payment"))
    supplier_payment = models.ForeignKey(
        "erp.SupplierPayment", models.PROTECT, null=True, related_name="statement_parts", verbose_name=_("supplier payment"),
    )
    account = models.ForeignKey("erp.Account", models.PROTECT, null=True, related_name="+", verbose_name=_("account"))
    entry = models.ForeignKey("erp.JournalEntry", models.PROTECT, related_name="statement_parts", verbose_name=_("entry"))

    audited = True

    class Meta:
        verbose_name = _("matched part")
        verbose_name_plural = _("matched parts")
        ordering = ("line", "position")
        constraints = [
            models.CheckConstraint(condition=Q(kind="payment") | ~Q(amount=0), name="matched_part_has_an_amount"),
            models.CheckConstraint(condition=Q(fee__gte=0), name="matched_part_fee"),
            models.UniqueConstraint(fields=("line", "position"), name="matched_part_once"),
            models.UniqueConstraint(fields=("payment",), name="payment_on_the_statement_once"),
            models.UniqueConstraint(fields=("supplier_payment",), name="supplier_payment_on_the_statement_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount}"
