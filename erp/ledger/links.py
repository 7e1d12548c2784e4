"""Where the rows of a report lead."""

from datetime import date, datetime
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from erp.ledger.models import Account


def ledger_of(
    account: Account, on: date, starts_on: date | None = None, known_at: datetime | None = None, value_id: int | None = None,
) -> str:
    """The page with the account's lines up to a day, as known at a time, of a value of a dimension; the empty string where there are no pages."""
    query = {"account": account.pk, "ends_on": on.isoformat(), "starts_on": (starts_on or on.replace(month=1, day=1)).isoformat()}
    if known_at is not None:
        query["known_at"] = timezone.localtime(known_at).replace(tzinfo=None).isoformat()  # as the field of the page takes it
    if value_id is not None:
        query["value"] = value_id
    return f"{_address('erp:report_general_ledger')}?{urlencode(query)}"


def entry_page(pk: int) -> str:
    """The page of an entry."""
    return _address("erp:journalentry_detail", pk)


def _address(name: str, *args: int) -> str:
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
