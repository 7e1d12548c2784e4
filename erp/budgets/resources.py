"""Budgets as people see them."""

from django.utils.translation import gettext_lazy as _

from erp.budgets import panels, views  # noqa: F401 - register panels and report pages
from erp.budgets.models import Budget, BudgetCommitment, BudgetCommitmentLine, BudgetLine, BudgetOverride, BudgetWarning, SeasonalKey
from suite.resources.registry import register
from suite.resources.resource import Lines, Resource

CONTROL = ("control_request", "control_order", "control_actual", "control_span")


@register
class BudgetResource(Resource):
    model = Budget
    menu = ("books", 30)
    icon = "target"
    columns = ("name", "year", "kind", "scope", "edition", "status")
    filters = ("status", "year", "kind", "scope")
    search = ("name",)
    ordering = ("-year__starts_on", "name", "-edition")
    form_fields = ("name", "year", "kind", "scope", "dimension", *CONTROL)
    sections = (
        (_("Budget"), ("year", "kind", "scope", "dimension", "edition", "based_on")), (_("Control"), CONTROL),
        (_("Approval"), ("created_by", "edited_by", "approved_by", "approved_at")),
    )
    select_related = ("year", "scope", "dimension", "based_on", "created_by", "edited_by", "approved_by")
    actions_form = {"withdraw": "erp.budgets.forms.ReasonForm", "close": "erp.budgets.forms.ReasonForm"}
    empty_hint = _("What a year may cost and is to bring: by account, cost centre and month.")


@register
class BudgetLineResource(Resource):
    model = BudgetLine
    columns = ("budget", "account", "value", "period", "amount")
    icon = "table"
    filters = ("budget", "account", "value", "period")
    search = ("account__code", "account__name")
    ordering = ("budget", "account__code", "pk")
    sections = ((_("Budget line"), ("budget", "account", "value", "period", "amount")),)
    totals = ("amount",)
    select_related = ("budget__company", "account", "value", "period__year")


@register
class SeasonalKeyResource(Resource):
    model = SeasonalKey
    menu = ("books", 92)
    icon = "chart-histogram"
    columns = ("name", "weights")
    search = ("name",)
    ordering = ("name",)
    form_fields = ("name", "weights")
    sections = ((_("Seasonal key"), ("name", "weights")),)
    import_key = "name"
    empty_hint = _("How a year's amount is spread over its months, where not evenly.")


@register
class BudgetCommitmentResource(Resource):
    model = BudgetCommitment
    menu = ("books", 32)
    icon = "shopping-cart-question"
    columns = ("source_key", "level")
    filters = ("level",)
    search = ("source_key",)
    sections = ((_("Commitment"), ("source_key", "level")),)
    lines = (Lines(BudgetCommitmentLine, parent="commitment", columns=("expected_on", "account", "amount", "made_at")),)
    empty_hint = _("Purchase requests and orders stand here with what they will still cost.")


@register
class BudgetCommitmentLineResource(Resource):
    model = BudgetCommitmentLine
    icon = "list-details"
    columns = ("commitment", "expected_on", "account", "amount", "made_at")
    filters = ("commitment", "account", "expected_on")
    search = ("commitment__source_key", "account__code")
    sections = ((_("Commitment"), ("commitment", "expected_on", "account", "amount", "made_at")),)
    totals = ("amount",)
    select_related = ("commitment", "account")


@register
class BudgetOverrideResource(Resource):
    model = BudgetOverride
    menu = ("books", 36)
    icon = "shield-check"
    columns = ("document_key", "amount", "reason", "approved_by", "approved_at")
    search = ("document_key", "reason")
    form_fields = ("document_key", "amount", "reason")
    sections = ((_("Override"), ("document_key", "amount", "reason", "approved_by", "approved_at")),)
    select_related = ("approved_by",)
    empty_hint = _("Leave for a document to exceed a blocked budget, with who gave it and why.")


@register
class BudgetWarningResource(Resource):
    model = BudgetWarning
    menu = ("books", 34)
    icon = "alert-triangle"
    columns = ("warned_at", "document_key", "level", "budget", "account", "value", "period", "budgeted", "used", "added")
    filters = ("budget", "account", "level", "period")
    search = ("document_key", "account__code")
    sections = ((_("Warning"), ("document_key", "level", "budget", "account", "value", "period", "budgeted", "used", "added", "override")),)
    select_related = ("budget__company", "account", "value", "period__year", "override")
    empty_hint = _("Documents that went over a budget are listed here.")
