from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from suite.kernel.companies.models import CompanyRow
from suite.kernel.documents.models import Document
from suite.kernel.money.fields import AmountField


class ClosingWaiver(CompanyRow):
    """An item of the checklist that was not in order when a period closed: who let it pass, and why. Never changed."""

    period = models.ForeignKey("kernel.Period", models.PROTECT, related_name="waivers", verbose_name=_("period"))
    check_name = models.CharField(_("item of the checklist"), max_length=40)
    findings = models.PositiveIntegerField(_("findings"), help_text=_("How many stood open at that moment"))
    reason = models.CharField(_("reason"), max_length=200)
    waived_by = models.ForeignKey("kernel.User", models.PROTECT, related_name="+", verbose_name=_("by"))
    waived_at = models.DateTimeField(_("at"), auto_now_add=True)

    append_only = True

    class Meta:
        verbose_name = _("waiver")
        verbose_name_plural = _("closing waivers")
        ordering = ("-pk",)
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="waiver_has_a_reason")]
        indexes = [models.Index(fields=("period", "check_name"), name="waiver_of_period")]

    def __str__(self) -> str:
        return f"{self.period}: {self.check_name}"


class Dividend(Document):
    """Profit that the owners decided to take: declared (CLS-2), then paid (CLS-3)."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        DECLARED = "declared", _("Declared")
        PAID = "paid", _("Paid")

    status = models.CharField(_("status"), max_length=24, choices=Status, default=Status.DRAFT, editable=False)
    declared_on = models.DateField(_("declared on"))
    amount = AmountField(_("amount"))
    description = models.CharField(_("description"), max_length=200, blank=True)
    entry = models.OneToOneField("erp.JournalEntry", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("entry"))
    paid_on = models.DateField(_("paid on"), null=True, editable=False)
    payment_entry = models.OneToOneField(
        "erp.JournalEntry", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("entry of the payment"),
    )

    class Meta:
        verbose_name = _("dividend")
        verbose_name_plural = _("dividends")
        ordering = ("-declared_on", "-pk")
        permissions = [("declare_dividend", "Can declare a dividend"), ("pay_dividend", "Can pay a dividend")]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="dividend_above_zero", violation_error_message=_("A dividend is above zero.")),
            models.CheckConstraint(condition=Q(status="draft") | Q(entry__isnull=False), name="declared_dividend_has_entry"),
            models.CheckConstraint(condition=~Q(status="paid") | Q(payment_entry__isnull=False, paid_on__isnull=False), name="paid_dividend_has_entry"),
        ]
