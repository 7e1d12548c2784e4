from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from suite.kernel.companies.models import CompanyRow
from suite.kernel.money.fields import AmountField


class Level(models.TextChoices):
    """At which step of spending the budget is looked at."""

    REQUEST = "request", _("Request")
    ORDER = "order", _("Order")
    ACTUAL = "actual", _("Posting")


class BudgetCommitment(CompanyRow):
    """What a document that is not in the books yet will cost: a purchase request, an order. Its lines add up to what is still to come."""

    source_key = models.CharField(_("source"), max_length=80, help_text=_("The document, as scm.purchaseorder:42"))
    level = models.CharField(_("level"), max_length=8, choices=((Level.REQUEST.value, Level.REQUEST.label), (Level.ORDER.value, Level.ORDER.label)))

    audited = True
    database_privileges = "SELECT, INSERT, UPDATE"

    class Meta:
        verbose_name = _("budget commitment")
        verbose_name_plural = _("budget commitments")
        ordering = ("-pk",)
        constraints = [
            models.UniqueConstraint(fields=("company", "source_key"), name="commitment_source_once"),
            models.CheckConstraint(condition=Q(level__in=("request", "order")), name="commitment_level"),
        ]

    def __str__(self) -> str:
        return self.source_key


class BudgetCommitmentLine(CompanyRow):
    """A change of what a document commits: above zero more, below zero released or arrived in the books. Never changed, so the past stays known."""

    commitment = models.ForeignKey(BudgetCommitment, models.PROTECT, related_name="lines", verbose_name=_("commitment"))
    account = models.ForeignKey("erp.Account", models.PROTECT, related_name="+", verbose_name=_("account"))
    value_ids = ArrayField(models.BigIntegerField(), default=list, blank=True, verbose_name=_("dimension values"))
    expected_on = models.DateField(_("expected on"), help_text=_("The day its cost will count"))
    amount = AmountField(_("amount"))
    made_at = models.DateTimeField(_("made at"), auto_now_add=True)

    append_only = True

    class Meta:
        verbose_name = _("budget commitment line")
        verbose_name_plural = _("budget commitment lines")
        ordering = ("-pk",)
        constraints = [models.CheckConstraint(condition=~Q(amount=0), name="commitment_line_has_an_amount")]
        indexes = [models.Index(fields=("account", "expected_on"), name="commitment_of_account")]

    def __str__(self) -> str:
        return f"{self.expected_on}: {self.amount}"


class BudgetOverride(CompanyRow):
    """Leave for one document to exceed blocked budgets by an amount, given by somebody else than its author, with the reason."""

    document_key = models.CharField(_("document"), max_length=80, help_text=_("As the refusal names it: erp.journalentry:42"))
    amount = AmountField(_("may exceed by"), help_text=_("For each budget line, in company currency"))
    reason = models.CharField(_("reason"), max_length=200)
    approved_by = models.ForeignKey("kernel.User", models.PROTECT, editable=False, related_name="+", verbose_name=_("approved by"))
    approved_at = models.DateTimeField(_("approved at"), auto_now_add=True)

    append_only = True
    audited = True

    class Meta:
        verbose_name = _("budget override")
        verbose_name_plural = _("budget overrides")
        ordering = ("-pk",)
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="override_above_zero", violation_error_message=_("The amount must be above zero.")),
            models.CheckConstraint(condition=~Q(reason="") & ~Q(document_key=""), name="override_has_a_reason"),
        ]
        indexes = [models.Index(fields=("company", "document_key"), name="override_of_document")]

    def __str__(self) -> str:
        return f"{self.document_key}: {self.amount}"


class BudgetWarning(CompanyRow):
    """A document that went over a budget line: by a warning, or by an override."""

    document_key = models.CharField(_("document"), max_length=80)
    level = models.CharField(_("level"), max_length=8, choices=Level)
    budget = models.ForeignKey("erp.Budget", models.PROTECT, related_name="warnings", verbose_name=_("budget"))
    account = models.ForeignKey("erp.Account", models.PROTECT, related_name="+", verbose_name=_("account"))
    value = models.ForeignKey("erp.DimensionValue", models.PROTECT, null=True, related_name="+", verbose_name=_("dimension value"))
    period = models.ForeignKey("kernel.Period", models.PROTECT, related_name="+", verbose_name=_("period"))
    budgeted = AmountField(_("budgeted"))
    used = AmountField(_("used with it"))
    added = AmountField(_("added by it"))
    override = models.ForeignKey(BudgetOverride, models.PROTECT, null=True, related_name="+", verbose_name=_("override"))
    warned_at = models.DateTimeField(_("at"), auto_now_add=True)

    append_only = True

    class Meta:
        verbose_name = _("budget warning")
        verbose_name_plural = _("budget warnings")
        ordering = ("-pk",)
        constraints = [models.CheckConstraint(condition=Q(used__gt=models.F("budgeted")), name="warning_of_an_excess")]
        indexes = [models.Index(fields=("company", "document_key"), name="warning_of_document")]

    def __str__(self) -> str:
        return f"{self.document_key}: {self.used} > {self.budgeted}"
