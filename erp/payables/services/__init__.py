"""Writes of payables."""

from erp.payables.rules import BillLineInput
from erp.payables.services.bank_accounts import approve_bank_account, enter_supplier_bank_account, retire_bank_account
from erp.payables.services.crediting import credit_bill
from erp.payables.services.drafting import draft_bill, void_bill
from erp.payables.services.payments import (
    allocate_supplier_payment,
    draft_supplier_payment,
    mark_supplier_payment_matched,
    post_supplier_payment,
    reverse_supplier_payment,
    unmark_supplier_payment_matched,
)
from erp.payables.services.posting import post_bill, reverse_bill

__all__ = [
    "BillLineInput", "allocate_supplier_payment", "approve_bank_account", "credit_bill", "draft_bill", "draft_supplier_payment",
    "enter_supplier_bank_account", "mark_supplier_payment_matched", "post_bill", "post_supplier_payment", "retire_bank_account", "reverse_bill",
    "reverse_supplier_payment", "unmark_supplier_payment_matched", "void_bill",
]
