from erp.receivables.models.credit import CreditAccount, CreditCommitment
from erp.receivables.models.invoices import CustomerInvoice, CustomerInvoiceInstalment, CustomerInvoiceLine, CustomerInvoiceTax
from erp.receivables.models.items import Allocation, ClearingItem, OpenItem
from erp.receivables.models.payments import CustomerPayment
from erp.receivables.models.taxes import AdvanceTax, FiscalPositionAccount, WithheldTax

__all__ = [
    "AdvanceTax", "Allocation", "ClearingItem", "CreditAccount", "CreditCommitment", "CustomerInvoice", "CustomerInvoiceInstalment", "CustomerInvoiceLine",
    "CustomerInvoiceTax", "CustomerPayment", "FiscalPositionAccount", "OpenItem", "WithheldTax",
]
