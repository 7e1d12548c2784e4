"""Periodic jobs: each runs once per period, whoever claims the period first."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.utils import timezone

from integration.outbox.models import JobRun

log = logging.getLogger("suite.outbox")

# A run without an end after a quarter of an hour died with its process: the next tick of the period takes it over.
CLAIM = """
INSERT INTO integration_jobrun AS run (job, period_start, started_at, result) VALUES (%s, %s, clock_timestamp(), '')
ON CONFLICT (job, period_start) DO UPDATE SET started_at = clock_timestamp()
 WHERE run.finished_at IS NULL AND run.started_at < clock_timestamp() - interval '15 minutes' RETURNING id"""


@dataclass(frozen=True)
class Job:
    """A periodic job; `run` returns a short result in words."""

    name: str
    label: str
    every: timedelta
    run: Callable[[], str]


_jobs: dict[str, Job] = {}


def job(name: str, *, every: timedelta, label: str) -> Callable[[Callable[[], str]], Callable[[], str]]:
    """Register a periodic job."""

    def register(run: Callable[[], str]) -> Callable[[], str]:
        _jobs[name] = Job(name, label, every, run)
        return run

    return register


def all_jobs() -> list[Job]:
    return list(_jobs.values())


def period_start(every: timedelta, now: datetime) -> datetime:
    """The start of the period that `now` lies in; periods count from the epoch in UTC."""
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return epoch + every * ((now - epoch) // every)


def run_due_jobs(now: datetime | None = None) -> list[str]:
    """Runs every job whose present period nobody has claimed; the names of those that ran here. A job that fails says so in its run."""
    ran = []
    for each in _jobs.values():
        with connection.cursor() as cursor:
            cursor.execute(CLAIM, [each.name, period_start(each.every, now or timezone.now())])
            row = cursor.fetchone()
        if row is None:
            continue
        JobRun.objects.filter(pk=row[0]).update(result=_result(each)[:200], finished_at=timezone.now())
        ran.append(each.name)
    return ran


def _result(each: Job) -> str:
    try:
        return each.run()
    except Exception as error:  # noqa: BLE001 - one job must not keep the others from running
        log.exception("A periodic job failed.", extra={"job": each.name})
        return f"failed: {type(error).__name__}: {error}"
