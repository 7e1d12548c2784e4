"""Writes of freight."""

from erp.freight import findings  # noqa: F401 - registers the item of the checklist
from erp.freight.services.accruing import accrue_freight, release_freight
from erp.freight.services.billing import settle_freight

__all__ = ["accrue_freight", "release_freight", "settle_freight"]
