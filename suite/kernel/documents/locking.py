"""Row locks, always in key order, so that no two transactions wait for each other in a ring (architecture §4)."""

from django.db.models import Model, QuerySet


def lock(rows: QuerySet) -> list[Model]:
    """The rows, locked until the transaction ends, in key order. FOR NO KEY UPDATE: rows that point at them may still be written."""
    return list(rows.order_by("pk").select_for_update(of=("self",), no_key=True))


def lock_one(model: type[Model], pk: int) -> Model:
    """One row, locked. Raises `model.DoesNotExist`."""
    return model._base_manager.select_for_update(of=("self",), no_key=True).get(pk=pk)
