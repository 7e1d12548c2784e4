from django.utils.translation import gettext_lazy as _

from suite.kernel.taxes.models import Tax
from suite.resources.registry import register
from suite.resources.resource import Resource


@register
class TaxResource(Resource):
    model = Tax
    menu = ("settings", 20)
    icon = "receipt-tax"
    columns = ("code", "name", "rate", "category", "valid_from", "valid_until", "is_active")
    filters = ("category", "is_active")
    search = ("code", "name")
    ordering = ("code",)
    form_fields = ("code", "name", "rate", "category", "exemption_reason", "valid_from", "valid_until", "is_active")
    import_key = "code"
    empty_hint = _("Taxes say what is charged on sales. Start with the standard rate of your country.")
