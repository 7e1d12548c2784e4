from erp.payables.models.bills import SupplierBill, SupplierBillInstalment, SupplierBillLine, SupplierBillTax
from erp.payables.models.payments import SupplierPayment

__all__ = ["SupplierBill", "SupplierBillInstalment", "SupplierBillLine", "SupplierBillTax", "SupplierPayment"]
