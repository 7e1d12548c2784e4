"""The sweeper: finds every delivery that is due, whatever became of the hints, and hands it out again."""

import logging
from dataclasses import dataclass

from django.db import connection

from integration.outbox.publish import publisher, waiting_messages
from integration.outbox.rules import LEASE
from integration.outbox.run import run_deliveries
from suite.runtime.heartbeat import deliveries_are_overdue

log = logging.getLogger("suite.outbox")

CLAIM = """
UPDATE integration_delivery SET next_at = clock_timestamp() + %(lease)s
 WHERE id IN (SELECT d.id FROM integration_delivery d WHERE d.status = 0 AND d.next_at <= clock_timestamp()
   AND NOT EXISTS (SELECT 1 FROM integration_delivery e
                    WHERE e.handler = d.handler AND e.aggregate_key = d.aggregate_key AND e.seq < d.seq AND e.status IN (0, 2))
   ORDER BY d.next_at, d.id LIMIT %(most)s FOR UPDATE SKIP LOCKED) RETURNING id"""

CLAIM_AT_ONCE = 300
QUEUE_IS_LONG = 50


def claim(limit: int = CLAIM_AT_ONCE) -> list[int]:
    """Ids of due deliveries, leased to the caller for ten seconds."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, {"lease": LEASE, "most": limit})
        return [row[0] for row in cursor.fetchall()]


@dataclass
class Sweeper:
    """One pass after another. While the broker is away, or when told so, the deliveries run in the sweeper itself."""

    in_process: bool = False

    def sweep(self) -> int:
        """Hands out what is due; returns how many. A long queue is left alone, or the backlog would multiply."""
        if not self.in_process:
            waiting = waiting_messages()
            if waiting is not None and waiting >= QUEUE_IS_LONG:
                deliveries_are_overdue()
                return 0
            if waiting is None:
                return self._run_here(claim(20))
        ids = claim()
        if not ids:
            return 0
        deliveries_are_overdue()
        if self.in_process or not publisher.send(ids, is_first=False):
            return self._run_here(ids)
        return len(ids)

    def _run_here(self, ids: list[int]) -> int:
        run_deliveries(ids, is_first=False)
        return len(ids)


def drain(limit: int = 10_000) -> int:
    """Runs in this process every delivery that is pending, due or not, until none is left that can run; for commands and tests."""
    ran = 0
    while ran < limit:
        with connection.cursor() as cursor:
            cursor.execute(CLAIM.replace("d.next_at <= clock_timestamp()", "d.attempts < 12 AND d.last_error = ''"), {"lease": LEASE, "most": 100})
            ids = sorted(row[0] for row in cursor.fetchall())
        if not ids:
            break
        outcomes = run_deliveries(ids, is_first=True)
        if not any(outcome == "done" for outcome in outcomes.values()):
            break
        ran += len(ids)
    return ran
