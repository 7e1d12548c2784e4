from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from suite.kernel.companies.models import CompanyRow
from suite.kernel.documents.models import Document, DocumentLine
from suite.kernel.money.fields import AmountField


class RecurringEntry(Document):
    """A template and its calendar: the same entry each month, quarter or year, until it ends or is stopped."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        ACTIVE = "active", _("Active")
        STOPPED = "stopped", _("Stopped")

    class Every(models.TextChoices):
        MONTH = "month", _("Every month")
        QUARTER = "quarter", _("Every quarter")
        YEAR = "year", _("Every year")

    status = models.CharField(_("status"), max_length=24, choices=Status, default=Status.DRAFT, editable=False)
    name = models.CharField(_("name"), max_length=120)
    journal = models.ForeignKey("erp.Journal", models.PROTECT, related_name="+", verbose_name=_("journal"))
    every = models.CharField(_("repeated"), max_length=8, choices=Every, default=Every.MONTH)
    first_on = models.DateField(_("first on"), help_text=_("A 31st falls on the last day of shorter months"))
    last_on = models.DateField(_("last on"), null=True, blank=True, help_text=_("Empty: until it is stopped"))
    is_reversing = models.BooleanField(_("reversed on the first day of the next period"), default=False)

    class Meta:
        verbose_name = _("recurring entry")
        verbose_name_plural = _("recurring entries")
        ordering = ("name", "pk")
        permissions = [("activate_recurringentry", "Can activate a recurring entry"), ("stop_recurringentry", "Can stop a recurring entry"),
                       ("post_day_recurringentry", "Can post a day of a recurring entry")]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_on__isnull=True) | Q(last_on__gte=F("first_on")), name="recurring_entry_ends_after_start",
                violation_error_message=_("The last day lies before the first."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RecurringEntryLine(DocumentLine):
    """A debit or credit that each repetition posts."""

    template = models.ForeignKey(RecurringEntry, models.CASCADE, related_name="lines", verbose_name=_("recurring entry"))
    account = models.ForeignKey("erp.Account", models.PROTECT, related_name="+", verbose_name=_("account"))
    party = models.ForeignKey("kernel.Party", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("party"))
    debit = AmountField(_("debit"), default=0)
    credit = AmountField(_("credit"), default=0)
    description = models.CharField(_("description"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("recurring entry line")
        verbose_name_plural = _("recurring entry lines")
        ordering = ("template", "position")
        constraints = [
            models.CheckConstraint(
                condition=Q(debit__gte=0, credit__gte=0) & (Q(debit=0) ^ Q(credit=0)), name="recurring_line_on_one_side",
                violation_error_message=_("A line has a debit or a credit, not both and not neither."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.debit or -self.credit}"


class ScheduledReversal(CompanyRow):
    """A posted entry that is to be mirrored on a day: accruals, reversing entries. Done when the entry has its mirror."""

    entry = models.OneToOneField("erp.JournalEntry", models.PROTECT, related_name="scheduled_reversal", verbose_name=_("entry"))
    reverse_on = models.DateField(_("reversed on"))

    audited = True
    database_privileges = "SELECT, INSERT"

    class Meta:
        verbose_name = _("scheduled reversal")
        verbose_name_plural = _("scheduled reversals")
        ordering = ("reverse_on", "pk")
        indexes = [models.Index(fields=("company", "reverse_on"), name="scheduled_reversal_due")]

    def __str__(self) -> str:
        return f"{self.entry} ({self.reverse_on})"


class Accrual(Document):
    """A service received and not billed at the end of a period (CLS-4): its cost counts there, and is taken back on the next day."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        POSTED = "posted", _("Posted")

    status = models.CharField(_("status"), max_length=24, choices=Status, default=Status.DRAFT, editable=False)
    accrued_on = models.DateField(_("counts on"), help_text=_("The last day of the period that bears the cost"))
    account = models.ForeignKey(
        "erp.Account", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("expense account"),
        help_text=_("Empty: the account of general expenses"),
    )
    party = models.ForeignKey("kernel.Party", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("supplier"))
    amount = AmountField(_("amount"), help_text=_("Without tax: there is no input tax before the bill"))
    description = models.CharField(_("description"), max_length=200)
    entry = models.OneToOneField("erp.JournalEntry", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("entry"))

    class Meta:
        verbose_name = _("accrual")
        verbose_name_plural = _("accruals")
        ordering = ("-accrued_on", "-pk")
        permissions = [("post_accrual", "Can post an accrual")]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="accrual_above_zero", violation_error_message=_("An accrual is above zero.")),
            models.CheckConstraint(condition=(Q(status="posted") ^ Q(entry__isnull=True)), name="posted_accrual_has_entry"),
        ]


