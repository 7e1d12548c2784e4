"""Giveaways as people see them."""

from django.utils.translation import gettext_lazy as _

from erp.giveaways.models import DispatchReason, Giveaway
from suite.resources.registry import register
from suite.resources.resource import Resource


@register
class GiveawayResource(Resource):
    model = Giveaway
    menu = ("receivables", 38)
    icon = "gift"
    columns = ("shipment_number", "reason", "customer", "given_on", "cost", "tax_amount", "status", "entry")
    filters = ("reason", "status", "customer", "given_on")
    search = ("shipment_number", "customer__name")
    sections = (
        (_("Giveaway"), ("shipment_number", "reason", "customer", "given_on", "status")),
        (_("Amounts"), ("cost", "tax", "tax_rate", "tax_amount", "entry", "return_entry")),
    )
    totals = ("cost", "tax_amount")
    select_related = ("reason", "customer", "tax", "entry", "return_entry")
    empty_hint = _("Gifts and samples come from Logistics, Send a gift or sample.")


@register
class DispatchReasonResource(Resource):
    model = DispatchReason
    menu = ("receivables", 90)
    icon = "gift-card"
    columns = ("code", "name", "account", "tax", "is_active")
    search = ("code", "name")
    ordering = ("code",)
    form_fields = ("code", "name", "account", "tax", "is_active")
    sections = ((_("Dispatch reason"), ("code", "name", "account", "tax", "is_active")),)
    select_related = ("account", "tax")
    empty_hint = _("A reason names the expense account of what is given away, and the tax on it where law asks for one.")
