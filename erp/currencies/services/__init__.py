"""Writes of foreign currency."""

from erp.currencies.services.revaluing import post_revaluation, revalue, value_draft

__all__ = ["post_revaluation", "revalue", "value_draft"]
