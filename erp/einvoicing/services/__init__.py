"""Writes and checks of electronic invoices."""

from erp.einvoicing.services.checking import Finding, broken_rules, check_invoice, refuse_broken_rules
from erp.einvoicing.services.receiving import bill_received, dismiss_received, receive_invoice
from erp.einvoicing.services.sending import FORMATS, e_invoice

__all__ = [
    "FORMATS", "Finding", "bill_received", "broken_rules", "check_invoice", "dismiss_received", "e_invoice", "receive_invoice", "refuse_broken_rules",
]