class Deferral(Document):
    """Income invoiced or cost billed for a time to come: moved off the result at its start, and released part by part."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        ACTIVE = "active", _("Active")
        DONE = "done", _("Released")
        CANCELLED = "cancelled", _("Cancelled")

    class Kind(models.TextChoices):
        REVENUE = "revenue", _("Deferred revenue")
        EXPENSE = "expense", _("Prepaid expense")

    class Split(models.TextChoices):
        MONTHS = "months", _("Equal months")
        DAYS = "days", _("By days")

    status = models.CharField(_("status"), max_length=24, choices=Status, default=Status.DRAFT, editable=False)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.EXPENSE)
    description = models.CharField(_("description"), max_length=200)
    party = models.ForeignKey("kernel.Party", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("party"))
    account = models.ForeignKey(
        "erp.Account", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("income or expense account"),
        help_text=_("Empty: the company's revenue or general expenses"),
    )
    amount = AmountField(_("amount"))
    booked_on = models.DateField(_("booked on"), help_text=_("When it is moved off the result: the date of the invoice or bill"))
    is_moved = models.BooleanField(
        _("move it off the result"), default=True, help_text=_("No: the bill was booked on prepaid expenses already (prepaid expense only)"),
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    split = models.CharField(_("split"), max_length=6, choices=Split, default=Split.MONTHS)
    bill_line = models.OneToOneField(
        "erp.SupplierBillLine", models.PROTECT, null=True, editable=False, related_name="deferral", verbose_name=_("bill line"),
    )
    entry = models.OneToOneField("erp.JournalEntry", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("entry"))

    class Meta:
        verbose_name = _("deferral")
        verbose_name_plural = _("deferrals")
        ordering = ("-starts_on", "-pk")
        permissions = [
            ("activate_deferral", "Can activate a deferral"), ("release_deferral", "Can release the rest of a deferral"),
            ("post_part_deferral", "Can post the next part of a deferral"), ("cancel_deferral", "Can cancel the deferral of a reversed bill"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="deferral_above_zero", violation_error_message=_("A deferral is above zero.")),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="deferral_ends_after_start", violation_error_message=_("The last day lies before the first."),
            ),
            models.CheckConstraint(
                condition=Q(is_moved=True) | Q(kind="expense"), name="deferred_revenue_is_moved",
                violation_error_message=_("Deferred revenue is always moved off the result."),
            ),
        ]


class DeferralInstalment(CompanyRow):
    """A part of a deferral and the day it counts. The parts make up the whole (checked at every commit); a posted one never changes."""

    deferral = models.ForeignKey(Deferral, models.CASCADE, related_name="instalments", verbose_name=_("deferral"))
    position = models.PositiveIntegerField(_("position"))
    due_on = models.DateField(_("counts on"))
    amount = AmountField(_("amount"))
    entry = models.OneToOneField("erp.JournalEntry", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("entry"))

    class Meta:
        verbose_name = _("deferral instalment")
        verbose_name_plural = _("deferral instalments")
        ordering = ("deferral", "position")
        constraints = [models.UniqueConstraint(fields=("deferral", "position"), name="deferral_instalment_once")]
        indexes = [models.Index(fields=("company", "due_on"), condition=Q(entry__isnull=True), name="deferral_instalment_due")]

    def __str__(self) -> str:
        return f"{self.due_on}: {self.amount}"
