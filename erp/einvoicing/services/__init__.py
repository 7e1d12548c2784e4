"""Writes and checks of electronic invoices."""

from erp.einvoicing.services.checking import broken_rules, refuse_broken_rules
from erp.einvoicing.services.sending import e_invoice

__all__ = ["broken_rules", "e_invoice", "refuse_broken_rules"]
