"""Facade for Django only: import a model from its own domain."""

from erp.assets.models import Asset, AssetClass, AssetMovement, AssetUsage, DepreciationRun
from erp.banking.models import BankAccount, BankRule, BankStatement, StatementLine, StatementMatch, StatementProfile
from erp.closing.models import ClosingWaiver, Dividend
from erp.compliance.models import Obligation, ObligationTask, TaxReturn, TaxReturnBox, TaxReturnEntry
from erp.currencies.models import Revaluation, RevaluationLine
from erp.dimensions.models import Dimension, DimensionRule, DimensionValue, JournalLineDimension
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
from erp.knowledge.models import KnownAllocation, KnownEntry
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
from erp.opening.models import OpeningBalance, OpeningItem, OpeningLine
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
from erp.schedules.models import Accrual, Deferral, DeferralInstalment, RecurringEntry, RecurringEntryLine, ScheduledReversal

__all__ = [
    "Account", "AccountAssignment", "AccountBalance", "Accrual", "Allocation", "Asset", "AssetClass", "AssetMovement", "AssetUsage", "BankAccount",
    "BankRule", "BankStatement", "ClearingItem", "ClosingWaiver", "CostLayer", "CreditAccount", "CreditCommitment", "CustomerInvoice",
    "CustomerInvoiceInstalment", "CustomerInvoiceLine", "CustomerInvoiceTax", "CustomerPayment", "Deferral", "DeferralInstalment", "DepreciationRun",
    "Dimension", "DimensionRule", "DimensionValue", "Dividend", "Journal", "JournalEntry", "JournalLine", "JournalLineDimension", "JournalTail",
    "KnownAllocation", "KnownEntry", "Location", "Lot", "Obligation", "ObligationTask", "OpenItem", "OpeningBalance", "OpeningItem", "OpeningLine",
    "RecurringEntry", "RecurringEntryLine", "Reservation", "Revaluation", "RevaluationLine", "ScheduledReversal", "StatementLine", "StatementMatch",
    "StatementProfile", "StockAdjustment", "StockAdjustmentLine", "StockLevel", "StockMove", "StockTransfer", "StockTransferLine", "StockValue",
    "SupplierBankAccount", "SupplierBill", "SupplierBillInstalment", "SupplierBillLine", "SupplierBillTax", "SupplierPayment", "TaxReturn",
    "TaxReturnBox", "TaxReturnEntry", "UnrolledEntry", "Warehouse",
]
