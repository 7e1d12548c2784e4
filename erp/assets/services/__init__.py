"""Writes of fixed assets."""

from erp.assets import findings  # noqa: F401 - registers the items of the checklist
from erp.assets.services import billed  # noqa: F401 - listens to bills
from erp.assets.services.acquiring import capitalise_asset, draft_asset
from erp.assets.services.depreciating import post_depreciation_run, run_depreciation
from erp.assets.services.disposing import scrap_asset, sell_asset
from erp.assets.services.revaluing import impair_asset, revalue_asset

__all__ = [
    "capitalise_asset", "draft_asset", "impair_asset", "post_depreciation_run", "revalue_asset", "run_depreciation", "scrap_asset", "sell_asset",
]
