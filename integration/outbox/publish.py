"""Waking the workers. A hint may be lost: the sweeper finds what nobody was told of."""

import logging
import time
from collections.abc import Callable

from suite.celery import app

log = logging.getLogger("suite.outbox")

TASK = "integration.outbox.tasks.deliver"
BREAK_SECONDS = 2.0
IDS_PER_MESSAGE = 20


class Publisher:
    """Sends delivery ids to the workers; after a failure it stays silent for two seconds, so a hung broker costs one stall at most."""

    def __init__(self) -> None:
        self._silent_until = 0.0
        self.runs_here: Callable[[list[int]], None] | None = None

    def send(self, ids: list[int], *, is_first: bool, tried: int | None = None) -> bool:
        """Whether the workers were told. Where this process does the work itself (inline.py), it is done when this returns."""
        if self.runs_here is not None:
            self.runs_here(ids)
            return True
        if time.monotonic() < self._silent_until:
            return False
        try:
            for start in range(0, len(ids), IDS_PER_MESSAGE):
                app.send_task(TASK, args=(ids[start : start + IDS_PER_MESSAGE], is_first, tried), retry=False, ignore_result=True)
        except Exception as error:  # noqa: BLE001 - whatever the broker says, the work is safe in PostgreSQL
            self._silent_until = time.monotonic() + BREAK_SECONDS
            log.warning("The broker is not reachable, the sweeper takes over.", extra={"error": repr(error)[:200]})
            return False
        return True


publisher = Publisher()


def waiting_messages() -> int | None:
    """How many messages wait for a worker; None when the broker cannot be asked."""
    try:
        with app.connection_for_read() as connection:
            connection.ensure_connection(max_retries=0, timeout=1)
            return connection.default_channel.client.llen(app.conf.task_default_queue)
    except Exception:  # noqa: BLE001 - an unreachable broker is an answer
        return None
