"""Ends what a killed supervisor left: the kernel signals its children, but not theirs (gunicorn's and Celery's workers).

Started as a script. Reads "+ <name> <process group>" and "- <name> <process group>" from standard input; when that closes, every
group still noted is asked to end, then killed. Needs nothing but the standard library, so that it starts at once.
"""

import contextlib
import os
import signal
import sys
import time

PATIENCE = 8.0
SERVERS = {"postgres": signal.SIGINT, "valkey": signal.SIGTERM}


def read_groups(lines) -> list[tuple[str, int]]:
    """The groups that were noted and not crossed out, in the order of their start."""
    groups: dict[int, str] = {}
    for line in lines:
        sign, name, group = line.split()
        if sign == "+":
            groups[int(group)] = name
        else:
            groups.pop(int(group), None)
    return [(name, group) for group, name in groups.items()]


def end(groups: list[tuple[str, int]], patience: float) -> None:
    """Asks the groups to end, newest first, and kills what is left after `patience` seconds."""
    for name, group in reversed(groups):
        _send(group, SERVERS.get(name, signal.SIGTERM))
    deadline = time.monotonic() + patience
    while any(_send(group, 0) for _, group in groups) and time.monotonic() < deadline:
        time.sleep(0.1)
    for name, group in reversed(groups):
        # PostgreSQL's own emergency exit; its processes follow the postmaster.
        _send(group, signal.SIGQUIT if name == "postgres" else signal.SIGKILL)


def _send(group: int, number: int) -> bool:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)
        return True
    return False


if __name__ == "__main__":
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    left = read_groups(sys.stdin)
    end([pair for pair in left if pair[0] not in SERVERS], PATIENCE)
    end([pair for pair in left if pair[0] in SERVERS], 2 * PATIENCE)
