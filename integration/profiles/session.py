"""The process in which a company moves in: its effects run here, and its commits do not wait for the disk."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from integration.outbox.inline import running_inline
from integration.outbox.sweep import drain


@contextmanager
def moving_in() -> Iterator[None]:
    """Consumers run inline; what an interrupted run left to them is done first.

    Commits do not wait for the disk: a crash of the server may lose the last half second of them, never a part of one, and the
    next run does those steps again. A killed process loses nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO off")
        # Tables grow from nothing: a plan that was made while one was empty would read all of it for the rest of the session.
        cursor.execute("SET enable_seqscan TO off")
    gc.freeze()
    usual = gc.get_threshold()
    gc.set_threshold(50_000, 50, 100)
    try:
        drain()
        with running_inline():
            yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()
        with connection.cursor() as cursor:
            cursor.execute("RESET synchronous_commit")
            cursor.execute("RESET enable_seqscan")
