from erp.payables.models.bank_accounts import SupplierBankAccount
from erp.payables.models.bills import SupplierBill, SupplierBillInstalment, SupplierBillLine, SupplierBillTax
from erp.payables.models.payments import SupplierPayment

__all__ = ["SupplierBankAccount", "SupplierBill", "SupplierBillInstalment", "SupplierBillLine", "SupplierBillTax", "SupplierPayment"]
