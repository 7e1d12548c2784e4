"""Revaluations as people see them."""

from django.utils.translation import gettext_lazy as _

from erp.currencies import panels  # noqa: F401 - attaches them
from erp.currencies.models import Revaluation, RevaluationLine
from suite.resources.registry import register
from suite.resources.resource import Lines, Resource


@register
class RevaluationResource(Resource):
    model = Revaluation
    menu = ("books", 40)
    icon = "arrows-exchange"
    columns = ("number", "valued_on", "status", "gain", "loss", "entry", "reversal")
    filters = ("status", "valued_on")
    search = ("number",)
    ordering = ("-valued_on", "-pk")
    form_fields = ("valued_on",)
    lines = (
        Lines(
            RevaluationLine, parent="revaluation",
            columns=("position", "party", "open_item", "bank_account", "currency", "amount_currency", "rate", "carried", "valued", "difference"),
        ),
    )
    sections = (
        (_("Revaluation"), ("valued_on", "status", "gain", "loss")), (_("Entries"), ("entry", "reversal", "money_entry")),
    )
    select_related = ("entry", "reversal", "money_entry")
    empty_hint = _("At the end of a period: add one, look at what it would book, then post it. It is taken back on the next day by itself.")
