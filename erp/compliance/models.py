from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from suite.kernel.companies.models import CompanyRow
from suite.kernel.documents.models import Document
from suite.kernel.money.fields import AmountField


class Obligation(CompanyRow):
    """Something the law asks again and again: what, how often, how many days after the time it is for, and who sees to it."""

    class Kind(models.TextChoices):
        TAX_RETURN = "tax_return", _("Tax return")
        YEAR_ACCOUNTS = "year_accounts", _("Year accounts")
        OTHER = "other", _("Other")

    class Every(models.TextChoices):
        MONTH = "month", _("Every month")
        QUARTER = "quarter", _("Every quarter")
        YEAR = "year", _("Every year")

    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=14, choices=Kind, default=Kind.TAX_RETURN)
    every = models.CharField(_("repeated"), max_length=8, choices=Every, default=Every.MONTH)
    days = models.PositiveSmallIntegerField(_("due after days"), default=10, help_text=_("Days after the end of the time it is for"))
    starts_on = models.DateField(_("first time begins"), help_text=_("The first day of the first month, quarter or year"))
    owner = models.ForeignKey("kernel.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("owner"))
    is_active = models.BooleanField(_("active"), default=True)

    audited = True

    class Meta:
        verbose_name = _("obligation")
        verbose_name_plural = _("obligations")
        ordering = ("name",)
        constraints = [models.UniqueConstraint(fields=("company", "name"), name="obligation_once")]

    def __str__(self) -> str:
        return self.name


class ObligationTask(Document):
    """One fulfilment of an obligation. It is done by name, with the file that proves it attached."""

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        DONE = "done", _("Done")

    status = models.CharField(_("status"), max_length=24, choices=Status, default=Status.OPEN, editable=False)
    obligation = models.ForeignKey(Obligation, models.PROTECT, related_name="tasks", verbose_name=_("obligation"))
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    due_on = models.DateField(_("due on"))
    owner = models.ForeignKey("kernel.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("owner"))
    done_on = models.DateField(_("done on"), null=True, editable=False)

    class Meta:
        verbose_name = _("compliance task")
        verbose_name_plural = _("compliance tasks")
        ordering = ("due_on", "pk")
        permissions = [("complete_obligationtask", "Can complete a compliance task")]
        constraints = [
            models.UniqueConstraint(fields=("obligation", "ends_on"), name="obligation_task_once"),
            models.CheckConstraint(condition=(Q(status="done") ^ Q(done_on__isnull=True)), name="done_task_has_a_day"),
        ]
        indexes = [models.Index(fields=("company", "due_on"), condition=Q(status="open"), name="obligation_task_open")]

    def __str__(self) -> str:
        return f"{self.obligation} {self.starts_on:%Y-%m}"


class TaxReturn(Document):
    """Output and input tax of a time. Filed, it is a locked snapshot: its boxes and entries never change, whatever is posted later."""

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        COMPUTED = "computed", _("Computed")
        FILED = "filed", _("Filed")
        PAID = "paid", _("Paid")

    status = models.CharField(_("status"), max_length=24, choices=Status, default=Status.OPEN, editable=False)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    profile = models.CharField(_("form"), max_length=20, default="simple", editable=False)
    output_tax = AmountField(_("output tax"), default=0, editable=False)
    input_tax = AmountField(_("input tax"), default=0, editable=False)
    payable = AmountField(_("payable"), default=0, editable=False, help_text=_("Below zero: refund due"))
    filed_on = models.DateField(_("filed on"), null=True, editable=False)
    snapshot = models.CharField(_("SHA-256 of what was filed"), max_length=64, blank=True, editable=False)
    task = models.ForeignKey(ObligationTask, models.PROTECT, null=True, blank=True, related_name="returns", verbose_name=_("compliance task"))
    entry = models.OneToOneField("erp.JournalEntry", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("settlement"))
    paid_on = models.DateField(_("paid on"), null=True, editable=False)
    payment_entry = models.OneToOneField(
        "erp.JournalEntry", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("entry of the payment"),
    )

    editable_statuses = ("open",)

    class Meta:
        verbose_name = _("tax return")
        verbose_name_plural = _("tax returns")
        ordering = ("-starts_on", "-pk")
        permissions = [
            ("compute_taxreturn", "Can compute a tax return"), ("file_taxreturn", "Can file a tax return"), ("pay_taxreturn", "Can pay a tax return"),
        ]
        constraints = [
            models.UniqueConstraint(fields=("company", "starts_on"), name="tax_return_once"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="tax_return_ends_after_start"),
            models.CheckConstraint(condition=Q(payable=F("output_tax") - F("input_tax")), name="tax_return_adds_up"),
            models.CheckConstraint(
                condition=~Q(status__in=("filed", "paid")) | (Q(filed_on__isnull=False) & ~Q(snapshot="")), name="filed_return_has_snapshot",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_on:%Y-%m-%d} – {self.ends_on:%Y-%m-%d}"


class TaxReturnBox(CompanyRow):
    """A box of the form with its amount."""

    tax_return = models.ForeignKey(TaxReturn, models.CASCADE, related_name="boxes", verbose_name=_("tax return"))
    position = models.PositiveIntegerField(_("position"))
    code = models.CharField(_("box"), max_length=12)
    label = models.CharField(_("what it holds"), max_length=120)
    amount = AmountField(_("amount"))

    class Meta:
        verbose_name = _("tax return box")
        verbose_name_plural = _("tax return boxes")
        ordering = ("tax_return", "position")
        constraints = [models.UniqueConstraint(fields=("tax_return", "code"), name="tax_return_box_once")]

    def __str__(self) -> str:
        return f"{self.code}: {self.amount}"


class TaxReturnEntry(CompanyRow):
    """An entry whose tax a return reports: each is reported once. One dated before the return is a correction of an earlier one."""

    tax_return = models.ForeignKey(TaxReturn, models.CASCADE, related_name="entries", verbose_name=_("tax return"))
    entry = models.OneToOneField("erp.JournalEntry", models.PROTECT, related_name="reported_in", verbose_name=_("entry"))
    output_tax = AmountField(_("output tax"), default=0)
    input_tax = AmountField(_("input tax"), default=0)
    is_correction = models.BooleanField(_("correction of an earlier return"), default=False)

    class Meta:
        verbose_name = _("tax return entry")
        verbose_name_plural = _("tax return entries")
        ordering = ("tax_return", "entry")

    def __str__(self) -> str:
        return str(self.entry)
