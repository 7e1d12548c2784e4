"""A queryset put together once: its statement is kept, and from then on only sent with other values.

The ORM spends more time on putting a statement together than PostgreSQL on answering it. Reads that every order makes say so with
`@prepared`; the queryset stays the one place where the question is written.
"""

import copy
import inspect
from collections.abc import Callable
from datetime import date
from functools import update_wrapper
from typing import Any

from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.query import FlatValuesListIterable, ValuesListIterable, get_related_populators
from django.db.transaction import TransactionManagementError

from suite.kernel.documents.statements import kept

# What stands for a value while the statement is put together: nothing that a queryset says itself.
STAND_INS: dict[Any, Callable[[int], Any]] = {
    int: lambda n: 9_007_199_254_700_000 + n,
    str: lambda n: f"\x02stands in for {n}\x03",
    date: lambda n: date(1, 1, n + 1),
    list[int]: lambda n: [9_007_199_254_600_000 + n],
    list[str]: lambda n: [f"\x02stands in for each of {n}\x03"],
}


class Prepared:
    """Called with the parameters of the function it was made from, gives the rows as a list. See `prepared`."""

    def __init__(self, build: Callable[..., QuerySet]) -> None:
        self._build = build
        self._signature = inspect.signature(build)
        self._kinds = {name: parameter.annotation for name, parameter in self._signature.parameters.items()}
        for name, kind in self._kinds.items():
            if kind not in STAND_INS:
                raise TypeError(f"{build.__qualname__}: {name} is to be annotated as one of int, str, date, list[int], list[str].")
        self._sql = ""
        update_wrapper(self, build)

    def __call__(self, *args: Any, **kwargs: Any) -> list[Any]:
        """The rows for these values. Raises TypeError for None: it is compared by IS NULL, which is another statement."""
        values = self._signature.bind(*args, **kwargs).arguments
        if None in values.values():
            raise TypeError(f"{self._build.__qualname__} takes no None.")
        if not self._sql:
            self._put_together()
        if self._locks and not connection.in_atomic_block:
            raise TransactionManagementError("select_for_update cannot be used outside of a transaction.")
        with connection.cursor() as cursor:
            cursor.execute(kept(self._sql), [self._given(values[name]) if name else value for name, value in self._places])
            rows = cursor.fetchall()
        return self._read(rows)

    @staticmethod
    def _given(value: Any) -> Any:
        if isinstance(value, (list, tuple, set, frozenset)):
            return list(value)
        return str(value) if isinstance(value, str) else value

    def first(self, *args: Any, **kwargs: Any) -> Any | None:
        """The first row, None where there is none."""
        return next(iter(self(*args, **kwargs)), None)

    def _put_together(self) -> None:
        stand_ins = {name: STAND_INS[kind](place) for place, (name, kind) in enumerate(self._kinds.items())}
        queryset = self._build(**stand_ins)
        compiler = queryset.query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        names = {(value[0] if isinstance(value, list) else value): name for name, value in stand_ins.items()}
        self._places = [(names[value], None) if value in names else ("", value) for value in params]
        unused = set(stand_ins) - {name for name, _value in self._places}
        if unused:
            raise TypeError(f"{self._build.__qualname__} does not use {', '.join(sorted(unused))} as it is.")
        pieces = sql.split("%s")
        for place, (name, _value) in enumerate(self._places):
            if name and isinstance(stand_ins[name], list):
                pieces[place] = f"{pieces[place].removesuffix('IN (')}= ANY("
        self._locks = queryset.query.select_for_update
        self._read = _reader(queryset, compiler)
        self._sql = "%s".join(pieces)


def _reader(queryset: QuerySet, compiler: Any) -> Callable[[list[tuple]], list[Any]]:
    """How rows of the statement become what the queryset gives: records with what was joined to them, or the values asked for."""
    converters = compiler.get_converters([cell[0] for cell in compiler.select[: compiler.col_count]])
    plain = copy.copy(compiler)

    def converted(rows: list[tuple]) -> Any:
        return plain.apply_converters(rows, converters) if converters else rows

    if queryset._fields is not None:
        if issubclass(queryset._iterable_class, FlatValuesListIterable):
            return lambda rows: [row[0] for row in converted(rows)]
        if issubclass(queryset._iterable_class, ValuesListIterable):
            return lambda rows: [tuple(row) for row in converted(rows)]
        raise TypeError("Only records and values_list can be prepared.")
    model: type[Model] = compiler.klass_info["model"]
    cells = compiler.klass_info["select_fields"]
    start, end = cells[0], cells[-1] + 1
    names = [cell[0].target.attname for cell in compiler.select[start:end]]
    populators = get_related_populators(compiler.klass_info, compiler.select, connection.alias)

    def records(rows: list[tuple]) -> list[Any]:
        made = []
        for row in converted(rows):
            record = model.from_db(connection.alias, names, row[start:end])
            for populator in populators:
                populator.populate(row, record)
            for name, place in compiler.annotation_col_map.items():
                setattr(record, name, row[place])
            made.append(record)
        return made

    return records


def prepared(build: Callable[..., QuerySet]) -> Prepared:
    """Turn a function that gives a queryset into one that gives its rows, by a statement kept from the first call.

    Parameters are annotated int, str, date, list[int] or list[str], are used as they are (`pk=pk`, `pk__in=pks`), and are never None.
    The queryset must not depend on anything else. Raises TypeError where that does not hold.
    """
    return Prepared(build)
