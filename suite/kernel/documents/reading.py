"""Reads that every act begins with: rows by key, the lines of a document. The statement is put together once, not by the ORM each time."""

from collections.abc import Callable
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Model

from suite.kernel.documents.statements import kept


def read_one(model: type[Model], pk: int, clause: str = "") -> Model:
    """The row with this key; `clause` may lock it. Raises `model.DoesNotExist`."""
    found = _fetch(model, ("pk",), (), clause, [pk])
    if not found:
        raise model.DoesNotExist(f"{model._meta.verbose_name} {pk}")
    return found[0]


def read_lines(model: type[Model], **parent: int) -> list[Model]:
    """The lines of a document, in the order they are printed: `read_lines(OrderLine, order=42)`."""
    return _fetch(model, tuple(parent), ("position", "pk"), "", list(parent.values()))


def _fetch(model: type[Model], by: tuple[str, ...], order: tuple[str, ...], clause: str, values: list[Any]) -> list[Model]:
    statement, names, converted = _statement(model, by, order)
    with connection.cursor() as cursor:
        cursor.execute(kept(statement + clause), values)
        rows = cursor.fetchall()
    alias, found = connection.alias, []
    for row in rows:
        cells = list(row)
        for place, convert in converted:
            cells[place] = convert(cells[place], None, connection)
        found.append(model.from_db(alias, names, cells))
    return found


@cache
def _statement(model: type[Model], by: tuple[str, ...], order: tuple[str, ...]) -> tuple[str, list[str], list[tuple[int, Callable[..., Any]]]]:
    """The statement, the attributes in the order of its columns, and the cells that must be converted."""
    meta, quoted = model._meta, connection.ops.quote_name

    def column(name: str) -> str:
        return quoted((meta.pk if name == "pk" else meta.get_field(name)).column)

    columns = ", ".join(quoted(field.column) for field in meta.concrete_fields)
    conditions = " AND ".join(f"{column(name)} = %s" for name in by)
    ordered = f" ORDER BY {', '.join(column(name) for name in order)}" if order else ""
    converted = [(place, field.from_db_value) for place, field in enumerate(meta.concrete_fields) if hasattr(field, "from_db_value")]
    statement = f"SELECT {columns} FROM {quoted(meta.db_table)} WHERE {conditions}{ordered} "  # noqa: S608 - our own names
    return statement, [field.attname for field in meta.concrete_fields], converted
