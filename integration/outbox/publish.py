"""Waking the workers. A hint may be lost: the sweeper finds what nobody was told of."""

import logging
import os
import time
from collections.abc import Callable

from kombu import Connection
from kombu.connection import ConnectionPool

from suite.celery import app

log = logging.getLogger("suite.outbox")

TASK = "integration.outbox.tasks.deliver"
BREAK_SECONDS = 2.0
IDS_PER_MESSAGE = 20
# Somebody waits for a publisher; a worker that listens has time (suite/celery.py says three seconds).
ANSWERS_WITHIN = 0.5
CONNECTIONS = 8


class Publisher:
    """Sends delivery ids to the workers; after a failure it stays silent for two seconds, so a hung broker costs one stall at most."""

    def __init__(self) -> None:
        self._silent_until = 0.0
        self._connections: tuple[int, ConnectionPool] | None = None
        self.runs_here: Callable[[list[int]], None] | None = None

    def send(self, ids: list[int], *, is_first: bool, tried: int | None = None) -> bool:
        """Whether the workers were told. Where this process does the work itself (inline.py), it is done when this returns."""
        if self.runs_here is not None:
            self.runs_here(ids)
            return True
        if time.monotonic() < self._silent_until:
            return False
        try:
            with self._pool().acquire(block=True, timeout=ANSWERS_WITHIN) as broker:
                self._send(broker, ids, is_first, tried)
        except Exception as error:  # noqa: BLE001 - whatever the broker says, the work is safe in PostgreSQL
            self._silent_until = time.monotonic() + BREAK_SECONDS
            log.warning("The broker is not reachable, the sweeper takes over.", extra={"error": repr(error)[:200]})
            return False
        return True

    def _pool(self) -> ConnectionPool:
        """This process's connections: a forked child must not speak on its parent's."""
        if self._connections is None or self._connections[0] != os.getpid():
            impatient = app.connection_for_write(transport_options={"socket_timeout": ANSWERS_WITHIN})
            self._connections = os.getpid(), impatient.Pool(CONNECTIONS)
        return self._connections[1]

    def _send(self, broker: Connection, ids: list[int], is_first: bool, tried: int | None) -> None:
        try:
            for start in range(0, len(ids), IDS_PER_MESSAGE):
                part = ids[start : start + IDS_PER_MESSAGE]
                app.send_task(TASK, args=(part, is_first, tried), connection=broker, retry=False, ignore_result=True)
        except Exception:
            broker.close()
            raise


publisher = Publisher()


def waiting_messages() -> int | None:
    """How many messages wait for a worker; None when the broker cannot be asked."""
    try:
        with app.connection_for_read() as connection:
            connection.ensure_connection(max_retries=0, timeout=1)
            return connection.default_channel.client.llen(app.conf.task_default_queue)
    except Exception:  # noqa: BLE001 - an unreachable broker is an answer
        return None
