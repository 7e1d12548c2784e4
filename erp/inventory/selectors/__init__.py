"""Reads of the stock room."""

from erp.inventory.selectors.costs import ledger_date_for, unit_costs
from erp.inventory.selectors.lots import LotAsked, LotFound, LotInPlace, lots_to_issue
from erp.inventory.selectors.promising import promise
from erp.inventory.selectors.stock import free_stock, low_stock, moves, reservations_of, stock_of
from erp.inventory.selectors.valuation import valuation, valuation_by_account

__all__ = [
    "LotAsked", "LotFound", "LotInPlace", "free_stock", "ledger_date_for", "lots_to_issue", "low_stock", "moves", "promise", "reservations_of",
    "stock_of", "unit_costs", "valuation", "valuation_by_account",
]
