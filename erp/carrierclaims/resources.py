"""Claims on carriers as people see them."""

from django.utils.translation import gettext_lazy as _

from erp.carrierclaims.models import CarrierClaim
from suite.resources.registry import register
from suite.resources.resource import Resource


@register
class CarrierClaimResource(Resource):
    model = CarrierClaim
    menu = ("receivables", 40)
    icon = "package-off"
    columns = ("number", "carrier", "shipment_number", "tracking_number", "claimed_on", "due_on", "loss", "amount", "status")
    filters = ("status", "carrier", "claimed_on")
    search = ("number", "carrier__name", "shipment_number", "tracking_number", "reference")
    form_fields = ("carrier", "shipment_number", "tracking_number", "claimed_on", "due_on", "amount", "reference")
    sections = (
        (_("Claim"), ("carrier", "shipment_number", "tracking_number", "reference", "claimed_on", "due_on", "status")),
        (_("Amounts"), ("loss", "amount", "entry", "reversal")),
    )
    totals = ("loss", "amount")
    select_related = ("carrier", "entry", "reversal")
    actions_form = {"drop": "erp.carrierclaims.forms.DropForm", "reverse": "erp.carrierclaims.forms.TakeBackForm"}
    empty_hint = _("A shipment reported lost drafts a claim over its goods.")
