from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from suite.kernel.companies.models import CompanyRow
from suite.kernel.documents.models import Document, DocumentLine
from suite.kernel.money.fields import AmountField


class Age(models.TextChoices):
    """How long an item is overdue."""

    NOT_DUE = "not_due", _("Not due")
    TO_30 = "to_30", _("1–30 days")
    TO_60 = "to_60", _("31–60 days")
    TO_90 = "to_90", _("61–90 days")
    OLDER = "older", _("Over 90 days")


class AllowanceRate(CompanyRow):
    """What share of items of an age is set aside, in percent of the amount without tax."""

    age = models.CharField(_("age"), max_length=8, choices=Age)
    percent = models.DecimalField(_("percent"), max_digits=6, decimal_places=3)

    audited = True

    class Meta:
        verbose_name = _("allowance rate")
        verbose_name_plural = _("allowance rates")
        ordering = ("company", "pk")
        constraints = [
            models.UniqueConstraint(fields=("company", "age"), name="allowance_rate_once", violation_error_message=_("There is a rate for this age already.")),
            models.CheckConstraint(
                condition=Q(percent__gte=0, percent__lte=100), name="allowance_rate_in_range", violation_error_message=_("Enter 0 to 100 percent."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_age_display()}: {self.percent} %"


class NamedRisk(CompanyRow):
    """An item judged by itself: its own percent and why, in place of its age's, until it is paid or the judgement is taken back."""

    item = models.OneToOneField("erp.OpenItem", models.PROTECT, related_name="named_risk", verbose_name=_("open item"))
    percent = models.DecimalField(_("percent"), max_digits=6, decimal_places=3)
    reason = models.CharField(_("reason"), max_length=200)

    portal_party = "item__party_id"
    audited = True

    class Meta:
        verbose_name = _("named risk")
        verbose_name_plural = _("named risks")
        ordering = ("-pk",)
        constraints = [
            models.CheckConstraint(
                condition=Q(percent__gte=0, percent__lte=100), name="named_risk_in_range", violation_error_message=_("Enter 0 to 100 percent."),
            ),
            models.CheckConstraint(
                condition=~Q(reason__regex=r"^\s*$"), name="named_risk_has_a_reason", violation_error_message=_("Say why the item is judged by itself."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item}: {self.percent} %"


class Allowance(Document):
    """What is set aside at a day, item by item. It posts the difference to what was set aside before: O2C-14, or its mirror where less is needed."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        POSTED = "posted", _("Posted")
        REVERSED = "reversed", _("Reversed")

    status = models.CharField(_("status"), max_length=24, choices=Status, default=Status.DRAFT, editable=False)
    as_of = models.DateField(_("as of"), default=timezone.localdate, help_text=_("Usually the last day of a period"))
    target = AmountField(_("needed"), default=0, editable=False)
    existing = AmountField(_("set aside before"), default=0, editable=False)
    delta = AmountField(_("difference posted"), default=0, editable=False)
    entry = models.OneToOneField("erp.JournalEntry", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("entry"))
    reversal = models.OneToOneField("erp.JournalEntry", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("entry of the reversal"))

    class Meta:
        verbose_name = _("allowance for bad debt")
        verbose_name_plural = _("allowances for bad debt")
        ordering = ("-as_of", "-pk")
        permissions = [("post_allowance", "Can post an allowance"), ("reverse_allowance", "Can reverse an allowance")]
        constraints = [
            models.UniqueConstraint(fields=("company", "number"), name="allowance_number_once"),
            models.UniqueConstraint(fields=("company", "as_of"), condition=Q(status="posted"), name="one_allowance_per_day", violation_error_message=_(
                "There is an allowance of this day already: reverse it first.")),
            models.CheckConstraint(condition=Q(delta=F("target") - F("existing")), name="allowance_posts_the_difference"),
            models.CheckConstraint(condition=Q(target__gte=0, existing__gte=0), name="allowance_not_negative"),
            models.CheckConstraint(condition=~Q(status="reversed") | Q(entry__isnull=True) | Q(reversal__isnull=False), name="reversed_allowance_has_entry"),
        ]

    def __str__(self) -> str:
        return self.number or f"{self._meta.verbose_name} {self.as_of}"


class AllowanceLine(DocumentLine):
    """An item and what is set aside for it, in company currency, with the reason in words. `net` is what is open without its tax."""

    allowance = models.ForeignKey(Allowance, models.CASCADE, related_name="lines", verbose_name=_("allowance"))
    item = models.ForeignKey("erp.OpenItem", models.PROTECT, related_name="allowance_lines", verbose_name=_("open item"))
    customer = models.ForeignKey("kernel.Party", models.PROTECT, related_name="+", verbose_name=_("customer"))
    days_overdue = models.IntegerField(_("days overdue"))
    open_amount = AmountField(_("open"))
    net = AmountField(_("without tax"))
    percent = models.DecimalField(_("percent"), max_digits=6, decimal_places=3)
    target = AmountField(_("needed"))
    existing = AmountField(_("set aside before"))
    delta = AmountField(_("difference"))
    explanation = models.CharField(_("why"), max_length=240)

    portal_party = "customer_id"
    audited = True

    class Meta:
        verbose_name = _("allowance line")
        verbose_name_plural = _("allowance lines")
        ordering = ("allowance", "position")
        constraints = [
            models.UniqueConstraint(fields=("allowance", "item"), name="allowance_line_once"),
            models.CheckConstraint(condition=Q(delta=F("target") - F("existing")), name="allowance_line_posts_the_difference"),
            models.CheckConstraint(condition=Q(target__gte=0, target__lte=F("net")) | Q(target=0), name="allowance_line_within_the_net"),
        ]

    def __str__(self) -> str:
        return f"{self.customer}: {self.target}"
