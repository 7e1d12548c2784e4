from django.utils.translation import gettext_lazy as _

from crm.margins.views import Margins
from crm.orders.models import Order, OrderLine
from crm.orders.views import Amendments, LineReasons, OnHold
from suite.resources.panels import attach
from suite.resources.registry import register
from suite.resources.resource import Lines, Resource


@register
class OrderResource(Resource):
    model = Order
    menu = ("sales", 20)
    icon = "shopping-cart"
    columns = ("number", "customer", "order_date", "promised_on", "status", "delivery_status", "invoice_status", "payment_status", "gross")
    filters = (
        "status", "customer", "order_date", "promised_on", "delivery_status", "invoice_status", "payment_status", "hold_reason", "margin_state",
        "sales_representative", "site",
    )
    search = ("number", "customer__name", "customer_reference")
    ordering = ("-pk",)
    form_fields = (
        "customer", "order_date", "requested_on", "customer_reference", "price_list", "currency", "payment_term", "site",
        "sales_representative", "billing_address", "shipping_address", "note",
    )
    lines = (
        Lines(
            OrderLine, parent="order", fields=("product", "description", "quantity", "unit_price", "discount"),
            columns=("position", "product", "quantity", "unit_price", "net", "promised_on", "shipped", "invoiced"),
        ),
    )
    sections = (
        (_("Terms"), (
            "price_list", "currency", "payment_term", "invoice_policy", "site", "sales_representative", "customer_reference", "quote", "revision",
            "hold_reason", "hold_message", "margin_state",
        )),
        (_("Addresses"), ("billing_address", "shipping_address")),
    )
    totals = ("net", "tax", "gross")
    select_related = ("customer",)
    actions_form = {
        "amend": "crm.orders.forms.AmendForm", "hold": "crm.orders.forms.HoldForm", "release": "crm.orders.forms.ReleaseForm",
        "approve_margin": "crm.margins.forms.ApproveForm",
        "ask_deposit": "crm.orders.forms.DepositForm", "close_short": "crm.orders.forms.CloseShortForm", "cancel": "crm.orders.forms.CancelForm",
    }
    empty_hint = _("Orders say what customers bought. Type the first one, or accept a quote.")


attach(Order, OnHold)
attach(Order, Margins)
attach(Order, Amendments)
attach(Order, LineReasons)
