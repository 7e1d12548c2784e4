from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from suite.kernel.documents.models import Document, DocumentLine
from suite.kernel.money.fields import AmountField


class SmallBalanceRun(Document):
    """Remainders of receivables within the tolerance, written off together (O2C-12). Items in company currency that were settled in part."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        POSTED = "posted", _("Posted")

    status = models.CharField(_("status"), max_length=24, choices=Status, default=Status.DRAFT, editable=False)
    as_of = models.DateField(_("booked on"), default=timezone.localdate)
    most = AmountField(_("at most"), help_text=_("Per item, either way; not above the company's payment tolerance"))
    min_days = models.PositiveSmallIntegerField(_("due for at least (days)"), default=30)
    number_of_items = models.PositiveIntegerField(_("items"), default=0, editable=False)
    given_up = AmountField(_("given up"), default=0, editable=False)
    gained = AmountField(_("gained"), default=0, editable=False)
    entry = models.OneToOneField("erp.JournalEntry", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("entry"))

    class Meta:
        verbose_name = _("small balances run")
        verbose_name_plural = _("small balances runs")
        ordering = ("-pk",)
        permissions = [("post_smallbalancerun", "Can write off small balances")]
        constraints = [
            models.UniqueConstraint(fields=("company", "number"), name="small_balance_run_number_once"),
            models.CheckConstraint(condition=Q(most__gt=0), name="small_balance_limit_above_zero", violation_error_message=_("Enter an amount above zero.")),
            models.CheckConstraint(condition=Q(status="posted") ^ Q(entry__isnull=True), name="posted_small_balance_run_has_entry"),
            models.CheckConstraint(condition=Q(given_up__gte=0, gained__gte=0), name="small_balance_sums_not_negative"),
        ]

    def __str__(self) -> str:
        return self.number or f"{self._meta.verbose_name} {self.as_of}"


class SmallBalance(DocumentLine):
    """An item written off by a run: above zero was given up, below zero gained."""

    run = models.ForeignKey(SmallBalanceRun, models.CASCADE, related_name="lines", verbose_name=_("small balances run"))
    item = models.OneToOneField("erp.OpenItem", models.PROTECT, related_name="small_balance", verbose_name=_("open item"))
    customer = models.ForeignKey("kernel.Party", models.PROTECT, related_name="+", verbose_name=_("customer"))
    amount = AmountField(_("amount"))

    portal_party = "customer_id"
    audited = True

    class Meta:
        verbose_name = _("small balance")
        verbose_name_plural = _("small balances")
        ordering = ("run", "position")
        constraints = [models.CheckConstraint(condition=~Q(amount=0), name="small_balance_is_one")]

    def __str__(self) -> str:
        return f"{self.customer}: {self.amount}"


class SetOff(Document):
    """What a customer owes against what we owe the same party as a supplier: Dr AP / Cr AR, shown on both statements."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        POSTED = "posted", _("Posted")
        REVERSED = "reversed", _("Reversed")

    status = models.CharField(_("status"), max_length=24, choices=Status, default=Status.DRAFT, editable=False)
    party = models.ForeignKey(
        "kernel.Party", models.PROTECT, related_name="+", verbose_name=_("party"), limit_choices_to={"is_customer": True, "is_supplier": True},
    )
    set_off_on = models.DateField(_("set off on"), default=timezone.localdate)
    amount = AmountField(_("amount"), null=True, blank=True, help_text=_("In company currency; empty: as much as both sides have open"))
    reason = models.CharField(_("agreed how"), max_length=200, blank=True)
    entry = models.OneToOneField("erp.JournalEntry", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("entry"))
    reversal = models.OneToOneField("erp.JournalEntry", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("entry of the reversal"))

    portal_party = "party_id"

    class Meta:
        verbose_name = _("set-off")
        verbose_name_plural = _("set-offs")
        ordering = ("-pk",)
        permissions = [("post_setoff", "Can set a customer's debt off"), ("reverse_setoff", "Can reverse a set-off")]
        constraints = [
            models.UniqueConstraint(fields=("company", "number"), name="set_off_number_once"),
            models.CheckConstraint(condition=Q(amount__gt=0) | Q(amount__isnull=True), name="set_off_above_zero", violation_error_message=_(
                "Enter an amount above zero.")),
            models.CheckConstraint(condition=Q(status="draft") ^ Q(entry__isnull=False), name="posted_set_off_has_entry"),
            models.CheckConstraint(condition=Q(status="reversed") ^ Q(reversal__isnull=True), name="reversed_set_off_has_entry"),
        ]
