"""Event ids, drawn before the act that emits the event, so that what the act writes carries them as its cause.

Each process draws a handful at a time: an id is a name, not an order (a rolled-back act leaves a gap, and that is fine).
"""

import os
import threading
from collections import deque

from django.db import connection

BATCH = 32

_lock = threading.Lock()
_drawn: deque[int] = deque()
_owner: int | None = None


def draw_event_id() -> int:
    """An id no other event has."""
    global _owner
    with _lock:
        if _owner != os.getpid():
            _drawn.clear()
            _owner = os.getpid()
        if not _drawn:
            with connection.cursor() as cursor:
                cursor.execute("SELECT nextval('kernel_event_id') FROM generate_series(1, %s)", [BATCH])
                _drawn.extend(row[0] for row in cursor.fetchall())
        return _drawn.popleft()


def forget_drawn_ids() -> None:
    """Drop what was drawn: the database is another one."""
    with _lock:
        _drawn.clear()
