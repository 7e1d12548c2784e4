"""How the background work stands: per consumer, and the periodic jobs."""

from datetime import timedelta
from typing import Any

from django.db.models import Avg, Count, F, Max, Min, Q
from django.utils.translation import ngettext

from integration.outbox.consumers import all_consumers
from integration.outbox.jobs import all_jobs
from integration.outbox.models import Delivery, JobRun


def consumer_figures(user: Any) -> list[dict[str, Any]]:
    """Per consumer: waiting, retrying, dead, done, the oldest that waits, and the mean time from event to done in seconds."""
    rows = Delivery.objects.visible_to(user).values("handler").annotate(
        waiting=Count("pk", filter=Q(status=Delivery.Status.PENDING)),
        retrying=Count("pk", filter=Q(status=Delivery.Status.PENDING, attempts__gt=1)),
        dead=Count("pk", filter=Q(status=Delivery.Status.DEAD)),
        done=Count("pk", filter=Q(status=Delivery.Status.DONE)),
        oldest=Min("event__created", filter=Q(status=Delivery.Status.PENDING)),
        mean=Avg(F("done_at") - F("event__created"), filter=Q(status=Delivery.Status.DONE)),
    ).order_by()
    found = {row["handler"]: row for row in rows}
    nothing = {"waiting": 0, "retrying": 0, "dead": 0, "done": 0, "oldest": None, "mean": None}
    figures = []
    for consumer in all_consumers():
        row = found.get(consumer.name, nothing)
        mean = row["mean"].total_seconds() if row["mean"] else None
        figures.append({**row, "name": consumer.name, "label": consumer.label, "events": consumer.events, "mean": mean})
    return figures


def rhythm(every: timedelta) -> str:
    """How often in words: "15 minutes", "1 day"."""
    minutes = int(every.total_seconds() // 60)
    if minutes % 1440 == 0:
        return ngettext("%(n)d day", "%(n)d days", minutes // 1440) % {"n": minutes // 1440}
    if minutes % 60 == 0:
        return ngettext("%(n)d hour", "%(n)d hours", minutes // 60) % {"n": minutes // 60}
    return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}


def job_figures() -> list[dict[str, Any]]:
    """Per periodic job: how often, when last, with what result."""
    last = {row["job"]: row["at"] for row in JobRun.objects.values("job").annotate(at=Max("period_start")).order_by()}
    results = {run.job: run for run in JobRun.objects.filter(period_start__in=last.values())}
    return [{"name": job.name, "label": job.label, "every": job.every, "rhythm": rhythm(job.every), "last": results.get(job.name)} for job in all_jobs()]
