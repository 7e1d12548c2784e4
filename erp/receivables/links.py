"""Where the rows of a report lead."""

from datetime import date
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse


def party_statement(party_id: int, on: date) -> str:
    """The customer's statement up to a day, or the empty string where there are no pages."""
    try:
        address = reverse("erp:report_customer_statement")
    except NoReverseMatch:
        return ""
    return f"{address}?{urlencode({'customer': party_id, 'starts_on': on.replace(month=1, day=1).isoformat(), 'ends_on': on.isoformat()})}"
