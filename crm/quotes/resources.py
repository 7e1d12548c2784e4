from django.utils.translation import gettext_lazy as _

from crm.margins.views import Margins
from crm.quotes.models import Quote, QuoteLine
from crm.quotes.views import NeedsApproval, Revisions
from suite.resources.panels import attach
from suite.resources.registry import register
from suite.resources.resource import Lines, Resource


@register
class QuoteResource(Resource):
    model = Quote
    menu = ("sales", 10)
    icon = "file-description"
    columns = ("number", "revision", "customer", "quote_date", "valid_until", "status", "gross")
    filters = ("status", "customer", "quote_date", "valid_until", "sales_representative", "margin_state")
    search = ("number", "customer__name", "customer_reference")
    ordering = ("-pk",)
    form_fields = (
        "customer", "quote_date", "valid_until", "requested_on", "customer_reference", "price_list", "currency", "payment_term",
        "sales_representative", "billing_address", "shipping_address", "note",
    )
    lines = (
        Lines(
            QuoteLine, parent="quote", fields=("product", "description", "quantity", "unit_price", "discount"),
            columns=("position", "product", "quantity", "unit_price", "net"),
        ),
    )
    sections = (
        (_("Terms"), ("price_list", "currency", "payment_term", "sales_representative", "customer_reference", "requested_on", "margin_state")),
        (_("Addresses"), ("billing_address", "shipping_address")),
        (_("Outcome"), ("rejection_reason", "price_check", "credit_result")),
    )
    totals = ("net", "tax", "gross")
    related = (("crm.order", "quote"),)
    select_related = ("customer",)
    actions_form = {"reject": "crm.quotes.forms.RejectForm", "accept": "crm.quotes.forms.AcceptForm", "approve_margin": "crm.margins.forms.ApproveForm"}
    empty_hint = _("A quote offers prices that bind until its last day; accepted, it becomes an order. Make the first one.")


attach(Quote, NeedsApproval)
attach(Quote, Margins)
attach(Quote, Revisions)
