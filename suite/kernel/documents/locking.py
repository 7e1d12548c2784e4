"""Row locks, always in key order, so that no two transactions wait for each other in a ring (architecture §4)."""

from django.db import connection
from django.db.models import Model, QuerySet


def lock(rows: QuerySet) -> list[Model]:
    """The rows, locked until the transaction ends, in key order. FOR NO KEY UPDATE: rows that point at them may still be written."""
    return list(rows.order_by("pk").select_for_update(of=("self",), no_key=True))


def lock_one(model: type[Model], pk: int) -> Model:
    """One row, locked. Raises `model.DoesNotExist`."""
    return model._base_manager.select_for_update(of=("self",), no_key=True).get(pk=pk)


def read_lock(model: type[Model], pk: int) -> Model:
    """One row that nobody may change until the transaction ends; other readers may hold it too. Raises `model.DoesNotExist`."""
    table = connection.ops.quote_name(model._meta.db_table)
    rows = list(model._base_manager.raw(f"SELECT * FROM {table} WHERE id = %s FOR SHARE", [pk]))  # noqa: S608 - a quoted table name
    if not rows:
        raise model.DoesNotExist(f"{model._meta.verbose_name} {pk}")
    return rows[0]
