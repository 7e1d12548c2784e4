from suite.kernel.units.models import Unit, UnitConversion
from suite.resources.registry import register
from suite.resources.resource import Resource


@register
class UnitResource(Resource):
    model = Unit
    menu = ("settings", 35)
    icon = "ruler-measure"
    columns = ("code", "name", "uncl_code")
    search = ("code", "name")
    ordering = ("code",)
    form_fields = ("code", "name", "uncl_code")
    import_key = "code"


@register
class UnitConversionResource(Resource):
    model = UnitConversion
    icon = "arrows-left-right"
    columns = ("unit", "numerator", "denominator", "into")
    form_fields = ("unit", "into", "numerator", "denominator")
