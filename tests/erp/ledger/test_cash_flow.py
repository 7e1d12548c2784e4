"""The cash flow, by both methods, is the change in bank and cash, whatever was posted."""

import random
from datetime import date
from decimal import Decimal

import pytest

from erp.closing.services import close_year
from erp.ledger.models import JournalLine
from erp.ledger.reports import cash_flow
from erp.ledger.services import EntryLine, post_entry
from suite.kernel.calendars.models import FiscalYear
from tests.erp.ledger.test_known_at import post_some
from tests.factories.base import make_user
from tests.factories.books import make_books
from tests.factories.trade import Trade

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alone")]


def change_in_cash(company, start, end):
    lines = JournalLine.objects.filter(company=company, ledger_date__range=(start, end), account__code__in=("1000", "1010"))
    return sum((line.debit - line.credit for line in lines), Decimal(0))


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_both_methods_give_the_change_in_cash_of_random_books(seed):
    company = make_books()
    post_some(company, make_user(company), random.Random(seed), 40)
    for start, end in ((date(2026, 1, 1), date(2026, 12, 31)), (date(2026, 4, 1), date(2026, 6, 30)), (date(2025, 1, 1), date(2025, 12, 31))):
        expected = change_in_cash(company, start, end)
        for method in ("direct", "indirect"):
            table = cash_flow(company_id=company.pk, starts_on=start, ends_on=end, method=method)
            assert table.totals["amount"] == expected == table.extra["closing"] - table.extra["opening"], method


def test_a_year_of_trade_reads_as_what_it_was():
    trade = Trade(stock=((100, "10"),))
    trade.draft()
    trade.ship()
    trade.invoice_shipment()
    trade.pay("110", cash=True)
    for debit, credit, amount in (("EXPENSE", "BANK", 80), ("CWIP", "BANK", 30), ("BANK", "SHARE_CAPITAL", 500)):
        post_entry(
            company_id=trade.company.pk, journal_kind="general", ledger_date=date(2026, 4, 2), description="Paid", actor=trade.actor,
            lines=[EntryLine(debit, amount=Decimal(amount)), EntryLine(credit, amount=Decimal(-amount))],
        )
    year = {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 12, 31)}

    direct = cash_flow(company_id=trade.company.pk, method="direct", **year)
    totals = {row["name"]: row["amount"] for row in direct.rows if row.get("is_total")}
    assert totals == {"Total Operating": 30, "Total Investing": -30, "Total Financing": 500, "Bank and cash at the end": 500}

    before = cash_flow(company_id=trade.company.pk, method="indirect", **year)
    close_year(year=FiscalYear.objects.get(company=trade.company, code="2026"), actor=trade.actor)
    after = cash_flow(company_id=trade.company.pk, method="indirect", **year)
    assert after.totals["amount"] == before.totals["amount"] == 500
    assert [row["amount"] for row in after.rows if row["name"] == "Result"] == [1000 + 100 - 50 - 80]
