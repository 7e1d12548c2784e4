from django.utils.translation import gettext_lazy as _

from suite.kernel.terms.models import PaymentTerm, PaymentTermShare
from suite.resources.registry import register
from suite.resources.resource import Lines, Resource


@register
class PaymentTermResource(Resource):
    model = PaymentTerm
    menu = ("settings", 25)
    icon = "calendar-due"
    columns = ("code", "name", "discount_percent", "discount_days")
    search = ("code", "name")
    ordering = ("code",)
    form_fields = ("code", "name", "discount_percent", "discount_days", "discount_reduces_tax")
    lines = (Lines(PaymentTermShare, parent="term", fields=("percent", "days", "end_of_month"), columns=("position", "percent", "days", "end_of_month")),)
    import_key = "code"
    empty_hint = _("A term says when invoices fall due: 30 days net, or in instalments.")
