"""Units of measure and their conversions."""

from django.utils.translation import gettext_lazy as _

from suite.kernel.units.models import Unit, UnitConversion
from suite.resources.registry import register
from suite.resources.resource import Lines, Resource


@register
class UnitResource(Resource):
    model = Unit
    menu = ("settings", 30)
    icon = "ruler"
    columns = ("code", "name", "uncl_code")
    search = ("code", "name", "uncl_code")
    ordering = ("code",)
    form_fields = ("code", "name", "uncl_code")
    lines = (
        Lines(UnitConversion, parent="unit", fields=("into", "numerator", "denominator"), columns=("into", "numerator", "denominator")),
    )
    sections = ((_("Unit"), ("code", "name", "uncl_code")),)
