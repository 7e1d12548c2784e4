from suite.kernel.sites.models import Site
from suite.resources.registry import register
from suite.resources.resource import Resource


@register
class SiteResource(Resource):
    model = Site
    menu = ("settings", 40)
    icon = "building-warehouse"
    columns = ("code", "name", "timezone", "calendar")
    search = ("code", "name")
    ordering = ("code",)
    form_fields = ("code", "name", "address", "timezone", "calendar")
    import_key = "code"
