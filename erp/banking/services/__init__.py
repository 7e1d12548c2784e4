"""Bank accounts, statements, and what their lines become."""

from erp.banking.rules import PartInput
from erp.banking.services.accounts import enter_statement_line, open_bank_account
from erp.banking.services.finding import lines_for
from erp.banking.services.loading import load_statements
from erp.banking.services.matching import match_statement_line, unmatch_statement_line
from erp.banking.services.proving import match_statement, prove_statement, reconcile_statement, reopen_statement

__all__ = [
    "PartInput", "enter_statement_line", "lines_for", "load_statements", "match_statement", "match_statement_line", "open_bank_account", "prove_statement",
    "reconcile_statement", "reopen_statement", "unmatch_statement_line",
]
