from django.utils.translation import gettext_lazy as _

from scm.carriers.models import Carrier, CarrierRate, CarrierStatusCode
from suite.resources.registry import register
from suite.resources.resource import Lines, Resource


@register
class CarrierResource(Resource):
    model = Carrier
    menu = ("logistics", 60)
    icon = "truck"
    columns = ("code", "name", "service", "party", "transit_days", "is_active")
    filters = ("is_active",)
    search = ("code", "name", "party__name")
    ordering = ("name",)
    form_fields = ("code", "name", "service", "party", "transit_days", "tracking_url", "gs1_prefix", "is_active")
    lines = (
        Lines(CarrierRate, parent="carrier", fields=("country", "up_to_kg", "price")),
        Lines(CarrierStatusCode, parent="carrier", fields=("code", "meaning")),
    )
    import_key = "code"
    select_related = ("party",)
    empty_hint = _("Add the carriers you use with their rates; booking a shipment then finds the cheapest.")
