"""Signs of life between the worker, the sweeper and the supervisor: the modification times of two files in DATA_DIR/run.

A worker may keep its connection and yet take nothing more from the broker. So the worker touches WORKER_HEARTBEAT_FILE with every
message, the sweeper touches DELIVERIES_OVERDUE_FILE whenever it finds work past its time, and the supervisor restarts a worker
that stayed silent for `SILENCE` seconds on end while work was waiting.
"""

import os
import time
from pathlib import Path

SILENCE = 60.0
FRESH = 30.0  # a delivery that nobody takes is found again when its lease of ten seconds is over


def files(run: Path) -> dict[str, str]:
    """The environment that tells worker and sweeper what to touch."""
    return {"WORKER_HEARTBEAT_FILE": str(run / "worker.heartbeat"), "DELIVERIES_OVERDUE_FILE": str(run / "deliveries.overdue")}


def deliveries_are_overdue() -> None:
    """Called by the sweeper in every round that finds a delivery past its time; does nothing where nobody watches."""
    place = os.environ.get("DELIVERIES_OVERDUE_FILE")
    if place:
        Path(place).touch()


class WorkerWatch:
    """The supervisor's eye on the worker."""

    def __init__(self, run: Path) -> None:
        self._heartbeat, self._overdue = (Path(place) for place in files(run).values())
        self._waiting_since: float | None = None

    def is_stuck(self, started: float) -> bool:
        """Whether work has been waiting for a minute without a sign of the worker that was started at `started` (seconds since the epoch)."""
        now = time.time()
        heard = max(started, _touched(self._heartbeat))
        if now - _touched(self._overdue) > FRESH:
            self._waiting_since = None
        elif self._waiting_since is None or heard > self._waiting_since:
            self._waiting_since = now
        return self._waiting_since is not None and now - self._waiting_since > SILENCE


def _touched(place: Path) -> float:
    return place.stat().st_mtime if place.exists() else 0.0
