"""Facade for Django only: import a model from its own domain."""

from integration.outbox.models import Delivery, Event, JobRun, Replay

__all__ = ["Delivery", "Event", "JobRun", "Replay"]
