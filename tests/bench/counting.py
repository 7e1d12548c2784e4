"""Statements counted where they are sent: in the client. Transaction control is left out.

As a module of Celery (`-A tests.bench.counting`) it counts in the workers too, each into a file of its own.
"""

import os
import struct
from pathlib import Path

from django.db.backends.signals import connection_created

from suite.celery import app

CONTROL = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "SET ")
_folder = os.environ.get("BENCH_COUNTS")
_counts: dict[int, int] = {}


def _count(execute, sql, params, many, context):
    if not sql.lstrip().upper().startswith(CONTROL):
        pid = os.getpid()
        _counts[pid] = _counts.get(pid, 0) + 1
        if _folder:
            (Path(_folder) / str(pid)).write_bytes(struct.pack("q", _counts[pid]))
    return execute(sql, params, many, context)


def _install(sender, connection, **kwargs) -> None:
    if _count not in connection.execute_wrappers:
        connection.execute_wrappers.append(_count)


connection_created.connect(_install, weak=False)


def sent_here() -> int:
    """Statements that this process sent."""
    return _counts.get(os.getpid(), 0)


def sent_by_workers() -> int:
    """Statements that the workers sent."""
    return sum(struct.unpack("q", each.read_bytes())[0] for each in Path(_folder or ".").iterdir()) if _folder else 0


__all__ = ["app", "sent_by_workers", "sent_here"]
