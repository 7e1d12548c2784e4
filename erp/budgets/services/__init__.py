"""Writes of budgets."""

from erp.budgets.services.committing import CommittedLine, commit_budget, reduce_commitment
from erp.budgets.services.control import look_at_budget
from erp.budgets.services.lines import fill_from, save_cells
from erp.budgets.services.overrides import override_budget
from erp.budgets.services.postings import look_at_entry
from erp.budgets.services.reading import import_lines
from erp.budgets.services.versions import activate_budget, approve_budget, close_budget, draft_budget, renew_budget, withdraw_budget

__all__ = [
    "CommittedLine", "activate_budget", "approve_budget", "close_budget", "commit_budget", "draft_budget", "fill_from", "import_lines", "look_at_budget",
    "look_at_entry", "override_budget", "reduce_commitment", "renew_budget", "save_cells", "withdraw_budget",
]
