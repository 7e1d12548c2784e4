"""The test databases themselves: roles, fresh copies, races."""

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.db.utils import ProgrammingError

pytestmark = pytest.mark.django_db


def _one(sql: str):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def test_the_driver_is_psycopg2():
    assert connection.Database.__name__ == "psycopg2"


def test_tests_connect_as_the_owner():
    assert _one("SELECT current_user") == "suite_owner"


def test_the_application_owns_nothing():
    owned = "SELECT count(*) FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE r.rolname = 'suite_app'"
    assert _one(owned) == 0
    assert _one("SELECT rolsuper OR rolcreatedb OR rolcreaterole FROM pg_roles WHERE rolname = 'suite_app'") is False


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE auth_group ADD COLUMN x int",
        "TRUNCATE auth_group CASCADE",
        "DROP TABLE auth_group",
        "CREATE TABLE mine (x int)",
        "SET session_replication_role = replica",
        "ALTER TABLE auth_group DISABLE TRIGGER ALL",
    ],
)
def test_the_application_changes_rows_not_tables(as_application, statement):
    assert _one("SELECT current_user") == "suite_app"
    Group.objects.create(name="readers")

    with pytest.raises(ProgrammingError), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_owner_may_step_past_triggers():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
    assert _one("SHOW session_replication_role") == "replica"


def test_the_applications_role_is_bound_in_time():
    assert sorted(_one("SELECT rolconfig FROM pg_roles WHERE rolname = 'suite_app'")) == [
        "idle_in_transaction_session_timeout=30s",
        "lock_timeout=5s",
        "statement_timeout=30s",
    ]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", ["first", "second"])
def test_a_committed_row_is_gone_in_the_next_test(turn):
    assert not Group.objects.filter(name="left over").exists()
    Group.objects.create(name="left over")


def test_a_race_starts_all_runners_on_connections_of_their_own(race):
    def backend():
        return _one("SELECT pg_backend_pid()")

    outcomes = race(backend, times=4)

    assert len({outcome.value for outcome in outcomes}) == 4


def test_a_race_hands_over_what_its_runners_raised(race):
    outcomes = race(lambda: 1 / 0, lambda: "well")

    assert isinstance(outcomes[0].error, ZeroDivisionError)
    assert outcomes[1].value == "well"
