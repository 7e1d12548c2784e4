"""Deliveries run at once, in this process: for commands that move a company in and must not go on over a failure."""

import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from integration.outbox.models import Delivery
from integration.outbox.publish import publisher
from integration.outbox.rules import LEASE
from integration.outbox.run import note_failure, perform, perform_together
from suite.kernel.documents.work import after_commit


class DeliveryFailed(Exception):
    """A consumer failed; the message names it, the document and what it said. The delivery waits for its next try."""


class _Runner:
    """First in, first out: what deliveries emit runs after what was emitted before them."""

    def __init__(self) -> None:
        self._waiting: deque[list[int]] = deque()
        self._is_running = False
        self.ran = 0

    def run(self, ids: list[int]) -> None:
        self._waiting.append(ids)
        if self._is_running:
            return
        self._is_running = True
        try:
            with after_commit():
                while self._waiting:
                    self._run_together(self._waiting.popleft())
        finally:
            self._waiting.clear()
            self._is_running = False

    def _run_together(self, ids: list[int]) -> None:
        """What one commit emitted, in one transaction; one by one where that does not go, so that the guilty one is named."""
        try:
            done = perform_together(ids)
        except Exception:  # noqa: BLE001 - rolled back as a whole; below the guilty one raises it again, alone
            done = set()
        for delivery_id in ids:
            if delivery_id in done:
                self.ran += 1
            else:
                self._run_one(delivery_id)

    def _run_one(self, delivery_id: int) -> None:
        try:
            outcome = perform(delivery_id)
        except Exception as error:
            note_failure(delivery_id, error)
            raise DeliveryFailed(f"{_describe(delivery_id)} failed: {type(error).__name__}: {error}") from error
        if outcome == "blocked":
            raise DeliveryFailed(f"{_describe(delivery_id)} waits for an earlier one that failed.")
        if outcome == "taken":
            _await_other(delivery_id)
        self.ran += 1


def _await_other(delivery_id: int) -> None:
    """A worker took it: wait until it is done there."""
    until = time.monotonic() + LEASE.total_seconds()
    while not Delivery.objects.filter(pk=delivery_id, status=Delivery.Status.DONE).exists():
        if time.monotonic() > until:
            raise DeliveryFailed(f"{_describe(delivery_id)} is held by a worker that does not finish it.")
        time.sleep(0.05)


def _describe(delivery_id: int) -> str:
    delivery = Delivery.objects.select_related("event").get(pk=delivery_id)
    return f"{delivery.event.type} of {delivery.aggregate_key} to {delivery.handler}"


@contextmanager
def running_inline() -> Iterator[_Runner]:
    """After each commit inside, what was emitted runs here, in order, with all that follows from it; no worker is told.

    Raises DeliveryFailed, out of the call that committed, as soon as one fails.
    """
    outer = publisher.runs_here
    runner = _Runner()
    publisher.runs_here = runner.run
    try:
        yield runner
    finally:
        publisher.runs_here = outer
