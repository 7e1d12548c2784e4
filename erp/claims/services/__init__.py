"""Writes of claims."""

from erp.claims import findings  # noqa: F401 - registers the items of the checklist
from erp.claims.rules import ClaimLineInput
from erp.claims.services.deciding import approve_advance, approve_claim, refuse_advance, refuse_claim, reopen_claim, submit_claim, withdraw_claim
from erp.claims.services.drafting import add_claim_line, attach_receipt, draft_claim, drop_claim_line
from erp.claims.services.paying import draft_advance, pay_advance, reimburse_claim, reverse_employee_payment, take_back_advance
from erp.claims.services.posting import post_claim, reverse_claim

__all__ = [
    "ClaimLineInput", "add_claim_line", "approve_advance", "approve_claim", "attach_receipt", "draft_advance", "draft_claim", "drop_claim_line",
    "pay_advance", "post_claim", "refuse_advance", "refuse_claim", "reimburse_claim", "reopen_claim", "reverse_claim", "reverse_employee_payment",
    "submit_claim", "take_back_advance", "withdraw_claim",
]
