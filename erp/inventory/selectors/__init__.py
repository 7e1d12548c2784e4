"""Reads of the stock room."""

from erp.inventory.selectors.costs import ledger_date_for, unit_costs
from erp.inventory.selectors.promising import promise
from erp.inventory.selectors.stock import free_stock, low_stock, moves, reservations_of, stock_of
from erp.inventory.selectors.valuation import valuation, valuation_by_account

__all__ = [
    "free_stock", "ledger_date_for", "low_stock", "moves", "promise", "reservations_of", "stock_of", "unit_costs", "valuation",
    "valuation_by_account",
]
