from decimal import Decimal

from django.db import models
from django.db.models import F, Q, Sum
from django.utils.translation import gettext_lazy as _

from erp.budgets.rules import seasonal_weights
from suite.kernel.companies.models import CompanyRow
from suite.kernel.documents.models import Document
from suite.kernel.money.fields import AmountField


class Budget(Document):
    """What a fiscal year may cost and is to bring, in company currency, in versions of which one is active for each kind and scope.

    `scope`: only what bears this value of an analytic dimension, or one below it; empty: the whole company. `dimension`: whose values the
    lines may name. Control says for each level what happens to whoever would exceed the budget.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        APPROVED = "approved", _("Approved")
        ACTIVE = "active", _("Active")
        SUPERSEDED = "superseded", _("Superseded")
        CLOSED = "closed", _("Closed")

    class Kind(models.TextChoices):
        EXPENSE = "expense", _("Expenses")
        RESULT = "result", _("Income and expenses")
        INVESTMENT = "investment", _("Investments (asset accounts)")

    class Control(models.TextChoices):
        NONE = "none", _("none")
        WARN = "warn", _("warn")
        BLOCK = "block", _("block")

    class Span(models.TextChoices):
        PERIOD = "period", _("each period by itself")
        YEAR = "year", _("the year to date")

    status = models.CharField(_("status"), max_length=24, choices=Status, default=Status.DRAFT, editable=False)
    name = models.CharField(_("name"), max_length=120)
    year = models.ForeignKey("kernel.FiscalYear", models.PROTECT, related_name="+", verbose_name=_("fiscal year"))
    kind = models.CharField(_("covers"), max_length=10, choices=Kind, default=Kind.EXPENSE)
    scope = models.ForeignKey(
        "erp.DimensionValue", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("scope"),
        help_text=_("Only what bears this value or one below it; empty: the whole company"),
    )
    dimension = models.ForeignKey(
        "erp.Dimension", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("lines by"),
        help_text=_("The dimension whose values the lines may name, as cost centres; empty: by account only"),
    )
    edition = models.PositiveIntegerField(_("version"), default=1, editable=False)
    based_on = models.ForeignKey("self", models.PROTECT, null=True, editable=False, related_name="newer", verbose_name=_("made from version"))
    control_request = models.CharField(_("control of requests"), max_length=5, choices=Control, default=Control.NONE)
    control_order = models.CharField(_("control of orders"), max_length=5, choices=Control, default=Control.NONE)
    control_actual = models.CharField(_("control of postings"), max_length=5, choices=Control, default=Control.WARN)
    control_span = models.CharField(_("compared is"), max_length=6, choices=Span, default=Span.YEAR)
    edited_by = models.ForeignKey("kernel.User", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("last edited by"))
    approved_by = models.ForeignKey("kernel.User", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("approved by"))
    approved_at = models.DateTimeField(_("approved at"), null=True, editable=False)

    approvable = {"approve": "approval_amount"}

    class Meta:
        verbose_name = _("budget")
        verbose_name_plural = _("budgets")
        ordering = ("-year__starts_on", "name", "-edition")
        permissions = [
            ("approve_budget", "Can approve a budget"), ("withdraw_budget", "Can take back the approval of a budget"),
            ("activate_budget", "Can activate a budget"), ("close_budget", "Can close a budget"), ("renew_budget", "Can make a new version of a budget"),
            ("supersede_budget", "Can supersede a budget"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=("company", "year", "kind", "scope", "edition"), name="budget_version_once", nulls_distinct=False,
                violation_error_message=_("This version of the budget is there already; nothing was saved."),
            ),
            models.UniqueConstraint(
                fields=("company", "year", "kind", "scope"), condition=Q(status="active"), name="budget_active_once", nulls_distinct=False,
                violation_error_message=_("Another version of this budget is active; nothing was saved."),
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | (~Q(approved_by=F("created_by")) & ~Q(approved_by=F("edited_by"))), name="budget_four_eyes",
                violation_error_message=_("Whoever wrote a budget does not approve it; nothing was saved."),
            ),
            models.CheckConstraint(condition=Q(status="draft") ^ Q(approved_by__isnull=False), name="budget_approved_by_somebody"),
        ]

    def __str__(self) -> str:
        return f"{self.name} v{self.edition}"

    @property
    def currency_id(self) -> str:
        """Amounts are in the company's currency."""
        return self.company.currency_id

    @property
    def approval_amount(self) -> Decimal:
        """The sum of its lines of expense and investment, for rules of approval."""
        return self.lines.exclude(account__type="income").aggregate(total=Sum("amount"))["total"] or Decimal(0)


class BudgetLine(CompanyRow):
    """The amount of an account, and a value of the budget's dimension, in a period.

    Sign: the account's natural side is above zero. Expenses and assets are debits, income is credits; a reduction is below zero. A line without a
    value is for whatever of its account no line with a value covers.
    """

    budget = models.ForeignKey(Budget, models.CASCADE, related_name="lines", verbose_name=_("budget"))
    account = models.ForeignKey("erp.Account", models.PROTECT, related_name="+", verbose_name=_("account"))
    value = models.ForeignKey("erp.DimensionValue", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("dimension value"))
    period = models.ForeignKey("kernel.Period", models.PROTECT, related_name="+", verbose_name=_("period"))
    amount = AmountField(_("amount"))

    class Meta:
        verbose_name = _("budget line")
        verbose_name_plural = _("budget lines")
        ordering = ("budget", "account__code", "value__code", "period__starts_on")
        constraints = [
            models.UniqueConstraint(
                fields=("budget", "account", "value", "period"), name="budget_line_once", nulls_distinct=False,
                violation_error_message=_("The budget has a line of this account, value and period already; nothing was saved."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.period_id}: {self.amount}"


class SeasonalKey(CompanyRow):
    """How a year's amount is spread over its months: one weight per month."""

    name = models.CharField(_("name"), max_length=80)
    weights = models.CharField(
        _("weights"), max_length=200, validators=[seasonal_weights], help_text=_("Twelve numbers, January first, as 8 8 8 8 8 8 4 4 10 10 10 14"),
    )

    audited = True

    class Meta:
        verbose_name = _("seasonal key")
        verbose_name_plural = _("seasonal keys")
        ordering = ("name",)
        constraints = [models.UniqueConstraint(fields=("company", "name"), name="seasonal_key_once")]

    def __str__(self) -> str:
        return self.name
