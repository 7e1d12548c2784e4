"""Fixed assets as people see them."""

from django.utils.translation import gettext_lazy as _

from erp.assets import panels, services, views  # noqa: F401 - registers panels and report page, listens to bills
from erp.assets.models import Asset, AssetClass, AssetMovement, AssetUsage, DepreciationRun
from suite.resources.registry import register
from suite.resources.resource import Lines, Resource


@register
class AssetResource(Resource):
    model = Asset
    menu = ("books", 20)
    icon = "building-factory"
    columns = ("number", "name", "asset_class", "in_service_on", "cost", "accumulated", "status")
    filters = ("status", "asset_class", "method", "in_service_on", "custodian")
    search = ("number", "name", "serial_number", "place")
    form_fields = (
        "name", "asset_class", "source", "cost", "acquired_on", "salvage", "method", "life_months", "declining_factor", "total_units",
        "opening_accumulated", "supplier", "custodian", "serial_number", "place", "note",
    )
    lines = (Lines(AssetMovement, parent="asset", columns=("moved_on", "kind", "cost", "depreciation", "proceeds", "invoice", "entry")),)
    sections = (
        (_("Asset"), ("name", "asset_class", "source", "serial_number", "place", "custodian", "supplier", "note")),
        (_("Value"), ("cost", "accumulated", "salvage", "depreciated_until", "opening_accumulated")),
        (_("Depreciation"), ("method", "life_months", "declining_factor", "total_units", "acquired_on", "in_service_on", "disposed_on")),
        (_("Bill"), ("bill_line",)),
    )
    totals = ("cost", "accumulated")
    related = (("erp.assetusage", "asset"),)
    select_related = ("asset_class", "supplier", "custodian", "bill_line")
    actions_form = {
        "capitalise": "erp.assets.forms.CapitaliseForm", "impair": "erp.assets.forms.ChangeValueForm", "revalue": "erp.assets.forms.ChangeValueForm",
        "sell": "erp.assets.forms.SellForm", "scrap": "erp.assets.forms.ScrapForm",
    }
    empty_hint = _("Enter what a bill put on assets under construction, then place it in service.")


@register
class AssetClassResource(Resource):
    model = AssetClass
    menu = ("books", 90)
    icon = "category"
    columns = ("code", "name", "method", "life_months", "is_active")
    filters = ("method", "is_active")
    search = ("code", "name")
    ordering = ("code",)
    form_fields = (
        "code", "name", "method", "life_months", "declining_factor", "salvage_share", "cost_account", "accumulated_account", "expense_account", "is_active",
    )
    sections = (
        (_("Asset class"), ("code", "name", "method", "life_months", "declining_factor", "salvage_share", "is_active")),
        (_("Accounts"), ("cost_account", "accumulated_account", "expense_account")),
    )
    related = (("erp.asset", "asset_class"),)
    import_key = "code"
    select_related = ("cost_account", "accumulated_account", "expense_account")


@register
class AssetUsageResource(Resource):
    model = AssetUsage
    icon = "gauge"
    columns = ("asset", "used_on", "units", "note")
    filters = ("asset", "used_on")
    search = ("asset__number", "asset__name", "note")
    ordering = ("-used_on", "-pk")
    form_fields = ("asset", "used_on", "units", "note")
    sections = ((_("Usage"), ("asset", "used_on", "units", "note")),)
    select_related = ("asset",)


@register
class DepreciationRunResource(Resource):
    model = DepreciationRun
    menu = ("books", 22)
    icon = "calendar-dollar"
    columns = ("number", "period", "amount", "asset_count", "status")
    filters = ("status", "period")
    search = ("number", "note")
    form_fields = ("period", "note")
    sections = ((_("Depreciation run"), ("period", "amount", "asset_count", "entry", "note")),)
    select_related = ("period__year", "entry")
    empty_hint = _("One run per month; it shows what it would book before it is posted.")
