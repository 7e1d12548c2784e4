"""Products and their categories on pages, API and in imports."""

from django.utils.translation import gettext_lazy as _

from suite.kernel.products.models import Barcode, Product, ProductCategory
from suite.resources.registry import register
from suite.resources.resource import Lines, Resource


@register
class ProductResource(Resource):
    model = Product
    menu = ("inventory", 10)
    icon = "package"
    columns = ("sku", "name", "kind", "category", "list_price", "unit", "is_active")
    filters = ("kind", "category", "is_active", "valuation", "tracking", "supplier")
    search = ("sku", "name")
    ordering = ("sku",)
    form_fields = (
        "sku", "name", "kind", "category", "unit", "list_price", "tax", "description", "valuation", "standard_cost", "tracking", "weight_kg",
        "lead_days", "reorder_point", "supplier", "is_active",
    )
    lines = (Lines(Barcode, parent="product", fields=("code", "quantity"), columns=("code", "quantity")),)
    sections = (
        (_("Product"), ("sku", "name", "kind", "category", "unit", "description", "is_active")),
        (_("Sale"), ("list_price", "tax")),
        (_("Stock"), ("valuation", "standard_cost", "tracking", "weight_kg", "reorder_point")),
        (_("Supply"), ("supplier", "lead_days")),
    )
    import_key = "sku"
    select_related = ("category", "unit", "tax", "supplier")
    empty_hint = _("Add a product, or import your list of articles.")


@register
class ProductCategoryResource(Resource):
    model = ProductCategory
    menu = ("inventory", 12)
    icon = "category"
    columns = ("code", "name", "parent")
    filters = ("parent",)
    search = ("code", "name")
    ordering = ("code",)
    form_fields = ("code", "name", "parent")
    sections = ((_("Category"), ("code", "name", "parent")),)
    related = (("kernel.product", "category"),)
    import_key = "code"
    select_related = ("parent",)
