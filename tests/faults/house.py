"""The house under fire: durable servers on private sockets, the processes that live on them, and every way to hurt them.

Only processes started here are ever signalled, by their recorded ids. Whatever becomes of this process, the keeper ends the rest.
"""

import contextlib
import fcntl
import os
import random
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from suite.runtime import postgres, programs, services, valkey
from suite.runtime.places import ROOT
from suite.runtime.processes import kill_group, spawn, stop

PREFIX = "suite-drill-"
OF_THE_CALLER = ("DATABASE_URL", "MIGRATE_DATABASE_URL", "REDIS_URL", "SUITE_TESTING", "STATIC_ROOT", "SUITE_TEST_SERVICES", "SWEEPER_MODE")


@dataclass
class Member:
    """A process that is started again whenever it ends, until the house lets it go."""

    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen | None = None
    starts: int = 0


class House:
    """Servers and processes. Everything that waits has a limit, and calls `tend` while it waits."""

    def __init__(self) -> None:
        _remove_abandoned()
        self.home = Path(tempfile.mkdtemp(prefix=PREFIX, dir="/tmp"))
        self.home.chmod(0o711)
        self.data = self.home / "data"
        self.members: dict[str, Member] = {}
        self.clients: list[subprocess.Popen] = []
        self.faults: Counter[str] = Counter()
        self.last_fault = time.time()
        self.outages: list[tuple[float, float]] = []
        self.hangs: list[tuple[float, float]] = []
        self.services: services.Services | None = None
        self.keeper: subprocess.Popen | None = None
        self.environment: dict[str, str] = {}

    # Opening and closing

    def open(self) -> None:
        """Servers, keeper, environment, migrated database."""
        self.services = services.start(self.data, kind="faults")
        self.keeper = subprocess.Popen(
            [sys.executable, "-S", "-E", ROOT / "suite/runtime/keeper.py"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
            start_new_session=True,
        )
        for name, server in self.services.servers.items():
            self._note("+", name, server.pid)
        (self.home / "orders-to-fail").mkdir()
        kept = {name: value for name, value in os.environ.items() if name not in OF_THE_CALLER}
        self.environment = kept | self.services.environment | {
            "DATA_DIR": str(self.data), "STATIC_ROOT": str(self.data / "static"), "SECRET_KEY": secrets.token_hex(32), "PYTHONUNBUFFERED": "1",
            "SUITE_FAULT_DIR": str(self.home / "orders-to-fail"), "PYTHONWARNINGS": "ignore",
            "DJANGO_SETTINGS_MODULE": "suite.settings",
        }
        owner = self.environment | {"DATABASE_URL": self.environment["MIGRATE_DATABASE_URL"]}
        subprocess.run(programs.manage("migrate", "-v0", "--no-input"), cwd=ROOT, env=owner, check=True, timeout=180)
        del self.environment["MIGRATE_DATABASE_URL"]

    def close(self) -> None:
        """Ends everything that was started and removes the directory; a second call does nothing."""
        for client in self.clients:
            self._end(client, signal.SIGKILL, 5)
        self.dismiss(*self.members, patience=10)
        if self.services is not None:
            with contextlib.suppress(ProcessLookupError):
                self.services.servers["valkey"].send_signal(signal.SIGCONT)
            self.services.stop()
            self.services = None
        if self.keeper is not None:
            kill_group(self.keeper.pid)
            self.keeper.wait(10)
            self.keeper = None
        shutil.rmtree(self.home, ignore_errors=True)

    def keep_logs(self, place: Path) -> None:
        """Copies the logs to where somebody can read them after the house is gone."""
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(self.data / "logs", place)

    # Processes

    def employ(self, **environment: str) -> None:
        """Two workers of two, the sweeper and beat, with these variables on top."""
        for name in ("worker-1", "worker-2"):
            self._start(name, Member([*programs.worker(), "--hostname", f"{name}@drill"], environment))
        self._start("sweeper", Member(programs.manage("sweep"), environment))
        self._start("beat", Member(programs.beat(self.home), environment))

    def dismiss(self, *names: str, patience: float = 25) -> None:
        """Lets members go as production stops them (SIGTERM), all at once; what is left of their groups after `patience` is killed."""
        leaving = [member.process for name in names if (member := self.members.pop(name, None)) and member.process]
        for process in leaving:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        end = time.monotonic() + patience
        while any(process.poll() is None for process in leaving) and time.monotonic() < end:
            time.sleep(0.05)
        for process in leaving:
            self._end(process, signal.SIGKILL, 5)

    def send_client(self, *arguments: str) -> subprocess.Popen:
        """A process that orders."""
        with (self.data / "logs" / f"client-{len(self.clients)}.log").open("w") as log:
            client = spawn(
                [sys.executable, "-m", "tests.faults.client", *arguments], cwd=ROOT, env=self.environment | {"APPLICATION_NAME": "client"},
                stdout=log, stderr=subprocess.STDOUT,
            )
        self.clients.append(client)
        self._note("+", "client", client.pid)
        return client

    def tend(self) -> None:
        """Starts again what died."""
        for name, member in self.members.items():
            if member.process is not None and member.process.poll() is not None:
                kill_group(member.process.pid)
                self._note("-", name, member.process.pid)
                self._start(name, member)

    def wait(self, condition: Callable[[], bool], seconds: float, pause: float = 0.2) -> bool:
        """Whether the condition came true within `seconds`; dead members are started again meanwhile."""
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                return False
            self.tend()
            time.sleep(pause)
        return True

    def _start(self, name: str, member: Member) -> None:
        with (self.data / "logs" / f"{name}.log").open("a") as log:
            member.process = spawn(
                member.command, cwd=ROOT, env=self.environment | {"APPLICATION_NAME": name} | member.environment, stdout=log,
                stderr=subprocess.STDOUT,
            )
        member.starts += 1
        self.members[name] = member
        self._note("+", name, member.process.pid)

    def _end(self, process: subprocess.Popen, by: int, patience: float) -> None:
        stop(process, by, patience)
        self._note("-", "process", process.pid)

    def _note(self, sign: str, name: str, group: int) -> None:
        if self.keeper is not None and self.keeper.poll() is None:
            self.keeper.stdin.write(f"{sign} {name} {group}\n")
            self.keeper.stdin.flush()

    # Faults

    def _count(self, kind: str) -> None:
        self.faults[kind] += 1
        self.last_fault = time.time()

    def kill_worker_child(self, rng: random.Random) -> None:
        """R1: kill -9 of one process of a worker's pool."""
        member = self.members[rng.choice(("worker-1", "worker-2"))]
        with contextlib.suppress(psutil.NoSuchProcess):
            children = psutil.Process(member.process.pid).children()
            if children:
                rng.choice(children).kill()
                self._count("R1 worker child")

    def kill_group(self, name: str) -> None:
        """R1: kill -9 of a member with everything it started."""
        member = self.members[name]
        if member.process is not None and member.process.poll() is None:
            kill_group(member.process.pid)
            member.process.wait(10)
            self._count(f"R1 {name.partition('-')[0]}")

    def kill_broker(self, rng: random.Random) -> None:
        """R2: Valkey dies, one time in three with its file, and comes back after 0.5 to 2.5 seconds."""
        server = self.services.servers["valkey"]
        server.kill()
        server.wait(10)
        self._note("-", "valkey", server.pid)
        empty = rng.random() < 1 / 3
        if empty:
            shutil.rmtree(self.data / "valkey" / "appendonlydir", ignore_errors=True)
        self._count("R2 broker lost its data" if empty else "R2 broker")
        self.wait(lambda: False, rng.uniform(0.5, 2.5))
        self._restart_broker()

    def _restart_broker(self) -> None:
        server = valkey.start(
            self.data / "valkey", self.services.sockets, self.data / "logs" / "valkey.log", durable=True, keep_open=(self.services.lock,),
        )
        self.services.servers["valkey"] = server
        self._note("+", "valkey", server.pid)

    def hang_broker(self, seconds: float) -> None:
        """R3: Valkey accepts connections and never answers."""
        server = self.services.servers["valkey"]
        began = time.time()
        server.send_signal(signal.SIGSTOP)
        self._count("R3 broker hung")
        try:
            self.wait(lambda: False, seconds)
        finally:
            server.send_signal(signal.SIGCONT)
        self.hangs.append((began, time.time()))
        self.last_fault = time.time()

    def crash_database(self, rng: random.Random) -> None:
        """R4: PostgreSQL stops as in a power cut (pg_ctl stop -m immediate) and recovers."""
        server = self.services.servers["postgres"]
        began = time.time()
        server.send_signal(signal.SIGQUIT)
        server.wait(30)
        self._note("-", "postgres", server.pid)
        self._count("R4 database")
        self.wait(lambda: False, rng.uniform(0.2, 1.5))
        server = postgres.start(
            self.data / "postgres", self.services.sockets, self.data / "logs" / "postgres.log", durable=True, keep_open=(self.services.lock,),
        )
        self.services.servers["postgres"] = server
        self._note("+", "postgres", server.pid)
        self.outages.append((began, time.time()))
        self.last_fault = time.time()

    def order_to_fail(self, point: str, document_key: str, action: str) -> Path:
        """R6, R7: the delivery of this document fails at this point: kill (once), exit or raise (each time)."""
        place = self.home / "orders-to-fail" / f"{point}.{document_key}.{action}"
        place.touch()
        return place

    def hits(self, point: str, document_key: str) -> int:
        """How often deliveries of a document failed at a point."""
        place = self.home / "orders-to-fail" / f"{point}.{document_key}.hits"
        return place.stat().st_size if place.exists() else 0


def _remove_abandoned() -> None:
    """Directories of drills that were killed: nobody holds the lock of their servers any more."""
    for place in Path("/tmp").glob(f"{PREFIX}*"):  # noqa: S108 - where this class makes its own
        with contextlib.suppress(OSError):
            if place.stat().st_uid != os.geteuid() or time.time() - place.stat().st_mtime < 600:
                continue
            handle = os.open(place / "data" / "lock", os.O_RDWR)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(place, ignore_errors=True)
            finally:
                os.close(handle)
