"""The sweeper: finds every delivery that is due, whatever became of the hints, and hands it out again."""

import logging
import time
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
   ORDER BY d.next_at, d.id LIMIT %(most)s FOR UPDATE SKIP LOCKED) RETURNING id, attempts"""

CLAIM_AT_ONCE = 300
RUN_HERE_AT_ONCE = 20
QUEUE_IS_LONG = 50
AWAY_SECONDS = 5.0


@dataclass(frozen=True)
class Claimed:
    """Due deliveries, leased to whoever claimed them. `suspects` (with their tries) came to no end before: they may kill who runs them."""

    fresh: list[int]
    suspects: dict[int, int]

    @property
    def ids(self) -> list[int]:
        return [*self.fresh, *self.suspects]

    def messages(self) -> list[tuple[list[int], int]]:
        """What to send: (ids, tries so far). A suspect travels alone: were it to kill its worker, others in the message would wait."""
        return [(self.fresh, 1)] * bool(self.fresh) + [([pk], tries) for pk, tries in self.suspects.items()]


def claim(limit: int = CLAIM_AT_ONCE) -> Claimed:
    """Due deliveries, leased to the caller for ten seconds."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, {"lease": LEASE, "most": limit})
        rows = sorted(cursor.fetchall())
    return Claimed([row[0] for row in rows if row[1] == 1], {row[0]: row[1] for row in rows if row[1] > 1})


@dataclass
class Sweeper:
    """One pass after another. While the broker is away, or when told so, the deliveries run in the sweeper itself."""

    in_process: bool = False
    _away_until: float = 0.0

    def sweep(self) -> int:
        """Hands out what is due; returns how many. A long queue is left alone, or the backlog would multiply."""
        works_here = self.in_process or time.monotonic() < self._away_until
        if not works_here:
            waiting = waiting_messages()
            if waiting is not None and waiting >= QUEUE_IS_LONG:
                deliveries_are_overdue()
                return 0
            if waiting is None:
                # A hung broker takes three seconds to not answer: it is not asked again at once.
                self._away_until = time.monotonic() + AWAY_SECONDS
                works_here = True
        claimed = claim(RUN_HERE_AT_ONCE if works_here else CLAIM_AT_ONCE)
        if not claimed.ids:
            return 0
        deliveries_are_overdue()
        if works_here or not all(publisher.send(ids, is_first=False, tried=tries) for ids, tries in claimed.messages()):
            return self._run_here(claimed)
        return len(claimed.ids)

    def _run_here(self, claimed: Claimed) -> int:
        for ids, tries in claimed.messages():
            run_deliveries(ids, is_first=False, tried=tries)
        return len(claimed.ids)


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
