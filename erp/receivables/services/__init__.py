"""Writes of receivables."""

from erp.receivables.rules import AllocationInput, DeliveredLine, InvoiceLineInput, ReturnedLine, ShippedLine
from erp.receivables.services.credit import check_credit, reduce_commitment, release_commitment, set_commitment
from erp.receivables.services.crediting import correct_invoice, credit_invoice, credit_order, credit_return
from erp.receivables.services.delivering import recognise_delivery
from erp.receivables.services.deposits import OrderedTax, apply_deposits, draft_deposit
from erp.receivables.services.dispatching import issue_shipment, take_back_shipment
from erp.receivables.services.drafting import draft_invoice, set_order_draft, void_invoice
from erp.receivables.services.payments import (
    allocate_payment,
    draft_payment,
    mark_matched,
    post_payment,
    reverse_payment,
    transfer_payment,
    unmark_matched,
)
from erp.receivables.services.posting import post_invoice
from erp.receivables.services.returning import pay_back_advance
from erp.receivables.services.shipments import invoice_shipment
from erp.receivables.services.writing_off import recover_bad_debt, write_off

__all__ = [
    "AllocationInput", "DeliveredLine", "InvoiceLineInput", "OrderedTax", "ReturnedLine", "ShippedLine", "allocate_payment", "apply_deposits",
    "check_credit", "correct_invoice", "credit_invoice", "credit_order", "credit_return", "draft_deposit", "draft_invoice", "draft_payment",
    "invoice_shipment", "issue_shipment", "mark_matched", "pay_back_advance", "post_invoice", "post_payment", "recognise_delivery", "recover_bad_debt",
    "reduce_commitment", "release_commitment", "reverse_payment", "set_commitment", "set_order_draft", "take_back_shipment", "transfer_payment",
    "unmark_matched",
    "void_invoice", "write_off",
]
