"""Where the rows of a report lead."""

from datetime import date
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse

from erp.ledger.models import Account


def ledger_of(account: Account, on: date, starts_on: date | None = None) -> str:
    """The page with the account's lines up to a day, or the empty string where there are no pages."""
    query = {"account": account.pk, "ends_on": on.isoformat(), "starts_on": (starts_on or on.replace(month=1, day=1)).isoformat()}
    return f"{_address('erp:report_general_ledger')}?{urlencode(query)}"


def entry_page(pk: int) -> str:
    """The page of an entry."""
    return _address("erp:journalentry_detail", pk)


def _address(name: str, *args: int) -> str:
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
