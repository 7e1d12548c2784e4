"""Writing a row that is there already, with a statement put together once: what every act ends with."""

from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Field, Model

from suite.kernel.documents.statements import kept


def write_row(row: Model, *names: str) -> None:
    """Writes these fields of a row (none named: all). Raises `DoesNotExist` when the row is gone. For rows whose class has no rule in save()."""
    statement, fields = _statement(type(row), names)
    values: list[Any] = [field.get_db_prep_save(field.pre_save(row, False), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(kept(statement), [*values, row.pk])
        if not cursor.rowcount:
            raise row.DoesNotExist(f"{row._meta.verbose_name} {row.pk}")


@cache
def _statement(model: type[Model], names: tuple[str, ...]) -> tuple[str, list[Field]]:
    meta, quoted = model._meta, connection.ops.quote_name
    fields = [meta.get_field(name) for name in names] if names else [field for field in meta.concrete_fields if not field.primary_key]
    columns = ", ".join(f"{quoted(field.column)} = %s" for field in fields)
    return f"UPDATE {quoted(meta.db_table)} SET {columns} WHERE {quoted(meta.pk.column)} = %s", fields  # noqa: S608 - our own names
