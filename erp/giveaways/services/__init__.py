"""Writes of giveaways."""

from erp.giveaways.services.issuing import GivenLine, issue_giveaway, take_back_giveaway
from erp.giveaways.services.reasons import set_up_reasons

__all__ = ["GivenLine", "issue_giveaway", "set_up_reasons", "take_back_giveaway"]
