"""Writes of payables."""

from erp.payables.rules import BillLineInput
from erp.payables.services.crediting import credit_bill
from erp.payables.services.drafting import draft_bill, void_bill
from erp.payables.services.posting import post_bill, reverse_bill

__all__ = ["BillLineInput", "credit_bill", "draft_bill", "post_bill", "reverse_bill", "void_bill"]
