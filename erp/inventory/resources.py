"""Stock as people see it: what is declared here has its pages, API, console, import and export."""

from django.utils.translation import gettext_lazy as _

from erp.inventory import views  # noqa: F401 - registers the report pages
from erp.inventory.models import (
    CostLayer,
    Location,
    Lot,
    Reservation,
    StockAdjustment,
    StockAdjustmentLine,
    StockLevel,
    StockMove,
    StockTransfer,
    StockTransferLine,
    Warehouse,
)
from erp.inventory.panels import StockOfProduct
from suite.kernel.products.models import Product
from suite.resources.panels import attach
from suite.resources.registry import register
from suite.resources.resource import Lines, Resource

attach(Product, StockOfProduct)


@register
class StockLevelResource(Resource):
    model = StockLevel
    menu = ("inventory", 20)
    icon = "stack-2"
    columns = ("product", "location__warehouse", "location", "lot", "on_hand", "reserved", "available")
    filters = ("product", "location__warehouse", "location", "lot")
    search = ("product__sku", "product__name", "location__code", "lot__number")
    ordering = ("product__sku", "pk")
    sections = ((_("Level"), ("product", "location__warehouse", "location", "lot", "on_hand", "reserved", "available", "allow_negative")),)
    related = (("erp.reservation", "level"),)
    select_related = ("product", "location__warehouse", "lot")
    empty_hint = _("Stock appears with opening stock, a count or a receipt: add a stock adjustment.")


@register
class ReservationResource(Resource):
    model = Reservation
    menu = ("inventory", 25)
    icon = "bookmark"
    columns = ("document_key", "product", "status", "quantity", "wanted_on", "warehouse", "created_at")
    filters = ("status", "product", "warehouse", "wanted_on")
    search = ("document_key", "product__sku", "product__name")
    sections = (
        (_("Reservation"), ("status", "product", "quantity", "wanted_on", "document_key", "line_key")),
        (_("Stock"), ("warehouse", "level__location", "level__lot", "created_at")),
    )
    select_related = ("product", "warehouse", "level__location", "level__lot")
    empty_hint = _("Confirmed orders reserve their stock here.")


@register
class StockMoveResource(Resource):
    model = StockMove
    menu = ("inventory", 30)
    icon = "arrows-exchange"
    columns = ("effective_at", "ledger_date", "kind", "product", "location__warehouse", "location", "lot", "quantity", "document_key")
    filters = ("kind", "product", "location__warehouse", "ledger_date", "effective_at")
    search = ("document_key", "product__sku", "product__name", "lot__number")
    sections = (
        (_("Move"), ("kind", "product", "location__warehouse", "location", "lot", "quantity")),
        (_("When and why"), ("effective_at", "ledger_date", "entry", "document_key", "line_key", "actor", "created_at")),
    )
    select_related = ("product", "location__warehouse", "lot", "entry", "actor")


@register
class CostLayerResource(Resource):
    model = CostLayer
    menu = ("inventory", 35)
    icon = "coins"
    columns = ("product", "warehouse", "received_on", "lot", "remaining_quantity", "unit_cost", "remaining_value", "account")
    filters = ("product", "warehouse", "account", "received_on", "is_pool", "is_owed")
    search = ("product__sku", "product__name", "lot__number")
    sections = (
        (_("Layer"), ("product", "warehouse", "account", "lot", "received_on", "is_pool", "is_owed", "kept_for")),
        (_("Left"), ("remaining_quantity", "unit_cost", "remaining_value")),
    )
    totals = ("remaining_value",)
    sensitive = ("unit_cost", "remaining_value")
    select_related = ("product", "warehouse", "lot", "account")


@register
class StockAdjustmentResource(Resource):
    model = StockAdjustment
    menu = ("inventory", 40)
    icon = "adjustments"
    columns = ("number", "kind", "happened_on", "warehouse", "status", "note")
    filters = ("status", "kind", "warehouse", "happened_on")
    search = ("number", "note")
    form_fields = ("kind", "happened_on", "warehouse", "note")
    lines = (
        Lines(
            StockAdjustmentLine, parent="adjustment", fields=("product", "location", "lot", "quantity", "unit_cost", "value_change"),
            columns=("position", "product", "location", "lot", "quantity", "unit_cost", "value_change"),
        ),
    )
    sections = ((_("Adjustment"), ("kind", "happened_on", "warehouse", "note", "entry", "created_by", "created_at")),)
    select_related = ("warehouse", "entry", "created_by")
    empty_hint = _("Bring in opening stock, count differences, scrap, or changes of value.")


@register
class StockTransferResource(Resource):
    model = StockTransfer
    menu = ("inventory", 45)
    icon = "truck-loading"
    columns = ("number", "sent_on", "origin__warehouse", "origin", "destination__warehouse", "destination", "status")
    filters = ("status", "sent_on", "origin__warehouse", "destination__warehouse")
    search = ("number", "note")
    form_fields = ("sent_on", "origin", "destination", "note")
    lines = (
        Lines(
            StockTransferLine, parent="transfer", fields=("product", "lot", "quantity"),
            columns=("position", "product", "lot", "quantity", "received", "lost", "under_way", "value"),
        ),
    )
    sections = (
        (_("Transfer"), ("sent_on", "origin__warehouse", "origin", "destination__warehouse", "destination", "loss", "note", "created_by", "created_at")),
    )
    select_related = ("origin__warehouse", "destination__warehouse", "created_by")
    actions_form = {
        "receive": "erp.inventory.forms.ReceiveTransferForm", "close_short": "erp.inventory.forms.CloseTransferShortForm",
    }
    empty_hint = _("Move goods between locations or warehouses.")


@register
class LotResource(Resource):
    model = Lot
    menu = ("inventory", 50)
    icon = "barcode"
    columns = ("number", "product", "expires_on")
    filters = ("product", "expires_on")
    search = ("number", "product__sku", "product__name")
    form_fields = ("product", "number", "expires_on")
    sections = ((_("Lot"), ("number", "product", "expires_on")),)
    related = (("erp.stocklevel", "lot"), ("erp.stockmove", "lot"))
    select_related = ("product",)


@register
class WarehouseResource(Resource):
    model = Warehouse
    menu = ("inventory", 60)
    icon = "building-warehouse"
    columns = ("code", "name", "site", "is_active")
    filters = ("site", "is_active")
    search = ("code", "name")
    ordering = ("code",)
    form_fields = ("code", "name", "site", "is_active")
    sections = ((_("Warehouse"), ("code", "name", "site", "is_active")),)
    related = (("erp.location", "warehouse"),)
    import_key = "code"
    select_related = ("site",)


@register
class LocationResource(Resource):
    model = Location
    menu = ("inventory", 65)
    icon = "map-pin"
    columns = ("code", "warehouse", "name", "kind", "allow_negative")
    filters = ("warehouse", "kind", "allow_negative")
    search = ("code", "name", "warehouse__code")
    ordering = ("warehouse__code", "code")
    form_fields = ("warehouse", "code", "name", "kind", "allow_negative")
    sections = ((_("Location"), ("code", "warehouse", "name", "kind", "allow_negative")),)
    related = (("erp.stocklevel", "location"),)
    select_related = ("warehouse",)
