"""Due dates and instalments."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from suite.kernel.money.rules import split


@dataclass(frozen=True)
class Share:
    """A part of the total (in percent) due `days` after the invoice date, or at the end of that month."""

    percent: Decimal
    days: int
    end_of_month: bool = False


def due_date(start: date, days: int, *, end_of_month: bool = False) -> date:
    """`days` after `start`, moved to the last day of its month where the term says so."""
    due = start + timedelta(days=days)
    if end_of_month:
        following = (due.replace(day=28) + timedelta(days=4)).replace(day=1)
        due = following - timedelta(days=1)
    return due


def instalments(total: Decimal, start: date, shares: Sequence[Share], digits: int = 2) -> list[tuple[date, Decimal]]:
    """(due date, amount) per share, earliest first; amounts sum exactly to `total` (largest remainder)."""
    if not shares:
        return [(start, total)]
    amounts = split(total, [share.percent for share in shares], digits)
    dated = [(due_date(start, share.days, end_of_month=share.end_of_month), amount) for share, amount in zip(shares, amounts, strict=True)]
    return sorted(dated, key=lambda pair: pair[0])
