"""The embedded PostgreSQL: create a cluster, start it on a private unix socket, make the roles and databases."""

import signal
import subprocess
import sys
from pathlib import Path

from suite.runtime import binaries
from suite.runtime.processes import alive, spawn, stop, until

SUPERUSER = "postgres"
OWNER = "suite_owner"
APPLICATION = "suite_app"
ROLES = Path(__file__).parent / "sql" / "roles.sql"

SHARED = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "jit": "off",
    "io_workers": "2",
    "log_min_messages": "warning",
    "timezone": "UTC",
}
DURABLE = {
    "shared_buffers": "384MB",
    "effective_cache_size": "1GB",
    "work_mem": "8MB",
    "maintenance_work_mem": "128MB",
    "wal_buffers": "16MB",
    "min_wal_size": "256MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "checkpoint_completion_target": "0.9",
    "random_page_cost": "1.1",
    "effective_io_concurrency": "64",
    "max_parallel_workers_per_gather": "1",
    "autovacuum_naptime": "60s",
    "autovacuum_vacuum_cost_limit": "1000",
    "autovacuum_vacuum_insert_scale_factor": "0.05",
    "autovacuum_analyze_scale_factor": "0.02",
    "log_lock_waits": "on",
    "shared_preload_libraries": "pg_stat_statements",
    "pg_stat_statements.track": "top",
}
THROWAWAY = {
    "shared_buffers": "128MB",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "1h",
    "deadlock_timeout": "200ms",
    "log_min_messages": "fatal",
    "log_min_error_statement": "panic",
    "shared_preload_libraries": "pg_stat_statements",
}
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8" if sys.platform == "linux" else "C", "TZ": "UTC"}


def url(sockets: Path, role: str, database: str) -> str:
    """The address of a database for a role."""
    return f"postgres:///{database}?host={sockets}&user={role}"


def create(data: Path, *, durable: bool) -> None:
    """Makes a cluster unless `data` has one. The superuser has no password: only who may enter the socket's directory gets in."""
    if (data / "PG_VERSION").exists():
        return
    binaries.give(data)
    extra = ("--no-instructions",) if durable else ("--no-instructions", "--no-sync", "--wal-segsize=4")
    locale = f"--locale={ENVIRONMENT['LC_ALL']}"
    done = subprocess.run(
        [binaries.postgres_bin() / "initdb", "-D", data, "-U", SUPERUSER, "--auth=trust", "-E", "UTF8", locale, *extra],
        cwd=data, env=ENVIRONMENT, capture_output=True, text=True, **binaries.account(),
    )
    if done.returncode:
        raise SystemExit(f"PostgreSQL could not make its data directory {data}:\n{done.stderr.strip()}")


def start(data: Path, sockets: Path, log: Path, *, durable: bool, keep_open: tuple[int, ...] = ()) -> subprocess.Popen:
    """Starts the server and returns when it accepts connections."""
    _let_go(data)
    settings = SHARED | (DURABLE if durable else THROWAWAY)
    arguments = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with log.open("a") as output:
        server = spawn(
            [binaries.postgres_bin() / "postgres", "-D", data, "-k", sockets, *arguments],
            death_signal=signal.SIGINT if durable else signal.SIGQUIT,
            cwd=data, env=ENVIRONMENT, stdout=output, stderr=subprocess.STDOUT, pass_fds=keep_open, **binaries.account(),
        )
    if not until(lambda: server.poll() is not None or _ready(data, server.pid), 120) or server.poll() is not None:
        stop(server, signal.SIGINT, 10)
        raise SystemExit(f"PostgreSQL did not start; the end of {log}:\n" + "\n".join(log.read_text().splitlines()[-8:]))
    return server


def prepare(sockets: Path, database: str, owner: str = OWNER, application: str = APPLICATION) -> None:
    """Runs roles.sql: the roles, the database and its extensions, as far as they are missing."""
    done = subprocess.run(
        [binaries.postgres_bin() / "psql", "-X", "-q", "-h", sockets, "-U", SUPERUSER, "-d", "postgres", "-v", "ON_ERROR_STOP=1",
         "-v", f"database={database}", "-v", f"owner={owner}", "-v", f"application={application}", "-f", ROLES],
        env=ENVIRONMENT | {"PGOPTIONS": "-c client_min_messages=warning"}, capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"{ROLES.name} failed:\n{done.stderr.strip()}")


def _pid_file(data: Path) -> list[str]:
    try:
        return (data / "postmaster.pid").read_text().splitlines()
    except OSError:
        return []


def _ready(data: Path, pid: int) -> bool:
    lines = _pid_file(data)
    return len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready"


def _let_go(data: Path) -> None:
    """Waits for an earlier server to end; removes the mark of one that died without being reaped, which PostgreSQL takes for alive."""
    lines = _pid_file(data)
    if lines and lines[0].isdigit() and not until(lambda: not alive(int(lines[0])), 20):
        raise SystemExit(f"PostgreSQL (process {lines[0]}) already runs on {data}.")
    if lines and _pid_file(data)[:1] == lines[:1]:
        (data / "postmaster.pid").unlink(missing_ok=True)
