from django.utils.translation import gettext_lazy as _

from suite.kernel.taxes.models import FiscalPosition, FiscalPositionTax, Tax, TaxPart
from suite.resources.registry import register
from suite.resources.resource import Lines, Resource


@register
class TaxResource(Resource):
    model = Tax
    menu = ("settings", 20)
    icon = "receipt-tax"
    columns = ("code", "name", "kind", "rate", "category", "tax_point", "valid_from", "valid_until", "is_active")
    filters = ("kind", "category", "tax_point", "is_active")
    search = ("code", "name")
    ordering = ("code",)
    form_fields = (
        "code", "name", "kind", "rate", "category", "self_assessed_rate", "deductible_share", "tax_point", "exemption_reason", "exemption_code",
        "valid_from", "valid_until", "is_active",
    )
    lines = (Lines(TaxPart, parent="group", fields=("tax", "is_on_earlier"), columns=("position", "tax", "is_on_earlier")),)
    sections = (
        (_("Tax"), ("kind", "rate", "category", "self_assessed_rate", "deductible_share", "tax_point", "is_active")),
        (_("When none is charged"), ("exemption_reason", "exemption_code")),
    )
    import_key = "code"
    empty_hint = _("Taxes say what is charged on sales. Start with the standard rate of your country.")


@register
class FiscalPositionResource(Resource):
    model = FiscalPosition
    menu = ("settings", 21)
    icon = "map-pin-percent"
    columns = ("code", "name", "country_group", "countries", "needs_tax_number", "priority", "is_automatic", "is_active")
    filters = ("country_group", "is_automatic", "is_active")
    search = ("code", "name", "countries")
    ordering = ("priority", "code")
    form_fields = (
        "code", "name", "country_group", "countries", "needs_tax_number", "is_automatic", "priority", "valid_from", "valid_until", "is_active",
    )
    lines = (Lines(FiscalPositionTax, parent="fiscal_position", fields=("source", "target"), columns=("source", "target")),)
    sections = (
        (_("When it applies"), ("country_group", "countries", "needs_tax_number", "is_automatic", "priority", "valid_from", "valid_until", "is_active")),
    )
    related = (("erp.fiscalpositionaccount", "fiscal_position"),)
    import_key = "code"
    empty_hint = _("Sales abroad, customers who owe the tax themselves: which tax applies there instead of the product's.")
