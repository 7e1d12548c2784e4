"""Statements that PostgreSQL keeps: the same answers, the same author in the audit, and nothing remembered of a connection that is gone."""

import pytest
from django.db import connection, transaction

from suite.kernel.audit.models import RowChange
from suite.kernel.documents.saving import write_row
from suite.kernel.documents.statements import MOST, USES_BEFORE, kept
from suite.kernel.documents.work import in_unit_of_work
from tests.factories.base import make_company, make_customer, make_user


def _ask(sql: str, values) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(kept(sql), values)
        return cursor.fetchall()


def _names() -> list[str]:
    return [row[0] for row in _ask("SELECT name FROM pg_prepared_statements ORDER BY name", [])]


def test_a_statement_is_kept_at_its_third_use_and_answers_alike(db):
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")  # what is forgotten here must be forgotten there: later tests use this connection
    connection.kept_statements = None
    by_place = "SELECT %s::int + %s::int, '100%%'"
    by_name = "SELECT %(b)s::text || %(a)s::text || %(b)s::text"
    for use in range(USES_BEFORE + 3):
        assert _ask(by_place, [1, 2]) == [(3, "100%")]
        assert _ask(by_name, {"a": "a'", "b": "b"}) == [("ba'b",)]
        assert kept(by_place).startswith("EXECUTE r_") is (use >= USES_BEFORE - 1)
    assert len(connection.kept_statements.kept) >= 2


@pytest.mark.django_db(transaction=True)
def test_no_more_than_the_most_are_kept():
    connection.close()
    connection.ensure_connection()
    for n in range(MOST + 5):
        for _use in range(USES_BEFORE + 1):
            text = kept(f"SELECT {n} + %s::int")
    assert len(connection.kept_statements.kept) == MOST
    assert not text.startswith("EXECUTE")
    connection.close()


@pytest.mark.django_db(transaction=True)
def test_a_new_connection_has_kept_nothing():
    connection.ensure_connection()
    sql = "SELECT %s::int * 2"
    for _use in range(USES_BEFORE + 1):
        _ask(sql, [4])
    assert kept(sql).startswith("EXECUTE")
    connection.close()
    assert kept(sql) == sql
    assert _ask(sql, [4]) == [(8,)]
    assert _names() == []


@pytest.mark.django_db(transaction=True)
def test_a_rollback_does_not_lose_what_was_kept():
    connection.ensure_connection()
    sql = "SELECT %s::int * 3"
    with transaction.atomic():
        for _use in range(USES_BEFORE + 1):
            _ask(sql, [4])
        transaction.set_rollback(True)
    assert kept(sql).startswith("EXECUTE")
    assert _ask(sql, [5]) == [(15,)]


def test_the_audit_knows_who_wrote_by_a_kept_statement(db):
    company = make_company()
    people = [make_user(company) for _n in range(USES_BEFORE + 3)]
    customer = make_customer(company)
    for number, person in enumerate(people):
        customer.name = f"Name {number}"
        in_unit_of_work(lambda: write_row(customer, "name"), actor=person)
    changes = RowChange.objects.filter(table_name="kernel_party", row_id=str(customer.pk), operation="UPDATE").order_by("pk")
    assert [change.actor_id for change in changes] == [person.pk for person in people]
