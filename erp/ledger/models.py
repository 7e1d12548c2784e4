from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from erp.ledger.roles import AccountRole
from suite.access.querysets import ScopedQuerySet
from suite.kernel.companies.models import CompanyRow
from suite.kernel.documents.models import Document
from suite.kernel.money.fields import AmountField


class Account(CompanyRow):
    """An account of the chart. Control accounts take lines from their own documents only."""

    class Type(models.TextChoices):
        ASSET = "asset", _("Asset")
        LIABILITY = "liability", _("Liability")
        EQUITY = "equity", _("Equity")
        INCOME = "income", _("Income")
        EXPENSE = "expense", _("Expense")

    class Control(models.TextChoices):
        NONE = "", _("None")
        STOCK = "stock", _("Stock layers")
        ITEM = "item", _("Open items")
        CLEARING = "clearing", _("Clearing items")

    code = models.CharField(_("code"), max_length=32)
    name = models.CharField(_("name"), max_length=240)
    type = models.CharField(_("type"), max_length=10, choices=Type)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, verbose_name=_("part of"), related_name="children")
    control = models.CharField(
        _("control account of"), max_length=8, choices=Control, default=Control.NONE, blank=True,
        help_text=_("Lines come only with rows of this sub-ledger, of exactly the same value"),
    )
    is_heading = models.BooleanField(_("heading"), default=False, help_text=_("Only adds up the accounts below it; takes no lines"))
    is_active = models.BooleanField(_("active"), default=True)

    audited = True

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        ordering = ("code",)
        constraints = [
            models.UniqueConstraint(fields=("company", "code"), name="account_code_once"),
            models.UniqueConstraint(fields=("id", "company"), name="account_of_company"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class AccountAssignment(CompanyRow):
    """Which account plays a role: for the company, or more specifically for a category, a warehouse or a product."""

    role = models.CharField(_("role"), max_length=30, choices=AccountRole)
    account = models.ForeignKey(Account, models.PROTECT, related_name="assignments", verbose_name=_("account"))
    product = models.ForeignKey("kernel.Product", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("product"))
    category = models.ForeignKey("kernel.ProductCategory", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("category"))
    warehouse = models.ForeignKey("erp.Warehouse", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("warehouse"))

    audited = True

    class Meta:
        verbose_name = _("account role")
        verbose_name_plural = _("account roles")
        ordering = ("role", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=("company", "role", "product", "category", "warehouse"), name="account_role_once", nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.account}"


class Journal(CompanyRow):
    """A book of entries with its own gapless numbers and hash chain."""

    class Kind(models.TextChoices):
        SALES = "sales", _("Sales")
        CREDIT = "credit", _("Credit notes")
        PURCHASE = "purchase", _("Supplier bills")
        BANK = "bank", _("Bank and cash")
        STOCK = "stock", _("Stock")
        EXCHANGE = "exchange", _("Exchange differences")
        GENERAL = "general", _("General")
        OPENING = "opening", _("Opening")
        CLOSING = "closing", _("Closing")

    code = models.CharField(_("code"), max_length=8, help_text=_("Begins the number: INV gives INV-2026-00042"))
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.GENERAL)

    audited = True

    class Meta:
        verbose_name = _("journal")
        verbose_name_plural = _("journals")
        ordering = ("code",)
        constraints = [models.UniqueConstraint(fields=("company", "code"), name="journal_code_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class JournalEntry(Document):
    """Debits and credits of one event. Sealed at posting: number, hash; from then on it never changes."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        POSTED = "posted", _("Posted")

    status = models.CharField(_("status"), max_length=24, choices=Status, default=Status.DRAFT, editable=False)
    journal = models.ForeignKey(Journal, models.PROTECT, related_name="entries", verbose_name=_("journal"))
    ledger_date = models.DateField(_("date"), help_text=_("The day it counts in the books"))
    period = models.ForeignKey("kernel.Period", models.PROTECT, null=True, blank=True, editable=False, related_name="+", verbose_name=_("period"))
    description = models.CharField(_("description"), max_length=200, blank=True)
    source_key = models.CharField(_("source"), max_length=80, null=True, blank=True, editable=False)  # noqa: DJ001 - unique where known
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="reversed_by", verbose_name=_("reverses"),
    )
    sequence = models.PositiveIntegerField(_("sequence"), null=True, editable=False)
    hash = models.BinaryField(_("hash"), null=True, editable=False)
    posted_at = models.DateTimeField(_("posted at"), null=True, editable=False)

    objects = ScopedQuerySet.as_manager()
    audited = False
    approvable = {"post": "approval_amount"}

    class Meta:
        verbose_name = _("journal entry")
        verbose_name_plural = _("journal entries")
        ordering = ("-ledger_date", "-pk")
        permissions = [
            ("post_journalentry", "Can post a journal entry"), ("reverse_journalentry", "Can reverse a journal entry"),
            ("mirror_journalentry", "Can reverse a journal entry as scheduled"),
        ]
        constraints = [
            models.UniqueConstraint(fields=("company", "number"), name="entry_number_once"),
            models.UniqueConstraint(fields=("company", "source_key"), name="entry_source_once"),
            models.UniqueConstraint(fields=("id", "company"), name="entry_of_company"),
        ]
        indexes = [
            models.Index(fields=("company", "-ledger_date", "-id"), name="entry_newest"),
            models.Index(fields=("journal", "sequence"), name="entry_by_sequence"),
        ]

    @property
    def approval_amount(self) -> Decimal:
        """The sum of its debits."""
        return self.lines.aggregate(sum=models.Sum("debit"))["sum"] or Decimal(0)


class JournalLine(CompanyRow):
    """One debit or credit in company currency. `ledger_date` is empty while the entry is a draft, so drafts never count."""

    # Entry and account: keys over (id, company) stand in sql/10_entries.sql.
    entry = models.ForeignKey(JournalEntry, models.CASCADE, db_constraint=False, related_name="lines", verbose_name=_("entry"))
    position = models.PositiveIntegerField(_("position"), default=1)
    account = models.ForeignKey(Account, models.PROTECT, db_constraint=False, related_name="lines", verbose_name=_("account"))
    party = models.ForeignKey("kernel.Party", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("party"))
    ledger_date = models.DateField(_("date"), null=True, editable=False)
    debit = AmountField(_("debit"), default=0)
    credit = AmountField(_("credit"), default=0)
    currency = models.ForeignKey("kernel.Currency", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("currency"))
    amount_currency = AmountField(_("amount in currency"), null=True, blank=True)
    description = models.CharField(_("description"), max_length=200, blank=True)
    dimensions = models.CharField(
        _("dimensions"), max_length=200, blank=True, default="", db_default="", help_text=_("Codes of values, as CC:100 PRJ:A1"),
    )

    class Meta:
        verbose_name = _("journal line")
        verbose_name_plural = _("journal lines")
        ordering = ("entry", "position")
        constraints = [
            models.CheckConstraint(condition=Q(debit__gte=0, credit__gte=0) & (Q(debit=0) | Q(credit=0)), name="line_on_one_side"),
            models.CheckConstraint(
                condition=~Q(debit=0, credit=0) | (Q(amount_currency__isnull=False) & ~Q(amount_currency=0)), name="line_has_an_amount",
            ),
            models.CheckConstraint(
                condition=Q(currency__isnull=True, amount_currency__isnull=True)
                | Q(currency__isnull=False, amount_currency__isnull=False, credit=0, amount_currency__gte=0)
                | Q(currency__isnull=False, amount_currency__isnull=False, debit=0, amount_currency__lte=0), name="line_on_one_side_in_both_currencies",
            ),
        ]
        indexes = [
            models.Index(fields=("account", "ledger_date"), include=("debit", "credit"), name="line_of_account"),
            models.Index(fields=("company", "ledger_date"), include=("account", "debit", "credit"), name="line_of_company"),
            models.Index(fields=("party", "account"), condition=Q(party__isnull=False), name="line_of_party"),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.debit or -self.credit}"


class JournalTail(CompanyRow):
    """Last number and last hash of a journal in a fiscal year: the one row that posting takes last."""

    journal = models.ForeignKey(Journal, models.PROTECT, related_name="tails")
    year = models.ForeignKey("kernel.FiscalYear", models.PROTECT, related_name="+")
    last_number = models.PositiveIntegerField(default=0)
    last_hash = models.BinaryField(default=b"")

    machine_kept = True

    class Meta:
        verbose_name = _("journal tail")
        verbose_name_plural = _("journal tails")
        constraints = [models.UniqueConstraint(fields=("journal", "year"), name="journal_tail_once")]

    def __str__(self) -> str:
        return f"{self.journal_id}/{self.year_id}: {self.last_number}"


class UnrolledEntry(CompanyRow):
    """A posted entry whose lines are not in the balances yet."""

    entry = models.OneToOneField(JournalEntry, models.PROTECT, primary_key=True, related_name="+")

    machine_kept = True

    class Meta:
        verbose_name = _("entry to roll up")
        verbose_name_plural = _("entries to roll up")

    def __str__(self) -> str:
        return str(self.entry_id)


class AccountBalance(CompanyRow):
    """Debits and credits of an account in a month, without the unrolled entries."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    month = models.DateField()
    is_closing = models.BooleanField(default=False)
    debit = AmountField(default=0)
    credit = AmountField(default=0)

    machine_kept = True

    class Meta:
        verbose_name = _("account balance")
        verbose_name_plural = _("account balances")
        constraints = [models.UniqueConstraint(fields=("company", "account", "month", "is_closing"), name="account_balance_once")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.month}"
