"""The times next to the one that a report shows."""

from datetime import date, timedelta
from typing import Any


def neighbours(form: Any) -> tuple[dict[str, str], dict[str, str]] | None:
    """The parameters of the time before and the one after: the months, or as many days, next to a period; the ends of the months around a day."""
    values = form.cleaned_data if form is not None and form.is_valid() else {}
    first, last, on = values.get("starts_on"), values.get("ends_on"), values.get("on")
    if first and last and not on:
        months = (last.year - first.year) * 12 + last.month - first.month + 1
        if first.day == 1 and (last + timedelta(days=1)).day == 1:
            before = _months_on(first, -months), first - timedelta(days=1)
            after = last + timedelta(days=1), _months_on(first, 2 * months) - timedelta(days=1)
        else:
            length = last - first + timedelta(days=1)
            before, after = (first - length, last - length), (first + length, last + length)
        return tuple({"starts_on": start.isoformat(), "ends_on": end.isoformat()} for start, end in (before, after))
    if on and "starts_on" not in form.fields:
        start = on.replace(day=1)
        ahead = _months_on(start, 1) - timedelta(days=1)
        return {"on": (start - timedelta(days=1)).isoformat()}, {"on": (ahead if ahead > on else _months_on(start, 2) - timedelta(days=1)).isoformat()}
    return None


def _months_on(first: date, months: int) -> date:
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, 1)
