"""pytest plugin: throw-away services before Django reads its settings, so that `python -m pytest` needs nothing that runs.

Loaded by `-p` (a root conftest.py would be too late). xdist workers use the controller's servers, each a database of its own.
Servers named by DATABASE_URL and REDIS_URL are used instead; the databases made there are dropped afterwards.
"""

import atexit
import json
import os
import signal
import threading

import pytest

from suite.runtime import places, postgres, services, templates
from suite.runtime.throwaway import Throwaway

PLAN = "SUITE_TEST_SERVICES"
NOTHING_RUNS = {"--help", "-h", "--version", "-V", "--markers", "--fixtures", "--collect-only", "--co"}
_run: Throwaway | None = None


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(args):
    """Before pytest-django's own hook, which imports the settings."""
    os.environ["SUITE_TESTING"] = "1"
    if NOTHING_RUNS & set(args):
        os.environ.setdefault("DATABASE_URL", "postgres:///suite")
    else:
        if "PYTEST_XDIST_WORKER" not in os.environ:
            os.environ[PLAN] = json.dumps(_start())
        _use(json.loads(os.environ[PLAN]))
    return (yield)


def pytest_configure(config):
    config.addinivalue_line("markers", "slow: starts the whole suite; takes more than a few seconds")
    # Registered late, so that its django_db_setup wins over pytest-django's.
    config.pluginmanager.import_plugin("suite.runtime.pytest_databases")


def pytest_collection_modifyitems(config, items):
    """Races run by `make hammer` only, or when a test is named on the command line."""
    if "hammer" in config.option.markexpr or any("::" in argument for argument in config.args):
        return
    left_out = [item for item in items if item.get_closest_marker("hammer")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not item.get_closest_marker("hammer")]


@pytest.hookimpl(trylast=True)
def pytest_unconfigure():
    _stop()


def _start() -> dict:
    global _run
    named = services.external()
    _run = Throwaway()
    atexit.register(_stop)
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    redis = named.get("REDIS_URL") or _run.start_valkey()
    if "DATABASE_URL" in named:
        owner, application = named["MIGRATE_DATABASE_URL"], named["DATABASE_URL"]
        template, failure = templates.ensure_external(owner)
        prefix = f"test_suite_{os.getpid()}"
    else:
        failure = templates.start_embedded(_run)
        template, prefix = templates.NAME, "test_suite"
        owner, application = (postgres.url(_run.sockets, role, template) for role in (postgres.OWNER, postgres.APPLICATION))
    return {"owner": owner, "application": application, "redis": redis, "template": template, "prefix": prefix, "failure": failure}


def _use(plan: dict) -> None:
    """The environment of this process. Tests connect as the owner; the fixture `as_application` drops to the application's role."""
    name = f"{plan['prefix']}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    owner = templates.with_database(plan["owner"], name)
    os.environ.update(DATABASE_URL=owner, MIGRATE_DATABASE_URL=owner, REDIS_URL=_own_part(plan["redis"]))
    if _run is not None:
        places.prepare(_run.home / "var")
        os.environ.update(places.environment(_run.home / "var"))


def _own_part(redis: str) -> str:
    """A numbered database of the broker for each xdist worker, or the workers of one would take the messages of the other."""
    number = "".join(character for character in os.environ.get("PYTEST_XDIST_WORKER", "") if character.isdigit())
    return f"{redis}?db={int(number) + 1}" if number and redis.startswith("unix://") else redis


def _stop() -> None:
    global _run
    if _run is not None and "PYTEST_XDIST_WORKER" not in os.environ:
        _run.close()
    _run = None
