"""Signs of life between the worker, the sweeper and the supervisor: the modification times of two files in DATA_DIR/run.

A worker may keep its connection and yet take nothing more from the broker. So the worker touches one file whenever it
does something, the sweeper touches the other while deliveries are overdue, and the supervisor restarts a worker that was
silent for `SILENCE` seconds while there was overdue work.
"""

import os
import time
from pathlib import Path

SILENCE = 60.0
FRESH = 10.0


def worker_works() -> None:
    """Called by the worker with every message it takes."""
    _touch("worker.heartbeat")


def deliveries_are_overdue() -> None:
    """Called by the sweeper in every round that finds a delivery past its time."""
    _touch("deliveries.overdue")


def worker_is_stuck(started: float) -> bool:
    """Whether the worker that was started at `started` (seconds since the epoch) has been silent too long while work was waiting."""
    now = time.time()
    heard = max(started, _touched("worker.heartbeat"))
    return now - heard > SILENCE and now - _touched("deliveries.overdue") < FRESH


def _place(name: str) -> Path | None:
    data = os.environ.get("DATA_DIR")
    return Path(data) / "run" / name if data else None


def _touch(name: str) -> None:
    place = _place(name)
    if place is not None and place.parent.is_dir():
        place.touch()


def _touched(name: str) -> float:
    place = _place(name)
    return place.stat().st_mtime if place is not None and place.exists() else 0.0
