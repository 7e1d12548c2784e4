from django.utils.translation import gettext_lazy as _

from crm.customers.models import CustomerTerms
from suite.resources.registry import register
from suite.resources.resource import Resource


@register
class CustomerTermsResource(Resource):
    model = CustomerTerms
    menu = ("customers", 30)
    icon = "heart-handshake"
    columns = ("party", "price_list", "site")
    filters = ("party", "price_list", "site")
    search = ("party__name", "party__number")
    ordering = ("party__name", "pk")
    form_fields = ("party", "price_list", "site", "notes")
    select_related = ("party", "price_list", "site")
    empty_hint = _("Terms say which price list a customer buys by and where its goods leave from. Without them the company's own apply.")
