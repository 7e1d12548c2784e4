from django.utils.translation import gettext_lazy as _

from scm.warehousing.models import PickList, PickListLine
from suite.resources import menu
from suite.resources.registry import register
from suite.resources.resource import Lines, Resource

menu.entry("logistics", 30, _("Picking"), "scm:picking", "scm.view_picklist", "barcode")


@register
class PickListResource(Resource):
    model = PickList
    menu = ("logistics", 40)
    icon = "list-check"
    columns = ("number", "shipment", "shipment__customer", "picked_by", "picked_at", "packed_at", "status")
    filters = ("status",)
    search = ("number", "shipment__number", "shipment__order_number")
    lines = (
        Lines(
            PickListLine, parent="pick_list", fields=(),
            columns=("position", "place", "product", "quantity", "ready", "picked", "short_reason"),
        ),
    )
    select_related = ("shipment__customer", "picked_by")
    actions_form = {"pack": "scm.warehousing.forms.PackForm", "cancel": "scm.warehousing.forms.CancelForm"}
    empty_hint = _("Pick lists are drawn under Logistics, Picking.")
