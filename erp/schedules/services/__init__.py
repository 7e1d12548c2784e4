"""Writes of the schedules."""

from erp.schedules.services import billed  # noqa: F401 - listens to bills
from erp.schedules.services.accruals import post_accrual
from erp.schedules.services.deferrals import activate_deferral, post_instalment, release_deferral
from erp.schedules.services.recurring import activate_recurring_entry, post_occurrence, stop_recurring_entry
from erp.schedules.services.reversals import reverse_as_scheduled, schedule_reversal
from erp.schedules.services.running import run_schedules

__all__ = [
    "activate_deferral", "activate_recurring_entry", "post_accrual", "post_instalment", "post_occurrence", "release_deferral", "reverse_as_scheduled",
    "run_schedules", "schedule_reversal", "stop_recurring_entry",
]
