from django.utils.translation import gettext_lazy as _

from scm.shipping.api import TrackingEventViewSet
from scm.shipping.models import Parcel, Shipment, ShipmentLine, ShipmentLot, TrackingEvent
from suite.resources import menu
from suite.resources.registry import register
from suite.resources.resource import Lines, Resource

menu.entry("logistics", 10, _("Shipments board"), "scm:shipment_board", "scm.view_shipment", "layout-kanban")
menu.entry("logistics", 25, _("Send a gift or sample"), "scm:giveaway", "scm.give_away_shipment", "gift")
menu.entry("logistics", 50, _("Carrier report"), "scm:tracking_entry", "scm.add_trackingevent", "map-pin-plus")


@register
class ShipmentResource(Resource):
    model = Shipment
    menu = ("logistics", 20)
    icon = "truck-delivery"
    columns = ("number", "order_number", "customer", "site", "planned_on", "promised_on", "carrier", "tracking_number", "status")
    filters = ("status", "customer", "site", "carrier", "planned_on", "dispatched_on")
    search = ("number", "order_number", "tracking_number", "customer__name")
    lines = (
        Lines(
            ShipmentLine, parent="shipment", fields=(),
            columns=("position", "product", "description", "quantity", "picked", "shipped"),
        ),
        Lines(ShipmentLot, parent="shipment", fields=(), columns=("line__position", "line__product", "number", "expires_on", "place", "picked", "shipped")),
        Lines(Parcel, parent="shipment", fields=(), columns=("position", "sscc", "weight_kg")),
    )
    sections = (
        (_("Way"), ("ship_to", "requested_on", "dispatched_at", "expected_on", "delivered_at", "received_by", "returned_on", "lost_on")),
        (_("Freight"), ("service", "weight_kg", "freight_cost", "freight_reason", "backorder_of", "reason")),
    )
    related = (("scm.picklist", "shipment"), ("scm.trackingevent", "shipment"))
    select_related = ("customer", "site", "carrier")
    actions_form = {
        "book": "scm.shipping.forms.BookForm", "dispatch": "scm.shipping.forms.DispatchForm", "deliver": "scm.shipping.forms.DeliverForm",
        "report_exception": "scm.shipping.forms.ExceptionForm", "return_to_sender": "scm.shipping.forms.ReturnForm",
        "lose": "scm.shipping.forms.LoseForm", "cancel": "scm.shipping.forms.CancelForm",
    }
    printouts = (
        ("delivery-note", _("Delivery note"), "scm.shipping.printouts.print_delivery_note"),
        ("label", _("Labels"), "scm.shipping.printouts.print_label"),
    )
    empty_hint = _("Shipments come from confirmed orders, or from a gift or sample; there is none yet.")


@register
class TrackingEventResource(Resource):
    model = TrackingEvent
    icon = "map-pin"
    columns = ("happened_at", "carrier", "tracking_number", "shipment", "code", "meaning", "place", "description")
    filters = ("carrier", "meaning", "happened_at")
    search = ("tracking_number", "code", "shipment__number")
    ordering = ("-happened_at",)
    select_related = ("carrier", "shipment")
    viewset_class = TrackingEventViewSet
    empty_hint = _("Carriers' reports come by the API or are entered by hand.")


TrackingEventViewSet.resource = TrackingEventResource
