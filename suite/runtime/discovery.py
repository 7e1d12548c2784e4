"""Which services a command of manage.py talks to, decided before Django reads its settings.

Servers named by the environment come first; then those that `make run` keeps on DATA_DIR; else a pair is started for the
time of the command. Commands that change the schema connect as the owner, everything else as the application's role.
"""

import contextlib
import fcntl
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from suite.runtime import places, services

WITHOUT_SERVICES = {
    "check", "collectstatic", "compilemessages", "diffsettings", "findstatic", "help", "makemessages", "resources", "startapp",
    "startproject", "spectacular", "version", "--help", "-h", "--version",
}  # fmt: skip
AS_OWNER = {
    "createcachetable", "dbshell", "flush", "inspectdb", "makemigrations", "migrate", "optimizemigration", "remove_stale_contenttypes",
    "showmigrations", "sqlflush", "sqlmigrate", "sqlsequencereset", "squashmigrations", "test", "testserver",
}  # fmt: skip


@contextlib.contextmanager
def services_for(argv: Sequence[str]) -> Iterator[None]:
    """Sets DATABASE_URL, MIGRATE_DATABASE_URL and REDIS_URL for `manage.py <command> …` while its body runs."""
    command = argv[1] if len(argv) > 1 else "help"
    with _found(command, asks_for_help=bool({"-h", "--help"} & set(argv))) as environment:
        if command in AS_OWNER and "MIGRATE_DATABASE_URL" in environment:
            environment["DATABASE_URL"] = environment["MIGRATE_DATABASE_URL"]
        os.environ.update(environment)
        yield


@contextlib.contextmanager
def _found(command: str, *, asks_for_help: bool) -> Iterator[dict[str, str]]:
    named = services.external()
    if "DATABASE_URL" in named and "REDIS_URL" in named or command in WITHOUT_SERVICES or asks_for_help:
        yield named
        return
    data = places.data_dir()
    os.environ.update(places.environment(data))
    found = services.running(data)
    if found is not None:
        with _as_guest(data):
            yield found | named
        return
    wanted = tuple(server for server, name in (("postgres", "DATABASE_URL"), ("valkey", "REDIS_URL")) if name not in named)
    started = services.start(data, kind=f"manage.py {command}", wanted=wanted)
    try:
        yield started.environment | named
    finally:
        _wait_for_guests(data)
        started.stop()


@contextlib.contextmanager
def _as_guest(data: Path) -> Iterator[None]:
    """Marks that this command uses the services of another one."""
    with (data / "guests").open("w") as mark:
        fcntl.flock(mark, fcntl.LOCK_SH)
        yield


def _wait_for_guests(data: Path) -> None:
    """Lets commands finish that joined this one's services."""
    with (data / "guests").open("w") as mark:
        try:
            fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            print("Other commands still use this command's services; waiting for them (Ctrl-C stops them too).", file=sys.stderr)
            fcntl.flock(mark, fcntl.LOCK_EX)
