"""Depreciation by day (flows.md 7.3): a full month is one twelfth of a year, the first and the last month count by their days.

Time is counted in months as exact fractions; money is rounded once, where a cumulative amount is compared with what is booked already.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from suite.kernel.money.rules import ZERO, round_money

YEAR = 12
MOST_MONTHS = 1200


def days_in(day: date) -> int:
    """How many days the month of a day has."""
    return monthrange(day.year, day.month)[1]


def month_end(day: date) -> date:
    """The last day of a day's month."""
    return day.replace(day=days_in(day))


def months_between(first: date, last: date) -> Fraction:
    """The time from `first` to `last`, both included, in months; zero when `last` lies before `first`."""
    if last < first:
        return Fraction(0)
    if (first.year, first.month) == (last.year, last.month):
        return Fraction(last.day - first.day + 1, days_in(first))
    whole = (last.year - first.year) * YEAR + last.month - first.month - 1
    return whole + Fraction(days_in(first) - first.day + 1, days_in(first)) + Fraction(last.day, days_in(last))


@dataclass(frozen=True)
class Basis:
    """From when on, and over what, an asset depreciates: set when it enters service and again whenever its value is changed by hand.

    `book` is cost less accumulated depreciation at the beginning, `salvage` what stays at the end, `months` the life left,
    `yearly` the share of the book value that the declining method takes in a year, `units` what it will still produce.
    """

    method: str
    starts_on: date
    book: Decimal
    salvage: Decimal
    months: Decimal
    yearly: Fraction = Fraction(0)
    units: Decimal = ZERO

    @property
    def depreciable(self) -> Decimal:
        return self.book - self.salvage


def planned(basis: Basis, through: date, *, used: Decimal = ZERO, digits: int = 2) -> Decimal:
    """What has become expense from the basis' first day through a day; `used` are the units produced in that time. Never above what is
    depreciable, and all of it at the end of the life."""
    if basis.depreciable <= 0:
        return ZERO
    if basis.method == "units":
        share = min(Fraction(1), Fraction(used) / Fraction(basis.units)) if basis.units else Fraction(1)
        return _money(Fraction(basis.depreciable) * share, digits)
    life = Fraction(basis.months)
    elapsed = months_between(basis.starts_on, through)
    # Life is kept to eight places: what is missing of a month below that is none.
    if elapsed >= life - Fraction(1, 10**6):
        return basis.depreciable
    if basis.method == "straight_line":
        return _money(Fraction(basis.depreciable) * elapsed / life, digits)
    return _money(_declined(basis, elapsed, life), digits)


def _declined(basis: Basis, elapsed: Fraction, life: Fraction) -> Fraction:
    """Each year takes its share of the book value, or what straight line over the life left would take where that is more."""
    book, salvage, taken, left = Fraction(basis.book), Fraction(basis.salvage), Fraction(0), life
    while elapsed > 0 and left > 0:
        linear = (book - salvage) * min(Fraction(1), YEAR / left)
        of_year = min(book - salvage, max(book * basis.yearly, linear))
        length = min(Fraction(YEAR), left)
        part = min(elapsed, length)
        taken += of_year * part / length
        book, elapsed, left = book - of_year, elapsed - part, left - length
    return taken


def _money(amount: Fraction, digits: int) -> Decimal:
    scaled = amount * 10**(digits + 6)
    return round_money(Decimal(scaled.numerator // scaled.denominator).scaleb(-(digits + 6)), digits)


def month_ends(basis: Basis) -> Iterator[date]:
    """The ends of the months in which the asset depreciates, the first one first."""
    day = month_end(basis.starts_on)
    for _count in range(MOST_MONTHS):
        yield day
        if months_between(basis.starts_on, day) >= Fraction(basis.months) - Fraction(1, 10**6):
            return
        day = month_end(day + timedelta(days=1))


def part_of(amount: Decimal, share: Decimal, digits: int = 2) -> Decimal:
    """The share of an amount that goes with a part of the asset; all of it when the whole goes."""
    return amount if share == 1 else round_money(amount * share, digits)
