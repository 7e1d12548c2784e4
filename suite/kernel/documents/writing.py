"""New rows, by statements put together once: rows of several models in one round trip, or rows whose keys are needed afterwards."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from django.db import connection, connections
from django.db.models import Field, Model

from suite.kernel.documents.statements import kept


def insert_together(*batches: Sequence[Model], also: Sequence[tuple[str, Sequence[Any]]] = ()) -> None:
    """Writes the rows, batch after batch, then the `also` statements, as one message to PostgreSQL. Keys are not read back.

    What a row points at must have its key already. For rows that are needed afterwards, use insert_rows.
    """
    statements = [_insertion(rows) for rows in batches if rows] + [(sql, list(params)) for sql, params in also]
    if statements:
        with connection.cursor() as cursor:
            cursor.execute(*_message(statements))


def insert_rows(rows: Iterable[Model], *, first: Sequence[tuple[str, Sequence[Any]]] = (), beside: Sequence[Model] = ()) -> list[Model]:
    """Writes new rows of one model, which have no keys yet, and gives them back with their keys. For classes that have no rule in save().

    In the same message go the statements `first` and then the rows `beside`, of another model, whose keys are not read back.
    """
    rows = list(rows)
    if not rows:
        insert_together(beside, also=first)
        return rows
    sql, values = _insertion(rows)
    message = [*((sql, list(params)) for sql, params in first), *([_insertion(beside)] if beside else [])]
    message.append((f"{sql} RETURNING {connection.ops.quote_name(rows[0]._meta.pk.column)}", values))
    with connection.cursor() as cursor:
        cursor.execute(*_message(message))
        for row, (key,) in zip(rows, cursor.fetchall(), strict=True):
            row.pk = key
            row._state.adding = False
            row._state.db = connection.alias
    return rows


def insert_row(row: Model) -> Model:
    """One new row, with its key."""
    return insert_rows((row,))[0]


def _message(statements: Sequence[tuple[str, list[Any]]]) -> tuple[str, list[Any]]:
    return "; ".join(kept(sql) for sql, _values in statements), [value for _sql, values in statements for value in values]


def _insertion(rows: Sequence[Model]) -> tuple[str, list[Any]]:
    fields = _fields(type(rows[0]))
    values: list[Any] = []
    for row in rows:
        row._prepare_related_fields_for_save(operation_name="insert_rows")
    return _statement(type(rows[0]), len(rows)), saved_values(rows, fields, values, is_new=True)


def saved_values(rows: Sequence[Model], fields: Sequence[Field], values: list[Any], *, is_new: bool, key: bool = False) -> list[Any]:
    """Appends what the fields of each row are in the database, row by row (`key`: after the row's key)."""
    server = connections[connection.alias]  # the connection itself: the proxy looks it up for every value
    for row in rows:
        if key:
            values.append(row.pk)
        for field in fields:
            values.append(field.get_db_prep_save(field.pre_save(row, is_new), server))
    return values


@cache
def _fields(model: type[Model]) -> list[Field]:
    return [field for field in model._meta.concrete_fields if not field.primary_key]


@cache
def _statement(model: type[Model], count: int) -> str:
    quoted = connection.ops.quote_name
    fields = _fields(model)
    columns = ", ".join(quoted(field.column) for field in fields)
    one = f"({', '.join(['%s'] * len(fields))})"
    return f"INSERT INTO {quoted(model._meta.db_table)} ({columns}) VALUES {', '.join([one] * count)}"  # noqa: S608 - our own names
