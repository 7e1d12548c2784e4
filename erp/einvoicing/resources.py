"""Electronic invoices as people see them."""

from erp.einvoicing.panels import EInvoicePanel
from erp.receivables.models import CustomerInvoice
from suite.resources.panels import attach

attach(CustomerInvoice, EInvoicePanel)
