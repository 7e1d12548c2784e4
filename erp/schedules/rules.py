"""Arithmetic of the calendar: when a template falls due, and how a deferral is split."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import count

from suite.kernel.money.rules import split

MONTHS = {"month": 1, "quarter": 3, "year": 12}


def add_months(day: date, months: int) -> date:
    """The same day `months` later; the last of the month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def last_of_month(day: date) -> date:
    """The last day of the month that `day` lies in."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def occurrences(first_on: date, every: str, until: date) -> Iterator[date]:
    """The days of a calendar up to `until`. Counted from the first day, so a 31st comes back after a short month."""
    for number in count():
        day = add_months(first_on, number * MONTHS[every])
        if day > until:
            return
        yield day


@dataclass(frozen=True)
class Part:
    """A part of a deferral: the day it counts, and how much."""

    due_on: date
    amount: Decimal


def parts_of(amount: Decimal, starts_on: date, ends_on: date, *, by_days: bool, digits: int = 2) -> list[Part]:
    """The parts of an amount from a day to a day, one per month at its end (the last on `ends_on`). Largest remainder: they make up the whole."""
    ends, weights = [], []
    begin = starts_on
    while begin <= ends_on:
        end = min(last_of_month(begin), ends_on)
        ends.append(end)
        weights.append(Decimal((end - begin).days + 1) if by_days else Decimal(1))
        begin = end + timedelta(days=1)
    return [Part(day, part) for day, part in zip(ends, split(amount, weights, digits), strict=True)]
