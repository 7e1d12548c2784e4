from django.utils.translation import gettext_lazy as _

from crm.pricing.models import PriceList, PriceListItem
from suite.resources.registry import register
from suite.resources.resource import Lines, Resource


@register
class PriceListResource(Resource):
    model = PriceList
    menu = ("sales", 30)
    icon = "tags"
    columns = ("code", "name", "currency", "prices_include_tax", "is_default", "parent", "valid_from", "valid_until")
    filters = ("currency", "is_default", "prices_include_tax", "parent")
    search = ("code", "name")
    ordering = ("code", "pk")
    form_fields = ("code", "name", "currency", "prices_include_tax", "is_default", "parent", "valid_from", "valid_until")
    lines = (
        Lines(
            PriceListItem, parent="price_list",
            fields=("product", "category", "min_quantity", "unit_price", "discount", "valid_from", "valid_until"),
            columns=("product", "category", "min_quantity", "unit_price", "discount_shown", "validity"),
        ),
    )
    related = (("crm.customerterms", "price_list"),)
    import_key = "code"
    empty_hint = _("A price list holds prices by product or category, from a quantity on. Mark one as the company default.")
