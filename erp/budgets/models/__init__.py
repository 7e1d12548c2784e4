from erp.budgets.models.budgets import Budget, BudgetLine, SeasonalKey
from erp.budgets.models.control import BudgetCommitment, BudgetCommitmentLine, BudgetOverride, BudgetWarning, Level

__all__ = ["Budget", "BudgetCommitment", "BudgetCommitmentLine", "BudgetLine", "BudgetOverride", "BudgetWarning", "Level", "SeasonalKey"]
