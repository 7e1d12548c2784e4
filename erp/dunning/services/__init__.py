"""Writes of dunning."""

from erp.dunning.services.automatic import run_dunning
from erp.dunning.services.blocking import block_dunning
from erp.dunning.services.levels import set_up_levels
from erp.dunning.services.notices import leave_out_notice, send_notice, take_in_notice, waive_charges
from erp.dunning.services.posting import post_dunning_run
from erp.dunning.services.running import discard_dunning_run, draft_dunning_run, propose_dunning_run

__all__ = [
    "block_dunning", "discard_dunning_run", "draft_dunning_run", "leave_out_notice", "post_dunning_run", "propose_dunning_run", "run_dunning",
    "send_notice", "set_up_levels", "take_in_notice", "waive_charges",
]
