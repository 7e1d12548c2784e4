"""The machine under test: durable services in a directory that vanishes, child processes, and the CPU all of them used."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import psutil

from suite.runtime import services
from suite.runtime.processes import spawn, stop

ROOT = Path(__file__).resolve().parents[2]


class Machine:
    """PostgreSQL and Valkey as `make run` has them (fsync on), with the environment of a process that uses them."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self.home = Path(tempfile.mkdtemp(prefix="suite-bench-"))
        self._stack.callback(shutil.rmtree, self.home, ignore_errors=True)
        self.home.chmod(0o711)
        self.services = services.start(self.home / "data", kind="bench")
        self._stack.callback(self.services.stop)
        self.environment = {**self.services.environment, "SUITE_EMBEDDED": "1", "DATA_DIR": str(self.home / "data")}
        self.children: dict[str, subprocess.Popen] = {}

    def migrate(self) -> None:
        """Brings the empty database up, as its owner."""
        environment = {**os.environ, **self.environment, "DATABASE_URL": self.environment["MIGRATE_DATABASE_URL"]}
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=environment, check=True)

    def start(self, name: str, *command: str, **environment: str) -> subprocess.Popen:
        """A child process that ends with the machine."""
        log = (self.home / f"{name}.log").open("w")
        child = spawn(command, cwd=ROOT, env={**os.environ, **self.environment, **environment}, stdout=log, stderr=subprocess.STDOUT)
        self.children[name] = child
        return child

    def end(self, name: str, patience: float = 20) -> None:
        stop(self.children.pop(name), 15, patience)

    def cpu_seconds(self) -> float:
        """CPU that servers, children and this process used so far, those that ended included."""
        roots = [os.getpid(), *(server.pid for server in self.services.servers.values()), *(child.pid for child in self.children.values())]
        servers = {server.pid for server in self.services.servers.values()}
        seen: dict[int, float] = {}
        for root in roots:
            process = psutil.Process(root)
            members = [process] if root == os.getpid() else [process, *process.children(recursive=True)]
            for member in members:
                try:
                    times = member.cpu_times()
                except psutil.NoSuchProcess:
                    continue
                ended = 0.0 if member.pid == os.getpid() else times.children_user + times.children_system
                seen[member.pid] = times.user + times.system + (ended if member.pid in servers or member.pid == root else 0.0)
        return sum(seen.values())

    def tail(self, name: str, lines: int = 15) -> str:
        """The end of a child's log."""
        return "\n".join((self.home / f"{name}.log").read_text(errors="replace").splitlines()[-lines:])

    def close(self) -> None:
        for name in list(self.children):
            self.end(name)
        self._stack.close()


def wait_until(done: Callable[[], bool], patience: float, what: str) -> None:
    """Waits for `done`, or ends the run saying what never came."""
    end = time.monotonic() + patience
    while not done():
        if time.monotonic() > end:
            raise SystemExit(f"Waited {patience:.0f} s for {what}, in vain.")
        time.sleep(0.02)
