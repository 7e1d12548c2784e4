"""Writes of opening balances."""

from erp.opening.services.importing import import_opening
from erp.opening.services.posting import post_opening

__all__ = ["import_opening", "post_opening"]
