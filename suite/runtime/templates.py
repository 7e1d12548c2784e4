"""The migrated database that every test database is a copy of.

It is made once for a state of the migrations and kept, as the directory of a stopped cluster, in the user's cache
(SUITE_TEST_CACHE, else $XDG_CACHE_HOME/suite-tests); a run works on a copy of that directory. On an external server the
template is an ordinary database named after the same fingerprint.
"""

import contextlib
import functools
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg2
from psycopg2 import errors, sql

from suite.runtime import places, postgres
from suite.runtime.throwaway import Throwaway, copy_tree

NAME = "suite_template"
KEPT = 4
# What a migrated database depends on: migrations, SQL beside them, and what post_migrate reads (grants, triggers, roles).
SOURCES = ("migrations/*.py", "sql/*.sql", "models.py", "models/*.py", "roles.py", "permissions.py", "audit/*.py")
EXTENSIONS = ("pg_trgm", "btree_gist", "unaccent")


@functools.cache
def fingerprint() -> str:
    """Changes when a migrated database would."""
    digest = hashlib.sha256()
    for top in ("suite", "crm", "erp", "scm", "integration"):
        for path in sorted({path for pattern in SOURCES for path in (places.ROOT / top).rglob(pattern)}):
            digest.update(f"{path.relative_to(places.ROOT)}\0".encode() + path.read_bytes())
    digest.update((places.ROOT / "requirements.txt").read_bytes())
    return digest.hexdigest()[:16]


def with_database(url: str, name: str) -> str:
    """The same address with another database."""
    return re.sub(r"^(\w+://[^/]*/)[^?]*", lambda match: match[1] + name, url)


def start_embedded(run: Throwaway) -> str:
    """Starts PostgreSQL with the template in it. Returns what the migrations said when they failed, else an empty string."""
    kept = _cache() / fingerprint()
    if (kept / "postgres").exists():
        copy_tree(kept / "postgres", run.data)
        try:
            run.start_postgres()
            os.utime(kept)
            return ""
        except SystemExit:
            shutil.rmtree(run.data, ignore_errors=True)
            shutil.rmtree(kept, ignore_errors=True)
    run.start_postgres()
    postgres.prepare(run.sockets, NAME)
    failure = _migrate(postgres.url(run.sockets, postgres.OWNER, NAME))
    if not failure:
        run.stop_postgres()
        _keep(run.data, kept)
        run.start_postgres()
    return failure


def ensure_external(owner_url: str) -> tuple[str, str]:
    """The template's name on a server of the user's (made when missing) and what the migrations said when they failed."""
    name = f"{NAME}_{fingerprint()}"
    with maintenance(owner_url) as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if cursor.fetchone():
            return name, ""
        cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        with maintenance(with_database(owner_url, name), database=name) as inside:
            for extension in EXTENSIONS:
                inside.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))
        failure = _migrate(with_database(owner_url, name))
        if failure:
            cursor.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
        return name, failure


def clone(owner_url: str, template: str, name: str) -> None:
    """Makes the database `name` anew as a copy of the template, whoever is connected to it."""
    with maintenance(owner_url) as cursor:
        _drop(cursor, name)
        cursor.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))


def drop(owner_url: str, name: str) -> None:
    """Removes a test database."""
    with maintenance(owner_url) as cursor:
        _drop(cursor, name)


@contextlib.contextmanager
def maintenance(url: str, database: str = "postgres"):
    """A cursor outside any transaction on the server's maintenance database."""
    connection = psycopg2.connect(with_database(url, database))
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def _drop(cursor, name: str) -> None:
    with contextlib.suppress(errors.InvalidCatalogName):
        cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _migrate(url: str) -> str:
    environment = os.environ | {"DATABASE_URL": url, "MIGRATE_DATABASE_URL": url, "SUITE_TESTING": "1"}
    environment.setdefault("REDIS_URL", "redis://localhost:6379/0")
    command = [sys.executable, places.ROOT / "manage.py", "migrate", "--verbosity", "0", "--no-input"]
    done = subprocess.run(command, cwd=places.ROOT, env=environment, capture_output=True, text=True)
    return (done.stdout + done.stderr)[-6000:] if done.returncode else ""


def _cache() -> Path:
    named = os.environ.get("SUITE_TEST_CACHE")
    place = Path(named) if named else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "suite-tests"
    try:
        place.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=place).close()
    except OSError:
        place = places.ROOT / "build" / "suite-tests"
        place.mkdir(parents=True, exist_ok=True)
    return place


def _keep(data: Path, kept: Path) -> None:
    """Moves a copy of the stopped cluster into the cache in one step; the oldest entries go."""
    scratch = Path(tempfile.mkdtemp(prefix="new-", dir=kept.parent))
    copy_tree(data, scratch / "postgres")
    try:
        scratch.rename(kept)
    except OSError:
        shutil.rmtree(scratch, ignore_errors=True)
    entries = sorted((place for place in kept.parent.iterdir() if place.is_dir()), key=lambda place: place.stat().st_mtime)
    for old in entries[:-KEPT]:
        shutil.rmtree(old, ignore_errors=True)
