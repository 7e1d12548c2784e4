"""How many statements a report or a posting sends does not depend on how much there is."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from erp.ledger.models import Account, Journal, JournalEntry, JournalLine
from erp.ledger.reports import balance_sheet, cash_flow, profit_and_loss, trial_balance
from erp.ledger.services import post_manual_entry
from erp.payables.reports import aged_payables
from erp.receivables.reports import aged_receivables, open_items
from tests.factories.trade import DAY, Trade

pytestmark = pytest.mark.django_db
YEAR = {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 12, 31)}
ON = {"on": date(2026, 12, 31)}
REPORTS = {
    "trial balance": (trial_balance, ON), "balance sheet": (balance_sheet, ON), "profit and loss": (profit_and_loss, YEAR), "cash flow": (cash_flow, YEAR),
    "aged receivables": (aged_receivables, ON), "aged payables": (aged_payables, ON), "open items": (open_items, ON),
}


def statements(act) -> int:
    with CaptureQueriesContext(connection) as seen:
        act()
    return len(seen)


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("known", [False, True], ids=["now", "known at"])
def test_a_report_over_more_sends_no_more(planned_anew, name, known):
    report, asked = REPORTS[name]
    trade = Trade(stock=())
    more = {"known_at": None}
    if known:
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            more = {"known_at": cursor.fetchone()[0]}
    counts = []
    for number in (1, 15):
        for day in range(number):
            trade.invoice(trade.line(kind="service"), on=DAY + timedelta(days=day))
            trade.pay("60", on=DAY + timedelta(days=day))
        counts.append(statements(lambda: report(company_id=trade.company.pk, **asked, **more)))
    assert counts[-1] == counts[-2] <= 12


def test_an_entry_of_more_lines_is_posted_with_no_more(planned_anew):
    trade = Trade(stock=())
    counts = []
    for lines in (2, 2, 40):  # the first also reads what a session keeps
        entry = JournalEntry.objects.create(
            company=trade.company, journal=Journal.objects.get(company=trade.company, kind="general"), ledger_date=DAY, description="By hand",
            created_by=trade.actor)
        accounts = [Account.objects.get(company=trade.company, code=code) for code in ("1010", "6100")]
        JournalLine.objects.bulk_create(
            JournalLine(
                company=trade.company, entry=entry, position=position, account=accounts[position % 2], debit=5 * (position % 2),
                credit=5 * (1 - position % 2))
            for position in range(1, lines + 1))
        counts.append(statements(lambda entry=entry: post_manual_entry(entry, actor=trade.actor)))
    assert counts[-1] == counts[-2] <= 12
