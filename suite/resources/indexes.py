"""Trigram indexes for searching master data by parts of words and in spite of typing errors, made after every migrate.

Documents and books go without: they are found by number, and each such index would slow down every posting.
"""

from typing import Any

from django.apps import apps
from django.db import connection, models

from suite.kernel.documents.models import Document
from suite.resources.registry import resources


def searched_columns() -> list[tuple[str, str]]:
    """(table, column) of every declared search over the texts of master data."""
    found = []
    for resource in resources():
        model = resource.model
        if issubclass(model, Document) or getattr(model, "append_only", False) or getattr(model, "machine_kept", False):
            continue
        columns = {field.name: field for field in model._meta.concrete_fields if isinstance(field, models.CharField | models.TextField)}
        found += [(model._meta.db_table, columns[name].column) for name in resource.search if name in columns]
    return found


def make_search_indexes(sender: Any, **kwargs: Any) -> None:
    """Receiver of post_migrate; safe to repeat. Runs once, after the last app."""
    if sender is not [config for config in apps.get_app_configs() if config.models_module is not None][-1]:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'")
        if cursor.fetchone() is None:
            return
        for table, column in searched_columns():
            cursor.execute(f'CREATE INDEX IF NOT EXISTS "search_{table}_{column}" ON "{table}" USING gin ("{column}" gin_trgm_ops)')
