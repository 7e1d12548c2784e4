"""What the forecast reads."""

from erp.forecasting.selectors.accuracy import Comparison, comparisons, movements
from erp.forecasting.selectors.expecting import expectations, opening_balance
from erp.forecasting.selectors.habits import HabitsOfCustomers, habits_of

__all__ = ["Comparison", "HabitsOfCustomers", "comparisons", "expectations", "habits_of", "movements", "opening_balance"]
