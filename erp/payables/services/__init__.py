"""Writes of payables."""

from erp.payables.rules import BillLineInput
from erp.payables.services.crediting import credit_bill
from erp.payables.services.drafting import draft_bill, void_bill
from erp.payables.services.payments import (
    allocate_supplier_payment,
    draft_supplier_payment,
    mark_supplier_payment_matched,
    post_supplier_payment,
    reverse_supplier_payment,
)
from erp.payables.services.posting import post_bill, reverse_bill

__all__ = [
    "BillLineInput", "allocate_supplier_payment", "credit_bill", "draft_bill", "draft_supplier_payment", "mark_supplier_payment_matched",
    "post_bill", "post_supplier_payment", "reverse_bill", "reverse_supplier_payment", "void_bill",
]
