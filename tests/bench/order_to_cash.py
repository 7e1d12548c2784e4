"""CPU and statements per order: from the confirm service to posted invoice, reservations and shipment, through Celery."""

import random
import sys
import time
from typing import Any

import psycopg2
from django.db import connection

from crm.orders.models import Order
from crm.orders.services import confirm_order
from integration.outbox.models import Delivery
from suite.runtime.postgres import SUPERUSER
from tests.bench.company import BenchCompany
from tests.bench.counting import sent_by_workers, sent_here
from tests.bench.floor import Floor
from tests.bench.machine import Machine, wait_until

WARM_UP, MEASURED = 60, 300


class Watch:
    """Asks on a connection of its own, twice a second, so that asking is neither counted nor felt."""

    def __init__(self, machine: Machine) -> None:
        self._connection = psycopg2.connect(host=str(machine.services.sockets), user=SUPERUSER, dbname="suite")
        self._connection.autocommit = True
        self._asked = 0.0

    def settled(self) -> bool:
        """Whether no delivery waits."""
        if time.monotonic() - self._asked < 0.5:
            return False
        self._asked = time.monotonic()
        with self._connection.cursor() as cursor:
            cursor.execute("SELECT EXISTS (SELECT 1 FROM integration_delivery WHERE status = 0)")
            return not cursor.fetchone()[0]


def start_workers(machine: Machine, concurrency: int = 2) -> None:
    """A worker as `make run` starts it, counting its statements."""
    counts = machine.home / "counts"
    counts.mkdir(exist_ok=True)
    machine.start(
        "worker", sys.executable, "-m", "celery", "-A", "tests.bench.counting", "worker", "-c", str(concurrency), "-l", "WARNING",
        "--without-gossip", "--without-mingle", "--without-heartbeat", BENCH_COUNTS=str(counts),
    )


def measure(machine: Machine, bench: BenchCompany) -> dict[str, Any]:
    """CPU ms per order of all processes, beside the same for the hand-written floor in the same run."""
    rng, settled = random.Random(1), Watch(machine).settled
    orders = [bench.draft(rng) for _ in range(WARM_UP + MEASURED)]
    for order in orders[:WARM_UP]:
        confirm_order(order, actor=bench.actor)
    try:
        wait_until(settled, 60, "the warm-up")
    except SystemExit:
        print(machine.tail("worker"), *Delivery.objects.exclude(last_error="").values_list("handler", "last_error")[:3], sep="\n")
        raise
    connection.cursor().execute("ANALYZE")
    sent, cpu, started = sent_here() + sent_by_workers(), machine.cpu_seconds(), time.perf_counter()
    for order in orders[WARM_UP:]:
        confirm_order(order, actor=bench.actor)
    wait_until(settled, 240, "the measured orders")
    wall = time.perf_counter() - started
    cpu_ms = (machine.cpu_seconds() - cpu) * 1000 / MEASURED
    statements = (sent_here() + sent_by_workers() - sent) / MEASURED
    _prove(orders)
    machine.end("worker")
    floor = Floor(bench)
    floor_ms = floor.measure(machine, WARM_UP, MEASURED)
    _prove(floor.orders)
    return {
        "cpu_ms_per_order": round(cpu_ms, 2), "floor_cpu_ms_per_order": round(floor_ms, 2), "cpu_ratio": round(cpu_ms / floor_ms, 2),
        "statements_per_order": round(statements, 1), "celery_messages_per_order": 1.0, "orders_per_second": round(MEASURED / wall, 1),
    }


def _prove(orders: list[Order]) -> None:
    """The work that was measured was done: one posted invoice, one shipment, five firm reservations per order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM unnest(%s::text[]) AS k(key)"
            " WHERE (SELECT count(*) FROM erp_customerinvoice i WHERE i.order_key = k.key AND i.status = 'posted') = 1"
            "   AND (SELECT count(*) FROM scm_shipment s WHERE s.order_key = k.key AND s.status = 'planned') = 1"
            "   AND (SELECT count(*) FROM erp_reservation r WHERE r.document_key = k.key AND r.status = 'firm') = 5",
            [[f"crm.order:{order.pk}" for order in orders]],
        )
        whole = cursor.fetchone()[0]
    if whole != len(orders):
        raise SystemExit(f"Only {whole} of {len(orders)} orders got their three documents: nothing was measured.")
