"""Row locks, always in key order, so that no two transactions wait for each other in a ring (architecture §4)."""

from collections.abc import Callable
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Model, QuerySet


def lock(rows: QuerySet) -> list[Model]:
    """The rows, locked until the transaction ends, in key order. FOR NO KEY UPDATE: rows that point at them may still be written."""
    return list(rows.order_by("pk").select_for_update(of=("self",), no_key=True))


def lock_one(model: type[Model], pk: int) -> Model:
    """One row, locked. Raises `model.DoesNotExist`."""
    return _fetch(model, pk, "FOR NO KEY UPDATE")


def read_lock(model: type[Model], pk: int) -> Model:
    """One row that nobody may change until the transaction ends; other readers may hold it too. Raises `model.DoesNotExist`."""
    return _fetch(model, pk, "FOR SHARE")


@cache
def _reading(model: type[Model]) -> tuple[str, list[str], list[tuple[int, Callable[..., Any]]]]:
    """The statement that reads a row of the model by key, the attributes in its order, and the values to be converted.

    Every transition begins with it, so it is put together once and not by the ORM each time.
    """
    quoted = connection.ops.quote_name
    fields = model._meta.concrete_fields
    columns = ", ".join(quoted(field.column) for field in fields)
    converted = [(place, field.from_db_value) for place, field in enumerate(fields) if hasattr(field, "from_db_value")]
    statement = f"SELECT {columns} FROM {quoted(model._meta.db_table)} WHERE {quoted(model._meta.pk.column)} = %s "  # noqa: S608 - our own names
    return statement, [field.attname for field in fields], converted


def _fetch(model: type[Model], pk: int, clause: str) -> Model:
    statement, names, converted = _reading(model)
    with connection.cursor() as cursor:
        cursor.execute(statement + clause, [pk])
        row = cursor.fetchone()
    if row is None:
        raise model.DoesNotExist(f"{model._meta.verbose_name} {pk}")
    values = list(row)
    for place, convert in converted:
        values[place] = convert(values[place], None, connection)
    return model.from_db(connection.alias, names, values)
