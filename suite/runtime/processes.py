"""Starting a child that cannot outlive its parent, and stopping it.

On Linux the kernel signals the child when the *thread* that started it ends: start children from the main thread.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1
_prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None


def spawn(command: Sequence[str | Path], *, death_signal: int = signal.SIGTERM, **popen) -> subprocess.Popen:
    """Starts `command` in a session of its own; it gets `death_signal` when this process dies, however it dies."""
    parent = os.getpid()

    def before_exec() -> None:
        if _prctl is not None:
            _prctl(PR_SET_PDEATHSIG, death_signal)
            if os.getppid() != parent:
                os._exit(1)

    popen.setdefault("stdin", subprocess.DEVNULL)
    return subprocess.Popen([str(part) for part in command], start_new_session=True, preexec_fn=before_exec, **popen)


def stop(process: subprocess.Popen, by: int, patience: float) -> int:
    """Asks a child to end by the signal `by`; after `patience` seconds its whole group is killed. Returns the exit status."""
    if process.poll() is None:
        process.send_signal(by)
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            kill_group(process.pid)
    kill_group(process.pid)
    return process.wait()


def kill_group(leader: int) -> None:
    """Kills what is left of the group that a child led; nothing when all of it is gone."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def until(condition: Callable[[], bool], seconds: float, pause: float = 0.02) -> bool:
    """Waits for `condition`; False when it did not come true in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(pause)
    return True


def alive(pid: int) -> bool:
    """Whether a process runs (one that is dead but was not reaped counts as gone)."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return sys.platform != "linux"
