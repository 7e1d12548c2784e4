"""The processes of a running suite and their command lines. docker-compose.yml starts the same ones, each in its own container."""

import shutil
import sys
from pathlib import Path

from suite.runtime import heartbeat
from suite.runtime.children import Child
from suite.runtime.places import ROOT

APPS = ("suite", "crm", "erp", "scm", "integration")


def manage(*arguments: str) -> list[str | Path]:
    """The command line of a command of manage.py."""
    return [sys.executable, ROOT / "manage.py", *arguments]


def has_command(name: str) -> bool:
    """Whether one of our apps has this command (looked up without loading Django)."""
    return any(next((ROOT / app).rglob(f"management/commands/{name}.py"), None) for app in APPS)


def web(host: str, port: int) -> list[str | Path]:
    """gunicorn: two processes of four threads each."""
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return [
        sys.executable, "-m", "gunicorn", "suite.wsgi:application", "--bind", address, "--worker-class", "gthread", "--workers", "2",
        "--threads", "4", "--preload", "--no-control-socket", "--timeout", "60", "--graceful-timeout", "10", "--log-level", "warning",
    ]  # fmt: skip


def worker() -> list[str | Path]:
    """Celery's worker: two processes; it talks to no other worker, so it skips their chatter."""
    return [
        sys.executable, "-m", "celery", "--quiet", "--app", "suite", "worker", "--concurrency", "2", "--loglevel", "WARNING",
        "--without-gossip", "--without-mingle", "--without-heartbeat",
    ]  # fmt: skip


def beat(run: Path) -> list[str | Path]:
    """Celery's clock. Its file only says what ran last; a lost one costs nothing."""
    command = [sys.executable, "-m", "celery", "--quiet", "--app", "suite", "beat", "--loglevel", "WARNING"]
    return [*command, "--schedule", run / "beat", "--pidfile="]


def programs(host: str, port: int, data: Path, environment: dict[str, str]) -> list[Child]:
    """The long-running children, in the order of their start."""
    logs = data / "logs"

    # Celery would warn at every start that root runs it; in a container root is the ordinary user.
    quiet = {"PYTHONWARNINGS": "ignore:You're running the worker with superuser"}

    watched = heartbeat.files(data / "run")
    counters = data / "run" / "metrics"
    shutil.rmtree(counters, ignore_errors=True)
    counters.mkdir(parents=True)

    def child(name: str, command: list[str | Path], patience: float, **more: str) -> Child:
        return Child(name, command, environment | quiet | watched | {"APPLICATION_NAME": f"suite-{name}"} | more, logs, patience)

    children = [child("web", web(host, port), 15, PROMETHEUS_MULTIPROC_DIR=str(counters)), child("worker", worker(), 25)]
    if has_command("sweep"):
        children.append(child("sweeper", manage("sweep"), 10))
    children.append(child("beat", beat(data / "run"), 10))
    return children
