"""Days of mandates."""

from calendar import monthrange
from datetime import date


def months_later(day: date, months: int) -> date:
    """The same day `months` later, or the last of a shorter month."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return day.replace(year=year, month=month, day=min(day.day, monthrange(year, month)[1]))
