"""Facade for Django only: import a model from its own domain."""

from integration.bulk.models import BulkRow, BulkRun
from integration.outbox.models import Delivery, Event, JobRun, Replay

__all__ = ["BulkRow", "BulkRun", "Delivery", "Event", "JobRun", "Replay"]
