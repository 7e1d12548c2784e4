"""Writes of the books."""

from erp.ledger.rules import EntryLine, Wanted
from erp.ledger.selectors import accounts_for, accounts_of
from erp.ledger.services.balances import roll_up_balances
from erp.ledger.services.books import open_fiscal_year, set_up_books
from erp.ledger.services.entries import begin_entry, complete_entry, post_entry
from erp.ledger.services.manual import mirror_entry, post_manual_entry, reverse_manual_entry

__all__ = [
    "EntryLine", "Wanted", "accounts_for", "accounts_of", "begin_entry", "complete_entry", "mirror_entry", "open_fiscal_year", "post_entry",
    "post_manual_entry", "reverse_manual_entry", "roll_up_balances", "set_up_books",
]
