"""What the races across suites share: deadlock count, companies in order, deliveries run by rival workers, a death on demand."""

import os
import signal
import time
from pathlib import Path

import psycopg2
from django.db import connection, connections

from integration.management.commands.doctor import examine
from integration.outbox import faults
from integration.outbox.models import Delivery
from integration.outbox.run import run_deliveries, run_delivery
from integration.outbox.sweep import drain
from integration.trace.selectors import orphans
from suite.kernel.companies.models import Company

REPETITIONS = 20


def deadlocks() -> int:
    """Deadlocks of this database so far."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush(); SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return cursor.fetchone()[0]


def must_be_sound(before: int, *, with_causes: bool = True) -> None:
    """Every invariant of every company holds, nothing waits, no deadlock happened since, and (unless a test posts by hand) no orphans."""
    assert {name: found for name, found in examine().items() if found["violations"]} == {}
    assert Delivery.objects.filter(status__in=(0, 2)).count() == 0
    assert not with_causes or orphans() == {}
    assert deadlocks() == before


def work_off(company: Company) -> None:
    """What one of several workers does with the company's deliveries, as the messages come: in the order of their making."""
    for _round in range(40):
        pending = Delivery.objects.filter(event__company=company, status=Delivery.Status.PENDING).order_by("pk")
        ids = list(pending.values_list("pk", flat=True))
        if not ids:
            return
        run_deliveries(ids, is_first=True)
        time.sleep(0.01)


def settle() -> None:
    """Everything that is still under way is done afterwards."""
    for _round in range(40):
        Delivery.objects.filter(status=Delivery.Status.PENDING).update(last_error="")
        drain()
        if not Delivery.objects.filter(status=Delivery.Status.PENDING).exists():
            return


def run_after_death(delivery_id: int) -> str:
    """Runs a delivery whose worker died: PostgreSQL needs a moment to see that the connection is gone, until then the row is taken."""
    for _again in range(100):
        outcome = run_delivery(delivery_id)
        if outcome != "taken" or Delivery.objects.get(pk=delivery_id).status == Delivery.Status.DONE:
            return outcome
        time.sleep(0.05)
    return "taken"


def die_inside(folder: Path, point: str, document_key: str, delivery_id: int) -> int:
    """Runs the delivery in a process that is killed with -9 at the point; returns the signal that ended it."""
    (folder / f"{point}.{document_key}.kill").touch()
    # Kept alive in the child: closing the inherited connection would end the parent's session.
    inherited: psycopg2.extensions.connection = connection.connection
    child = os.fork()
    if child == 0:
        try:
            connections["default"].connection = None
            connections["default"].in_atomic_block = False
            faults._folder = str(folder)
            run_deliveries([delivery_id], is_first=True)
        finally:
            os._exit(0 if inherited is not None else 1)
    _pid, status = os.waitpid(child, 0)
    return signal.Signals(os.WTERMSIG(status)) if os.WIFSIGNALED(status) else 0
