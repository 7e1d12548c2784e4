"""Thin shells around the outbox for Celery."""

import os
from pathlib import Path

from celery import shared_task
from django.db import connection

from integration.outbox.jobs import run_due_jobs
from integration.outbox.run import run_deliveries

# The supervisor restarts a worker that does not touch this file while deliveries are overdue (suite/runtime/heartbeat.py).
_heartbeat = os.environ.get("WORKER_HEARTBEAT_FILE")


@shared_task(name="integration.outbox.tasks.deliver", ignore_result=True)
def deliver(ids: list[int], is_first: bool, tried: int | None = None) -> None:
    """Runs deliveries; the connection is kept between tasks, so its health is looked at here."""
    connection.close_if_unusable_or_obsolete()
    if _heartbeat:
        Path(_heartbeat).touch()
    run_deliveries(ids, is_first=is_first, tried=tried)


@shared_task(name="integration.outbox.tasks.tick", ignore_result=True)
def tick() -> None:
    """Beat's minute: starts the periodic jobs whose period has no run yet."""
    connection.close_if_unusable_or_obsolete()
    run_due_jobs()
