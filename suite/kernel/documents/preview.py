"""What an action would do to books and stock, found by doing it and rolling back. Nothing leaves the process, no number is taken."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from suite.kernel.documents.transitions import transitions_of
from suite.kernel.documents.work import Work, unit_of_work


@dataclass
class Preview:
    """Effects in the words of each suite: (title, columns, rows). Amounts are in company currency."""

    ledger: list[tuple[str, Decimal, Decimal]] = field(default_factory=list)
    stock: list[tuple[str, Decimal]] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    status: str = ""


_collectors: list[Callable[[Work, Preview], None]] = []


def collects(function: Callable[[Work, Preview], None]) -> Callable[[Work, Preview], None]:
    """Register a function that reads, before the roll-back, what the previewed work wrote in its domain."""
    _collectors.append(function)
    return function


_continuations: list[Callable[[Work], None]] = []


def continues(function: Callable[[Work], None]) -> Callable[[Work], None]:
    """Register a function that does, inside the preview, what would follow later in the background."""
    _continuations.append(function)
    return function


def collect_effects(work: Work, result: Preview) -> None:
    """Runs what would follow, then reads what was written, into `result`."""
    for follow in _continuations:
        follow(work)
    for collect in _collectors:
        collect(work, result)


class _RollBack(Exception):
    pass


def preview(document: Any, name: str, *, actor: Any, **kwargs: Any) -> Preview:
    """The effects of a transition without keeping them. Raises what the transition itself would raise."""
    result = Preview()
    try:
        with transaction.atomic(), unit_of_work(actor, previewing=True) as work:
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '500ms'")
            after = transitions_of(type(document))[name].run(document, actor=actor, **kwargs)
            collect_effects(work, result)
            result.status = str(after.get_status_display())
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            raise _RollBack
    except _RollBack:
        return result
