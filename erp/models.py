"""Facade for Django only: import a model from its own domain."""

from erp.banking.models import BankAccount, StatementLine
from erp.inventory.models import (
    CostLayer,
    Location,
    Lot,
    Reservation,
    StockAdjustment,
    StockAdjustmentLine,
    StockLevel,
    StockMove,
    StockTransfer,
    StockTransferLine,
    StockValue,
    Warehouse,
)
from erp.ledger.models import (
    Account,
    AccountAssignment,
    AccountBalance,
    Journal,
    JournalEntry,
    JournalLine,
    JournalTail,
    UnrolledEntry,
)
from erp.payables.models import SupplierBankAccount, SupplierBill, SupplierBillInstalment, SupplierBillLine, SupplierBillTax, SupplierPayment
from erp.receivables.models import (
    Allocation,
    ClearingItem,
    CreditAccount,
    CreditCommitment,
    CustomerInvoice,
    CustomerInvoiceInstalment,
    CustomerInvoiceLine,
    CustomerInvoiceTax,
    CustomerPayment,
    OpenItem,
)

__all__ = [
    "Account", "AccountAssignment", "AccountBalance", "Allocation", "BankAccount", "ClearingItem", "CostLayer", "CreditAccount",
    "CreditCommitment", "CustomerInvoice", "CustomerInvoiceInstalment", "CustomerInvoiceLine", "CustomerInvoiceTax", "CustomerPayment",
    "Journal", "JournalEntry", "JournalLine", "JournalTail", "Location", "Lot", "OpenItem", "Reservation", "StatementLine",
    "StockAdjustment", "StockAdjustmentLine", "StockLevel", "StockMove", "StockTransfer", "StockTransferLine", "StockValue",
    "SupplierBankAccount", "SupplierBill", "SupplierBillInstalment", "SupplierBillLine", "SupplierBillTax", "SupplierPayment",
    "UnrolledEntry", "Warehouse",
]
