"""Freight as people see it."""

from django.utils.translation import gettext_lazy as _

from erp.freight import panels, services  # noqa: F401 - registers the panel, listens to bills
from erp.freight.models import FreightAccrual
from suite.resources.registry import register
from suite.resources.resource import Resource


@register
class FreightAccrualResource(Resource):
    model = FreightAccrual
    menu = ("payables", 26)
    icon = "truck-loading"
    columns = ("number", "carrier", "accrued_on", "status", "amount", "open_amount")
    filters = ("status", "carrier", "accrued_on")
    search = ("number", "carrier__name")
    sections = (
        (_("Freight"), ("carrier", "accrued_on", "status", "reason")),
        (_("Amounts"), ("amount", "open_amount", "entry")),
    )
    totals = ("amount", "open_amount")
    select_related = ("carrier", "entry")
    actions_form = {"release": "erp.freight.forms.GiveUpForm"}
    empty_hint = _("Where the company accrues freight, each shipment that leaves with a carrier's rate waits here for the carrier's bill.")
