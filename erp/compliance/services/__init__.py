"""Writes of compliance."""

from erp.compliance.services.calendar import complete_task, plan_tasks
from erp.compliance.services.returns import compute_return, file_return, pay_return

__all__ = ["complete_task", "compute_return", "file_return", "pay_return", "plan_tasks"]
