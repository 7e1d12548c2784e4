"""The pair of services, started once for `make run`, a test run or a single command."""

import contextlib
import fcntl
import json
import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from suite.runtime import places, postgres, valkey
from suite.runtime.processes import alive, stop

DATABASE = "suite"
NAMES = ("DATABASE_URL", "MIGRATE_DATABASE_URL", "REDIS_URL")


@dataclass
class Services:
    """Running servers. `environment` is what a process needs to reach them; `stop` ends them in the right order."""

    sockets: Path
    environment: dict[str, str]
    servers: dict[str, subprocess.Popen] = field(default_factory=dict)
    lock: int | None = None
    state: Path | None = None

    def stop(self) -> None:
        """Valkey, then PostgreSQL (which waits for no client); the data directory is free afterwards."""
        if "valkey" in self.servers:
            stop(self.servers.pop("valkey"), signal.SIGTERM, 10)
        if "postgres" in self.servers:
            stop(self.servers.pop("postgres"), signal.SIGINT, 60)
        if self.state is not None:
            self.state.unlink(missing_ok=True)
        if self.lock is not None:
            os.close(self.lock)
            self.lock = None
        if self.sockets.name.startswith("suite-s-"):
            shutil.rmtree(self.sockets, ignore_errors=True)


def addresses(sockets: Path, database: str = DATABASE) -> dict[str, str]:
    """The environment of a process that uses servers on these sockets."""
    return {
        "DATABASE_URL": postgres.url(sockets, postgres.APPLICATION, database),
        "MIGRATE_DATABASE_URL": postgres.url(sockets, postgres.OWNER, database),
        "REDIS_URL": valkey.url(sockets),
    }


def external() -> dict[str, str]:
    """The servers that the environment names. The owner's address defaults to the application's (one role only)."""
    named = {name: os.environ[name] for name in NAMES if os.environ.get(name)}
    if "DATABASE_URL" in named:
        named.setdefault("MIGRATE_DATABASE_URL", named["DATABASE_URL"])
    return named


def start(data: Path, *, kind: str = "command", wanted: tuple[str, ...] = ("postgres", "valkey"), patience: float = 25) -> Services:
    """Starts the embedded servers on DATA_DIR. One process at a time may: its lock is inherited by the servers and lasts as long."""
    places.prepare(data)
    lock = _lock(data, patience)
    try:
        sockets = places.sockets_of(data)
        services = Services(sockets, addresses(sockets), lock=lock, state=data / "services.json")
    except BaseException:
        os.close(lock)
        raise
    try:
        logs = data / "logs"
        if "postgres" in wanted:
            postgres.create(data / "postgres", durable=True)
            log = logs / "postgres.log"
            services.servers["postgres"] = postgres.start(data / "postgres", sockets, log, durable=True, keep_open=(lock,))
            postgres.prepare(sockets, DATABASE)
        if "valkey" in wanted:
            services.servers["valkey"] = valkey.start(data / "valkey", sockets, logs / "valkey.log", durable=True, keep_open=(lock,))
        services.state.write_text(json.dumps({"pid": os.getpid(), "kind": kind, "sockets": str(sockets)}))
    except BaseException:
        services.stop()
        raise
    return services


def running(data: Path) -> dict[str, str] | None:
    """The environment of services that another process of this DATA_DIR runs; None when there are none."""
    with contextlib.suppress(OSError, ValueError, KeyError):
        state = json.loads((data / "services.json").read_text())
        sockets = Path(state["sockets"])
        if alive(state["pid"]) and (sockets / ".s.PGSQL.5432").exists():
            return addresses(sockets)
    return None


def holder(data: Path) -> str:
    """Who runs the services of this DATA_DIR, for a message."""
    with contextlib.suppress(OSError, ValueError, KeyError):
        state = json.loads((data / "services.json").read_text())
        return f"process {state['pid']} ({state['kind']})"
    return "another process"


def _lock(data: Path, patience: float) -> int:
    handle = os.open(data / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    end = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return handle
        except OSError:
            if time.monotonic() > end:
                os.close(handle)
                raise SystemExit(f"{data} is in use by {holder(data)}: stop that first, or set DATA_DIR to another directory.") from None
            time.sleep(0.1)
