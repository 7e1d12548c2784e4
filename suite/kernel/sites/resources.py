"""Sites of the company."""

from django.utils.translation import gettext_lazy as _

from suite.kernel.sites.models import Site
from suite.resources.registry import register
from suite.resources.resource import Resource


@register
class SiteResource(Resource):
    model = Site
    menu = ("settings", 20)
    icon = "building-factory-2"
    columns = ("code", "name", "timezone", "calendar")
    search = ("code", "name")
    ordering = ("code",)
    form_fields = ("code", "name", "address", "timezone", "calendar")
    sections = ((_("Site"), ("code", "name", "address", "timezone", "calendar")),)
    import_key = "code"
    select_related = ("calendar",)
