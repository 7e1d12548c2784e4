"""Reports of the ledger; each gives a Table in the currency of the books."""

from erp.ledger.reports.balances import balance_sheet, profit_and_loss, trial_balance
from erp.ledger.reports.cash import cash_flow
from erp.ledger.reports.dimensions import result_by_dimension
from erp.ledger.reports.entries import general_ledger, journal

__all__ = ["balance_sheet", "cash_flow", "general_ledger", "journal", "profit_and_loss", "result_by_dimension", "trial_balance"]
