"""Allowances as people see them."""

from django.utils.translation import gettext_lazy as _

from erp.allowances import views  # noqa: F401 - registers the proposal's page
from erp.allowances.models import Allowance, AllowanceLine, AllowanceRate, NamedRisk
from suite.resources.registry import register
from suite.resources.resource import Lines, Resource


@register
class AllowanceResource(Resource):
    model = Allowance
    menu = ("receivables", 34)
    icon = "shield-half"
    columns = ("number", "as_of", "status", "target", "existing", "delta", "entry")
    filters = ("status", "as_of")
    search = ("number",)
    ordering = ("-as_of", "-pk")
    form_fields = ("as_of",)
    lines = (
        Lines(
            AllowanceLine, parent="allowance",
            columns=("position", "customer", "item__entry", "days_overdue", "open_amount", "net", "percent", "target", "existing", "delta", "explanation"),
        ),
    )
    sections = ((_("Allowance"), ("as_of", "status", "target", "existing", "delta", "entry", "reversal")),)
    select_related = ("entry", "reversal")
    actions_form = {"reverse": "erp.allowances.forms.ReverseForm"}
    empty_hint = _("Look at the allowance proposal, and set aside what it shows.")


@register
class NamedRiskResource(Resource):
    model = NamedRisk
    menu = ("receivables", 36)
    icon = "alert-octagon"
    columns = ("item", "item__party", "percent", "reason")
    search = ("item__party__name", "reason", "item__entry__number")
    form_fields = ("item", "percent", "reason")
    sections = ((_("Named risk"), ("item", "percent", "reason")),)
    select_related = ("item__party", "item__entry")
    empty_hint = _("Judge a single item by itself: a customer in insolvency, a debt that is in court.")


@register
class AllowanceRateResource(Resource):
    model = AllowanceRate
    menu = ("receivables", 88)
    icon = "percentage"
    columns = ("age", "percent")
    ordering = ("pk",)
    form_fields = ("age", "percent")
    sections = ((_("Allowance rate"), ("age", "percent")),)
    empty_hint = _("Without rates only items judged by themselves need an allowance.")
