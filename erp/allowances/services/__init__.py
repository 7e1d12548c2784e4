"""Writes of allowances."""

from erp.allowances.services.naming import name_risk
from erp.allowances.services.posting import draft_allowance, post_allowance, reverse_allowance

__all__ = ["draft_allowance", "name_risk", "post_allowance", "reverse_allowance"]
