"""Row locks, always in key order, so that no two transactions wait for each other in a ring (architecture §4)."""

from django.db.models import Model, QuerySet

from suite.kernel.documents.reading import read_one


def lock(rows: QuerySet) -> list[Model]:
    """The rows, locked until the transaction ends, in key order. FOR NO KEY UPDATE: rows that point at them may still be written."""
    return list(in_lock_order(rows))


def in_lock_order(rows: QuerySet) -> QuerySet:
    """The question that `lock` asks, for those who have it prepared."""
    return rows.order_by("pk").select_for_update(of=("self",), no_key=True)


def lock_one(model: type[Model], pk: int) -> Model:
    """One row, locked. Raises `model.DoesNotExist`."""
    return read_one(model, pk, "FOR NO KEY UPDATE")


def read_lock(model: type[Model], pk: int) -> Model:
    """One row that nobody may change until the transaction ends; other readers may hold it too. Raises `model.DoesNotExist`."""
    return read_one(model, pk, "FOR SHARE")
