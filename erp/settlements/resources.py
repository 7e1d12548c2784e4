"""Settlements without money as people see them."""

from django.utils.translation import gettext_lazy as _

from erp.settlements.models import SetOff, SmallBalance, SmallBalanceRun
from suite.resources.registry import register
from suite.resources.resource import Lines, Resource


@register
class SmallBalanceRunResource(Resource):
    model = SmallBalanceRun
    menu = ("receivables", 32)
    icon = "eraser"
    columns = ("number", "as_of", "most", "min_days", "status", "number_of_items", "given_up", "gained")
    filters = ("status", "as_of")
    search = ("number",)
    form_fields = ("as_of", "most", "min_days")
    lines = (Lines(SmallBalance, parent="run", columns=("position", "customer", "item__entry", "amount")),)
    sections = ((_("Run"), ("as_of", "most", "min_days", "status", "number_of_items", "given_up", "gained", "entry")),)
    select_related = ("entry",)
    empty_hint = _("Write off cents that payments left open, all at once; the page shows them before anything is posted.")


@register
class SetOffResource(Resource):
    model = SetOff
    menu = ("receivables", 30)
    icon = "arrows-exchange-2"
    columns = ("number", "party", "set_off_on", "amount", "status", "reason")
    filters = ("status", "party", "set_off_on")
    search = ("number", "party__name", "reason")
    form_fields = ("party", "set_off_on", "amount", "reason")
    sections = ((_("Set-off"), ("party", "set_off_on", "amount", "reason", "status", "entry", "reversal")),)
    totals = ("amount",)
    select_related = ("party", "entry", "reversal")
    actions_form = {"reverse": "erp.settlements.forms.ReverseForm"}
    empty_hint = _("Set off what a customer owes against what we owe the same party as a supplier.")
