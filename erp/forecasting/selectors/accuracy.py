"""Earlier forecasts held against what came."""

from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.db import connection

from erp.forecasting.models import CashForecastWeek
from erp.ledger.models import AccountAssignment
from erp.ledger.reports.cash import cash_accounts
from erp.ledger.roles import AccountRole
from suite.kernel.money.rules import ZERO

# Per entry what it did to bank, cash and what is on its way together: moving money between own accounts, or its arrival on a statement, is neither
# receipt nor payment.
_MOVEMENTS = """
    SELECT ledger_date, sum(greatest(amount, 0)), sum(greatest(-amount, 0)) FROM (
        SELECT l.ledger_date, l.entry_id, sum(l.debit - l.credit) AS amount FROM erp_journalline l JOIN erp_journalentry e ON e.id = l.entry_id
         WHERE l.company_id = %(company)s AND l.account_id = ANY (%(cash)s) AND l.ledger_date BETWEEN %(first)s AND %(last)s AND e.status = 'posted'
         GROUP BY 1, 2
    ) moved GROUP BY 1 ORDER BY 1"""


class Comparison(NamedTuple):
    """The first `weeks` weeks of a forecast, and what came in them."""

    made_on: date
    weeks: int
    ends_on: date
    receipts: Decimal
    payments: Decimal
    closing: Decimal
    came: Decimal
    went: Decimal
    balance: Decimal


def accounts_under_way(company_id: int) -> set[int]:
    """The accounts of payments that are booked and not on a statement yet."""
    roles = (AccountRole.OUTSTANDING_RECEIPTS, AccountRole.OUTSTANDING_PAYMENTS)
    return set(AccountAssignment.objects.filter(company_id=company_id, role__in=roles).values_list("account_id", flat=True))


def movements(company_id: int, first: date, last: date) -> dict[date, tuple[Decimal, Decimal]]:
    """{day: (received, paid)} by the books, when it was booked; company currency; days without movement are missing."""
    cash = cash_accounts(company_id) | accounts_under_way(company_id)
    with connection.cursor() as cursor:
        cursor.execute(_MOVEMENTS, {"company": company_id, "cash": sorted(cash), "first": first, "last": last})
        return {day: (came, went) for day, came, went in cursor.fetchall()}


def comparisons(company_id: int, on: date, horizons: tuple[int, ...]) -> list[Comparison]:
    """Every forecast whose first `horizons` weeks are over at a day, newest first; receipts and payments of those weeks together."""
    rows = list(
        CashForecastWeek.objects.filter(company_id=company_id, forecast__made_on__lt=on, ends_on__lte=on, week__lte=max(horizons))
        .order_by("-forecast__made_on", "week").values_list("forecast__made_on", "forecast__opening", "week", "ends_on", "receipts", "payments", "closing")
    )
    if not rows:
        return []
    moved = movements(company_id, min(row[0] for row in rows) + timedelta(days=1), on)
    found, sums = [], (ZERO, ZERO)
    for made_on, opening, week, ends_on, receipts, payments, closing in rows:
        expected_in, expected_out = (receipts, payments) if week == 1 else (sums[0] + receipts, sums[1] + payments)
        sums = (expected_in, expected_out)
        if week in horizons:
            days = [moved[day] for day in _days(made_on, ends_on) if day in moved]
            came, went = sum((day[0] for day in days), ZERO), sum((day[1] for day in days), ZERO)
            found.append(Comparison(made_on, week, ends_on, expected_in, expected_out, closing, came, went, opening + came - went))
    return found


def _days(made_on: date, ends_on: date) -> list[date]:
    return [made_on + timedelta(days=number) for number in range(1, (ends_on - made_on).days + 1)]
