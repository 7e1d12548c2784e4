"""Counting working days."""

from collections.abc import Collection
from datetime import date, timedelta


def add_working_days(start: date, days: int, *, weekdays: str = "12345", holidays: Collection[date] = ()) -> date:
    """The date `days` working days after `start` (0: the first working day on or after it)."""
    day, left = start, days
    while True:
        working = str(day.isoweekday()) in weekdays and day not in holidays
        if working and left == 0:
            return day
        if working and day != start:
            left -= 1
            if left == 0:
                return day
        day += timedelta(days=1)
