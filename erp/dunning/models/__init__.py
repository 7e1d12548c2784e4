from erp.dunning.models.levels import BaseRate, DunningLevel, DunningPolicy, DunningText
from erp.dunning.models.runs import DunningBlock, DunningNotice, DunningNoticeLine, DunningRun

__all__ = [
    "BaseRate", "DunningBlock", "DunningLevel", "DunningNotice", "DunningNoticeLine", "DunningPolicy", "DunningRun", "DunningText",
]
