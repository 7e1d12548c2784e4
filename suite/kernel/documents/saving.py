"""Writing a row that is there already, with a statement put together once: what every act ends with."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Field, Model

from suite.kernel.documents.statements import kept
from suite.kernel.documents.writing import saved_values


def write_row(row: Model, *names: str) -> None:
    """Writes these fields of a row (none named: all). Raises `DoesNotExist` when the row is gone. For rows whose class has no rule in save()."""
    statement, fields = _statement(type(row), names)
    values: list[Any] = [field.get_db_prep_save(field.pre_save(row, False), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(kept(statement), [*values, row.pk])
        if not cursor.rowcount:
            raise row.DoesNotExist(f"{row._meta.verbose_name} {row.pk}")


def write_rows(rows: Sequence[Model], *names: str) -> None:
    """Writes these fields of rows of one model (none named: all) with one statement. Raises `DoesNotExist` when one is gone."""
    if not rows:
        return
    model = type(rows[0])
    meta, quoted = model._meta, connection.ops.quote_name
    fields = [meta.get_field(name) for name in names] if names else [field for field in meta.concrete_fields if not field.primary_key]
    kinds = ", ".join(["%s::bigint", *(f"%s::{field.db_type(connection)}" for field in fields)])
    sets = ", ".join(f"{quoted(field.column)} = given.c{place}" for place, field in enumerate(fields))
    columns = ", ".join(["pk", *(f"c{place}" for place in range(len(fields)))])
    values = saved_values(rows, fields, [], is_new=False, key=True)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {quoted(meta.db_table)} AS kept SET {sets} FROM (VALUES {', '.join([f'({kinds})'] * len(rows))}) AS given ({columns})"  # noqa: S608 - our own names
            f" WHERE kept.{quoted(meta.pk.column)} = given.pk", values,
        )
        if cursor.rowcount != len(rows):
            raise model.DoesNotExist(f"{meta.verbose_name}: {len(rows) - cursor.rowcount} of {len(rows)} are gone")


@cache
def _statement(model: type[Model], names: tuple[str, ...]) -> tuple[str, list[Field]]:
    meta, quoted = model._meta, connection.ops.quote_name
    fields = [meta.get_field(name) for name in names] if names else [field for field in meta.concrete_fields if not field.primary_key]
    columns = ", ".join(f"{quoted(field.column)} = %s" for field in fields)
    return f"UPDATE {quoted(meta.db_table)} SET {columns} WHERE {quoted(meta.pk.column)} = %s", fields  # noqa: S608 - our own names
