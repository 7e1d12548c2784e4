"""The reports of a small year, worked by hand.

January 5: 100 units at 10.00 counted in (inventory 1,000 against inventory differences -1,000).
March 10: five units shipped and invoiced at 20.00 and 10 % tax, 110 paid to cash. April 2: rent 80 from the bank.
May 1: five more units invoiced in advance (110), not paid.
"""

from datetime import date
from decimal import Decimal

import pytest

from erp.closing.services import close_year
from erp.ledger.models import Account
from erp.ledger.reports import balance_sheet, general_ledger, journal, profit_and_loss, trial_balance
from erp.ledger.services import EntryLine, post_entry, roll_up_balances
from erp.receivables.reports import aged_receivables, customer_statement, open_items
from suite.kernel.calendars.models import FiscalYear
from tests.factories.trade import DAY, Trade

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alone")]
END = date(2026, 12, 31)


@pytest.fixture
def trade():
    trade = Trade(stock=((100, "10"),))
    trade.draft()
    trade.ship()
    trade.invoice_shipment()
    trade.pay("110", cash=True)
    post_entry(
        company_id=trade.company.pk, journal_kind="general", ledger_date=date(2026, 4, 2), description="Rent", actor=trade.actor,
        lines=[EntryLine("EXPENSE", amount=Decimal(80)), EntryLine("BANK", amount=Decimal(-80))],
    )
    trade.prepaid = trade.draft(trade.line(key="crm.orderline:9"), order="crm.order:9", issue_on=date(2026, 5, 1))
    return trade


def amounts(table, name="amount"):
    return {row.get("code") or row["name"]: row[name] for row in table.rows if row.get(name)}


@pytest.mark.parametrize("is_rolled_up", [False, True])
def test_trial_balance(trade, is_rolled_up):
    if is_rolled_up:
        roll_up_balances()

    table = trial_balance(company_id=trade.company.pk, on=END)

    assert amounts(table, "closing") == {
        "1000": 110, "1010": -80, "1100": 110, "1200": 950, "2200": -100, "2300": -20, "4000": -100, "5000": 50, "5200": -1000, "6100": 80}
    assert table.totals["debit"] == table.totals["credit"] == 1000 + 50 + 110 + 50 + 110 + 80 + 110
    assert table.totals["closing"] == 0


def test_trial_balance_of_a_time_has_what_was_before(trade):
    table = trial_balance(company_id=trade.company.pk, on=date(2026, 3, 31), starts_on=date(2026, 3, 1))

    assert amounts(table, "opening") == {"1200": 1000, "5200": -1000}
    assert amounts(table, "closing") == {"1000": 110, "1200": 950, "2300": -10, "4000": -100, "5000": 50, "5200": -1000}


def test_profit_and_loss_leaves_the_year_end_entry_out(trade):
    close_year(year=FiscalYear.objects.get(company=trade.company, code="2026"), actor=trade.actor)

    table = profit_and_loss(company_id=trade.company.pk, starts_on=date(2026, 1, 1), ends_on=END)

    assert amounts(table) == {
        "4000": 100, "Total income": 100, "5000": -50, "5200": 1000, "6100": -80, "Total expense": 870}
    assert table.totals["amount"] == 970


def test_balance_sheet_is_balanced_with_the_result_and_nets_unpaid_prepaid_invoices(trade):
    table = balance_sheet(company_id=trade.company.pk, on=END)

    assert amounts(table) == {
        "1000": 110, "1010": -80, "1100": 10, "1200": 950, "Total assets": 990,
        "2300": 20, "Total liabilities": 20, "Result of the year so far": 970, "Total equity": 970}
    assert table.totals["amount"] == 0
    assert "100.00" in table.note


def test_balance_sheet_after_closing_has_retained_earnings(trade):
    close_year(year=FiscalYear.objects.get(company=trade.company, code="2026"), actor=trade.actor)

    found = amounts(balance_sheet(company_id=trade.company.pk, on=END))

    assert (found["3100"], found.get("Result of the year so far"), found["Total equity"]) == (970, None, 970)


def test_journal_and_general_ledger(trade):
    table = journal(company_id=trade.company.pk, starts_on=DAY, ends_on=DAY)
    assert [(row["number"], row["code"], row["debit"], row["credit"]) for row in table.rows] == [
        ("STK-2026-00002", "1200", 0, 50), ("STK-2026-00002", "1270", 50, 0),
        ("INV-2026-00001", "1100", 110, 0), ("INV-2026-00001", "5000", 50, 0), ("INV-2026-00001", "1270", 0, 50),
        ("INV-2026-00001", "4000", 0, 100), ("INV-2026-00001", "2300", 0, 10), ("BNK-2026-00001", "1000", 110, 0), ("BNK-2026-00001", "1100", 0, 110)]
    assert table.totals["debit"] == table.totals["credit"] == 320

    account = Account.objects.get(company=trade.company, code="1100")
    table = general_ledger(company_id=trade.company.pk, account=account, starts_on=date(2026, 3, 1), ends_on=END)
    assert [row["balance"] for row in table.rows] == [0, 110, 0, 110]
    assert table.totals["balance"] == 110


def test_aged_receivables_as_they_stood(trade):
    late = trade.invoice(trade.line("10", "10", kind="service"), on=date(2026, 1, 10), payment_term_id=trade.customer.payment_term_id)
    trade.pay("40", on=date(2026, 6, 1), allocations=[(trade.items(late)[0].pk, Decimal(40))])

    def at(on):
        (row,) = aged_receivables(company_id=trade.company.pk, on=on).rows
        return {age: row[age] for age in ("not_due", "to_30", "to_60", "to_90", "older", "total") if row[age]}

    assert at(date(2026, 2, 9)) == {"not_due": 110, "total": 110}
    assert at(date(2026, 2, 10)) == {"to_30": 110, "total": 110}
    assert at(date(2026, 5, 31)) == {"not_due": 110, "older": 110, "total": 220}
    assert at(date(2026, 6, 10)) == {"to_30": 110, "older": 70, "total": 180}


def test_statement_and_open_items(trade):
    statement = customer_statement(company_id=trade.company.pk, customer=trade.customer, starts_on=date(2026, 4, 1), ends_on=END)
    assert [(row["what"], row.get("debit"), row["balance"]) for row in statement.rows] == [("Opening balance", None, 0), ("Invoice", 110, 110)]

    table = open_items(company_id=trade.company.pk, on=END)
    assert [(row["number"], row["left"], row["days"]) for row in table.rows] == [(trade.prepaid.number, 110, 214)]
    assert table.totals["left"] == 110
