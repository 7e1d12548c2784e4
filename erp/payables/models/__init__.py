from erp.payables.models.bills import SupplierBill, SupplierBillInstalment, SupplierBillLine, SupplierBillTax

__all__ = ["SupplierBill", "SupplierBillInstalment", "SupplierBillLine", "SupplierBillTax"]
