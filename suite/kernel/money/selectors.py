"""What a currency is worth."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db import connection
from django.utils.translation import gettext as _

from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.statements import kept
from suite.kernel.money.rules import Conversion

_RATE = """
    SELECT k.code, k.digits, c.currency_id, b.digits, r.rate, r.valid_from FROM kernel_company c JOIN kernel_currency b ON b.code = c.currency_id
      JOIN kernel_currency k ON k.code = %s
      LEFT JOIN LATERAL (SELECT x.rate, x.valid_from FROM kernel_exchangerate x WHERE x.company_id = c.id AND x.currency_id = k.code AND x.valid_from <= %s
                          ORDER BY x.valid_from DESC LIMIT 1) r ON true
     WHERE c.id = %s"""


class QuotedRate(NamedTuple):
    """Company currency per unit of a foreign currency, and the day from which it holds (None: the company's own currency)."""

    rate: Decimal
    valid_from: date | None


def rate_on(*, company_id: int, currency_id: str, on: date) -> Decimal:
    """Company currency per unit of a foreign currency on a day: the last rate entered for that day or before. 1 for the company's own.

    Raises Refusal(code="rate_missing", field="currency") naming currency and date.
    """
    return conversion(company_id=company_id, currency_id=currency_id, on=on).rate


def conversion(*, company_id: int, currency_id: str, on: date) -> Conversion:
    """How amounts of a currency become company currency on a day. Raises Refusal(code="rate_missing", field="currency")."""
    found = _read(company_id, currency_id, on)
    if found is None:
        raise Refusal(
            _("There is no exchange rate of %(currency)s for %(day)s; nothing was posted.") % {"currency": currency_id, "day": on},
            field="currency", code="rate_missing",
            hint=_("Enter the rate of %(currency)s for that day, or one before it, under Exchange rates.") % {"currency": currency_id},
        )
    return found[0]


def quoted_rate(*, company_id: int, currency_id: str, on: date) -> QuotedRate | None:
    """The rate of a day for showing, with the day it was entered for; None where there is none."""
    found = _read(company_id, currency_id, on)
    return found and QuotedRate(found[0].rate, found[1])


def _read(company_id: int, currency_id: str, on: date) -> tuple[Conversion, date | None] | None:
    with connection.cursor() as cursor:
        cursor.execute(kept(_RATE), [str(currency_id), on, company_id])
        row = cursor.fetchone()
    if row is None:
        return None
    code, digits, books, books_digits, rate, valid_from = row
    if code == books:
        return Conversion(code, Decimal(1), digits, books_digits, is_foreign=False), None
    return (Conversion(code, rate, digits, books_digits), valid_from) if rate is not None else None
