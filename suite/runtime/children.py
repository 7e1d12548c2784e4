"""A process under the supervisor: its log, its prefix on the screen, its restarts."""

import signal
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from suite.runtime.places import ROOT
from suite.runtime.processes import kill_group, spawn, stop

LOG_LIMIT = 20_000_000
LONGEST_PAUSE = 30.0
SETTLED = 60.0


class Log:
    """A file that is put aside once when it grows too long."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("a")

    def write(self, line: str) -> None:
        self._file.write(line)
        self._file.flush()
        if self._file.tell() > LOG_LIMIT:
            self._file.close()
            self.path.replace(self.path.with_suffix(".log.1"))
            self._file = self.path.open("a")


@dataclass
class Child:
    """A command that is started again when it ends, unless it is to run once."""

    name: str
    command: Sequence[str | Path]
    environment: dict[str, str]
    logs: Path
    patience: float = 10.0
    once: bool = False
    prefixed: bool = True
    process: subprocess.Popen | None = None
    started: float = 0.0
    due: float | None = None
    lines: int = 0
    _failures: int = field(default=0, repr=False)

    def start(self) -> None:
        """Starts the command (from the main thread: the death signal follows the thread)."""
        self.due = None
        self.started = time.time()
        self.process = spawn(
            self.command, env=self.environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
        )
        threading.Thread(target=self._pump, args=(self.process,), daemon=True).start()

    def ended(self) -> int | None:
        """The exit status when the command has just ended, its left-over children killed; None while it runs or waits for its restart."""
        if self.process is None or self.process.poll() is None:
            return None
        status = self.process.returncode
        kill_group(self.process.pid)
        self.process = None
        return status

    def restart_later(self) -> float:
        """Plans the next start: at once after a long life, later and later when it dies young. Returns the pause in seconds."""
        self._failures = 0 if time.time() - self.started > SETTLED else self._failures + 1
        pause = min(LONGEST_PAUSE, 0.5 * 2**self._failures) if self._failures else 0.2
        self.due = time.time() + pause
        return pause

    def stop(self) -> int | None:
        """Ends the command as it wishes to be ended (SIGTERM: gunicorn and Celery finish what they do)."""
        self.due = None
        if self.process is None:
            return None
        status = stop(self.process, signal.SIGTERM, self.patience)
        self.process = None
        return status

    def _pump(self, process: subprocess.Popen) -> None:
        log = Log(self.logs / f"{self.name}.log")
        for line in process.stdout:
            log.write(line)
            self.lines += 1
            print(f"{self.name:8}| {line}" if self.prefixed else line, end="", flush=True)
