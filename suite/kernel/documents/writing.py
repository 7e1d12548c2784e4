"""Rows of several models in one round trip, for documents whose effects are many small tables."""

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import Model
from django.db.models.sql import InsertQuery


def insert_together(*batches: Sequence[Model], also: Sequence[tuple[str, Sequence[Any]]] = ()) -> None:
    """Writes the rows, batch after batch, then the `also` statements, as one message to PostgreSQL. Keys are not read back.

    What a row points at must have its key already. For rows that are needed afterwards, use bulk_create.
    """
    statements: list[str] = []
    values: list[Any] = []
    for rows in batches:
        if not rows:
            continue
        model = type(rows[0])
        query = InsertQuery(model)
        query.insert_values([field for field in model._meta.concrete_fields if not field.primary_key], rows)
        for sql, params in query.get_compiler(connection=connection).as_sql():
            statements.append(sql)
            values.extend(params)
    for sql, params in also:
        statements.append(sql)
        values.extend(params)
    if statements:
        with connection.cursor() as cursor:
            cursor.execute("; ".join(statements), values)
