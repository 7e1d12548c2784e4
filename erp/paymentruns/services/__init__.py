"""Writes of payment runs."""

from erp.paymentruns.services.answering import confirm_batch, confirm_batches_on_statement, reject_batch, take_answer
from erp.paymentruns.services.approving import approve_accounts, approve_batch, cancel_batch
from erp.paymentruns.services.exporting import export_batch, exported_file
from erp.paymentruns.services.holding import check_cheque_book, check_hold
from erp.paymentruns.services.mandates import activate_mandate, cancel_mandate, enter_mandate, expire_mandate, expire_mandates, finish_mandate
from erp.paymentruns.services.previewing import preview_proposal
from erp.paymentruns.services.proposing import BatchLineInput, propose_batches

__all__ = [
    "BatchLineInput", "activate_mandate", "approve_accounts", "approve_batch", "cancel_batch", "cancel_mandate", "check_cheque_book", "check_hold",
    "confirm_batch", "confirm_batches_on_statement", "enter_mandate", "expire_mandate", "expire_mandates", "export_batch", "exported_file",
    "finish_mandate", "preview_proposal", "propose_batches", "reject_batch", "take_answer",
]
