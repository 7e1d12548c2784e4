"""Writes of claims."""

from erp.claims.rules import ClaimLineInput
from erp.claims.services.deciding import approve_advance, approve_claim, refuse_advance, refuse_claim, reopen_claim, submit_claim, withdraw_claim
from erp.claims.services.drafting import attach_receipt, draft_claim
from erp.claims.services.paying import draft_advance, pay_advance, reimburse_claim, reverse_employee_payment, take_back_advance
from erp.claims.services.posting import post_claim, reverse_claim

__all__ = [
    "ClaimLineInput", "approve_advance", "approve_claim", "attach_receipt", "draft_advance", "draft_claim", "pay_advance", "post_claim",
    "refuse_advance", "refuse_claim", "reimburse_claim", "reopen_claim", "reverse_claim", "reverse_employee_payment", "submit_claim",
    "take_back_advance", "withdraw_claim",
]
