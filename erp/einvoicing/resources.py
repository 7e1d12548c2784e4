"""Electronic invoices as people see them."""

from django.utils.translation import gettext_lazy as _

from erp.einvoicing.models import ReceivedInvoice
from erp.einvoicing.panels import EInvoicePanel, ReceivedPanel
from erp.receivables.models import CustomerInvoice
from suite.resources import menu
from suite.resources.panels import attach
from suite.resources.registry import register
from suite.resources.resource import Resource

menu.entry("payables", 14, _("Receive e-invoices"), "erp:receive_invoices", "erp.add_receivedinvoice", "file-import")


@register
class ReceivedInvoiceResource(Resource):
    model = ReceivedInvoice
    menu = ("payables", 12)
    icon = "file-code"
    columns = ("number", "kind", "seller_name", "supplier", "issued_on", "status", "currency_code", "gross", "bill")
    filters = ("status", "kind", "supplier", "issued_on")
    search = ("number", "seller_name", "seller_vat", "file_name")
    sections = (
        (_("Received"), ("syntax", "file_name", "created_at", "created_by")),
        (_("Sender"), ("seller_name", "seller_vat", "supplier", "recognised_by")),
        (_("Amounts"), ("net", "tax", "gross", "payable", "currency_code", "issued_on", "due_on", "bill")),
    )
    select_related = ("supplier", "bill")
    actions_form = {"bill": "erp.einvoicing.forms.BillReceivedForm", "dismiss": "erp.einvoicing.forms.DismissForm"}
    printouts = (("original", _("Original file"), "erp.einvoicing.printouts.original_file"),)
    empty_hint = _("Choose a file under “Receive e-invoices”.")


attach(CustomerInvoice, EInvoicePanel)
attach(ReceivedInvoice, ReceivedPanel)
