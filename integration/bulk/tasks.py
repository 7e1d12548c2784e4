"""Thin shells around bulk actions for Celery."""

import logging

from celery import shared_task
from django.db import connection
from django.utils.translation import override

from integration.bulk.run import work_on
from suite.celery import app

log = logging.getLogger("suite.bulk")

TASK = "integration.bulk.tasks.work"


@shared_task(name=TASK, ignore_result=True)
def work(run_id: int, language: str = "en") -> None:
    """Some seconds of a run, then the next in the queue has its turn. Refusals are kept in the language of who started it."""
    connection.close_if_unusable_or_obsolete()
    with override(language):
        is_left = work_on(run_id)
    if is_left:
        hand_over(run_id, language)


def hand_over(run_id: int, language: str = "en") -> bool:
    """Tells the workers; whether they could be told. If not, the minute's job finds the run (integration/outbox/periodic.py)."""
    try:
        app.send_task(TASK, args=(run_id, language), retry=False, ignore_result=True)
    except Exception as error:  # noqa: BLE001 - whatever the broker says, the run is safe in PostgreSQL
        log.warning("The broker is not reachable, the periodic job takes over.", extra={"error": repr(error)[:200]})
        return False
    return True
