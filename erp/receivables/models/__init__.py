from erp.receivables.models.credit import CreditAccount, CreditCommitment
from erp.receivables.models.invoices import CustomerInvoice, CustomerInvoiceInstalment, CustomerInvoiceLine, CustomerInvoiceTax
from erp.receivables.models.items import Allocation, ClearingItem, OpenItem
from erp.receivables.models.payments import CustomerPayment

__all__ = [
    "Allocation", "ClearingItem", "CreditAccount", "CreditCommitment", "CustomerInvoice", "CustomerInvoiceInstalment", "CustomerInvoiceLine",
    "CustomerInvoiceTax", "CustomerPayment", "OpenItem",
]
