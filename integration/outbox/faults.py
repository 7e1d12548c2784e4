"""Places where the fault drills make a delivery die. Silent unless SUITE_FAULT_DIR names a folder of orders to fail.

A file "<point>.<document>.<action>" ("after_lock.crm.order:42.kill") fails the delivery of that document at that point: `kill` ends the process once,
`exit` ends it each time, `raise` raises each time. A file "<point>.<document>.hits" grows by a byte each time.
"""

import os
import signal
from pathlib import Path

POINTS = ("before_lock", "after_lock", "after_handler", "before_commit", "after_commit")
_folder = os.environ.get("SUITE_FAULT_DIR")


class PlannedFault(Exception):
    """Raised by a fault drill."""


def drilled() -> bool:
    """Whether a drill is on in this process."""
    return _folder is not None


def fault_point(point: str, document_key: str) -> None:
    """Fails here when a drill asked for it."""
    if _folder is None:
        return
    for action in ("kill", "exit", "raise"):
        order = Path(_folder) / f"{point}.{document_key}.{action}"
        if not order.exists():
            continue
        with order.with_suffix(".hits").open("ab") as hits:
            hits.write(b".")
        if action == "kill":
            order.unlink(missing_ok=True)
            os.kill(os.getpid(), signal.SIGKILL)
        if action == "exit":
            os._exit(9)
        raise PlannedFault(str(order.name))
