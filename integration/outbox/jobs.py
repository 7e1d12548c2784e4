"""Periodic jobs: each runs once per period, whoever claims the period first."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.utils import timezone

from integration.outbox.models import JobRun


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
    """Runs every job whose present period nobody has claimed; the names of those that ran here."""
    ran = []
    for each in _jobs.values():
        start = period_start(each.every, now or timezone.now())
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO integration_jobrun (job, period_start, started_at, result) VALUES (%s, %s, clock_timestamp(), '')"
                " ON CONFLICT DO NOTHING RETURNING id", [each.name, start],
            )
            row = cursor.fetchone()
        if row is None:
            continue
        result = each.run()
        JobRun.objects.filter(pk=row[0]).update(finished_at=timezone.now(), result=result[:200])
        ran.append(each.name)
    return ran
