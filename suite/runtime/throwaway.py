"""Servers for one test run: fast, without durability, on a directory that vanishes with them.

Runs of several clones may go on at once: every run has a directory of its own with a locked mark, and a run that was
killed leaves one whose mark is free, which the next run removes.
"""

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from suite.runtime import binaries, postgres, valkey
from suite.runtime.processes import stop

PREFIX = "suite-t-"


class Throwaway:
    """A temporary directory with an optional PostgreSQL and Valkey in it."""

    def __init__(self) -> None:
        self.parent = _temporary_directory()
        _remove_abandoned(self.parent)
        self.home = Path(tempfile.mkdtemp(prefix=PREFIX, dir=self.parent))
        self.home.chmod(0o711)
        self._mark = os.open(self.home / "mark", os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(self._mark, fcntl.LOCK_EX)
        self.sockets = self.home / "run"
        self.data = self.home / "postgres"
        binaries.give(self.sockets)
        self._servers: dict[str, subprocess.Popen] = {}
        self._open = True

    def start_postgres(self) -> None:
        """Starts PostgreSQL on `data`, which is made first unless it is there."""
        postgres.create(self.data, durable=False)
        log = self.home / "postgres.log"
        self._servers["postgres"] = postgres.start(self.data, self.sockets, log, durable=False, keep_open=(self._mark,))

    def stop_postgres(self) -> None:
        """Stops PostgreSQL properly, so that its directory may be copied."""
        stop(self._servers.pop("postgres"), signal.SIGINT, 30)

    def start_valkey(self) -> str:
        """Starts Valkey and returns its address."""
        log = self.home / "valkey.log"
        self._servers["valkey"] = valkey.start(self.home / "valkey", self.sockets, log, durable=False, keep_open=(self._mark,))
        return valkey.url(self.sockets)

    def close(self) -> None:
        """Stops the servers and removes the directory; a second call does nothing."""
        if not self._open:
            return
        self._open = False
        for name, by in (("valkey", signal.SIGTERM), ("postgres", signal.SIGQUIT)):
            if name in self._servers:
                stop(self._servers.pop(name), by, 10)
        os.close(self._mark)
        shutil.rmtree(self.home, ignore_errors=True)


def copy_tree(source: Path, target: Path) -> None:
    """Copies a stopped cluster with its owners; blocks are shared where the file system can."""
    if subprocess.run(["cp", "-a", "--reflink=auto", source, target], stderr=subprocess.DEVNULL).returncode:
        shutil.rmtree(target, ignore_errors=True)
        subprocess.run(["cp", "-a", source, target], check=True)


def _temporary_directory() -> Path:
    """The usual temporary directory; /tmp where that is closed to the servers' account or too long for a socket's path."""
    usual = Path(tempfile.gettempdir())
    return usual if len(str(usual)) < 50 and binaries.may_enter(usual) else Path("/tmp")  # noqa: S108 - a 0711 directory is made inside


def _remove_abandoned(parent: Path) -> None:
    for place in parent.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            if place.stat().st_uid != os.geteuid() or time.time() - place.stat().st_mtime < 60:
                continue
            mark = os.open(place / "mark", os.O_RDWR)
            try:
                fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(place, ignore_errors=True)
            finally:
                os.close(mark)
