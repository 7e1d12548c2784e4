"""Fixtures: a database per process copied from the migrated template, the application's role, races with real threads."""

import json
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection, connections
from django.db.backends.signals import connection_created
from django.test import TransactionTestCase

from suite.kernel.documents.event_ids import forget_drawn_ids
from suite.runtime import templates
from suite.runtime.postgres import APPLICATION
from suite.runtime.pytest_services import PLAN


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker) -> Iterator[Callable[[], None]]:
    """Copies the template instead of migrating. After a test that commits comes a fresh copy: no TRUNCATE, migrated rows stay.

    Yields the function that makes the database anew, for fixtures that keep rows longer than one test.
    """
    plan = json.loads(os.environ[PLAN])
    if plan["failure"]:
        pytest.fail("The migrations do not run:\n" + plan["failure"], pytrace=False)
    name = connection.settings_dict["NAME"]

    def fresh_copy(_case=None) -> None:
        connections.close_all()
        templates.clone(plan["owner"], plan["template"], name)
        ContentType.objects.clear_cache()
        forget_drawn_ids()

    fresh_copy()
    usual = TransactionTestCase._fixture_teardown
    TransactionTestCase._fixture_teardown = fresh_copy
    yield fresh_copy
    TransactionTestCase._fixture_teardown = usual
    with django_db_blocker.unblock():
        connections.close_all()
    templates.drop(plan["owner"], name)


@pytest.fixture
def as_application(db) -> Iterator[None]:
    """The rest of the test, threads and live server included, works as the application's role, as pages and API do in earnest."""

    def take_role(connection, **_) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f'SET ROLE "{APPLICATION}"')

    take_role(connection)
    connection_created.connect(take_role)
    yield
    connection_created.disconnect(take_role)
    if not connection.in_atomic_block:
        connection.close()


@pytest.fixture
def application_environment(db) -> dict[str, str]:
    """The environment of a process (worker, server, command) that serves the test's database as the application's role."""
    plan = json.loads(os.environ[PLAN])
    address = templates.with_database(plan["application"], connection.settings_dict["NAME"])
    return os.environ | {"DATABASE_URL": address}


@dataclass(frozen=True)
class Outcome:
    """How one runner of a race ended: its value, or the exception it died of."""

    value: object = None
    error: BaseException | None = None


@pytest.fixture
def race(transactional_db) -> Callable[..., list[Outcome]]:
    """race(one, other, …) or race(one, times=8): each in a thread of its own, with a connection of its own, all off at the same moment."""

    def run(*runners: Callable[[], object], times: int = 1, timeout: float = 60) -> list[Outcome]:
        runners = runners * times
        start = threading.Barrier(len(runners))
        outcomes = [Outcome(error=TimeoutError(f"still running after {timeout} s"))] * len(runners)

        def go(place: int, runner: Callable[[], object]) -> None:
            try:
                connection.ensure_connection()
                start.wait(timeout)
                outcomes[place] = Outcome(value=runner())
            except BaseException as error:  # noqa: BLE001 - handed to the test
                outcomes[place] = Outcome(error=error)
            finally:
                connections.close_all()

        threads = [threading.Thread(target=go, args=pair, daemon=True) for pair in enumerate(runners)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout)
        return list(outcomes)

    return run
