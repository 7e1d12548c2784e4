"""Writes and checks of electronic invoices."""

from erp.einvoicing.services.checking import Finding, broken_rules, check_invoice, refuse_broken_rules
from erp.einvoicing.services.sending import FORMATS, e_invoice

__all__ = ["FORMATS", "Finding", "broken_rules", "check_invoice", "e_invoice", "refuse_broken_rules"]
