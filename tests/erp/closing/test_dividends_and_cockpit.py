"""Dividends (CLS-2, CLS-3), waivers on record, and the cockpit that names what is wrong."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from erp.banking.models import BankAccount
from erp.banking.services import enter_statement_line
from erp.closing.models import ClosingWaiver, Dividend
from erp.closing.reports import close_cockpit
from erp.closing.selectors import checklist
from erp.closing.services import close_period, declare_dividend, pay_dividend
from erp.ledger.models import Account, Journal, JournalEntry
from erp.ledger.services import EntryLine, post_entry
from erp.schedules.models import Accrual, ScheduledReversal
from suite.kernel.calendars.models import Period
from suite.kernel.documents.errors import Refusal
from tests.factories.base import make_user
from tests.factories.books import make_books, net_by_role
from tests.factories.trade import DAY, Trade
from tests.golden.postings import expected

pytestmark = pytest.mark.django_db


def march(company):
    return Period.objects.get(company=company, year__code="2026", number=3)


def post(company, actor, debit, credit, amount="50", on=DAY):
    return post_entry(
        company_id=company.pk, journal_kind="general", ledger_date=on, description="Guilty", actor=actor,
        lines=[EntryLine(debit, amount=Decimal(amount)), EntryLine(credit, amount=-Decimal(amount))])


class TestDividends:
    def test_cls_2_declared_and_cls_3_paid(self):
        company = make_books()
        actor = make_user(company)
        post(company, actor, "BANK", "RETAINED_EARNINGS", "300")
        dividend = Dividend.objects.create(company=company, declared_on=DAY, amount=Decimal(150))

        dividend = declare_dividend(dividend, actor=actor)
        assert net_by_role(dividend.entry) == expected("CLS-2")
        bank = BankAccount.objects.get(company=company, code="BANK")
        dividend = pay_dividend(dividend, actor=actor, bank_account_id=bank.pk, paid_on=DAY + timedelta(days=9))

        assert net_by_role(dividend.payment_entry) == expected("CLS-3")
        assert net_by_role(dividend.entry, dividend.payment_entry) == expected("CLS-2", "CLS-3")
        for attack in ("amount = 1", "status = 'draft'", "entry_id = NULL"):
            with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"UPDATE erp_dividend SET {attack}")

    def test_no_more_than_retained_earnings_hold(self):
        company = make_books()
        actor = make_user(company)
        dividend = Dividend.objects.create(company=company, declared_on=DAY, amount=Decimal(150))

        with pytest.raises(Refusal) as refusal:
            declare_dividend(dividend, actor=actor)

        assert (refusal.value.code, JournalEntry.objects.count(), Dividend.objects.get().status) == ("above_retained_earnings", 0, "draft")


def test_a_waiver_needs_a_reason_and_stays_on_record():
    company = make_books()
    actor = make_user(company)
    post(company, actor, "SUSPENSE", "BANK")

    with pytest.raises(Refusal) as refusal:
        close_period(march(company), actor=actor, waive=["suspense"])
    assert (refusal.value.field, march(company).status, ClosingWaiver.objects.count()) == ("reason", "open", 0)

    close_period(march(company), actor=actor, waive=["suspense"], reason="Payer asked")

    waiver = ClosingWaiver.objects.get()
    assert (waiver.check_name, waiver.reason, waiver.waived_by) == ("suspense", "Payer asked", actor)
    tile = next(tile for tile in close_cockpit(company_id=company.pk, period=march(company)).extra["tiles"] if tile["check"] == "suspense")
    assert tile["state"] == "waived"


def _suspense(trade):
    post(trade.company, trade.actor, "SUSPENSE", "BANK")


def _opening(trade):
    post(trade.company, trade.actor, "BANK", "OPENING_BALANCE_EQUITY")


def _clearing(trade):
    post(trade.company, trade.actor, "TRANSFER_CLEARING", "BANK")


def _draft_entry(trade):
    JournalEntry.objects.create(
        company=trade.company, journal=Journal.objects.get(company=trade.company, kind="general"), ledger_date=DAY, description="Typed")


def _draft_payment(trade):
    trade.payment("10")


def _statement_line(trade):
    enter_statement_line(bank_account=trade.bank, booked_on=DAY, amount=Decimal(7), actor=trade.actor, text="Who paid?")


def _draft_accrual(trade):
    Accrual.objects.create(company=trade.company, accrued_on=date(2026, 3, 31), amount=Decimal(80), description="Cleaning")


def _reversal(trade):
    entry = post(trade.company, trade.actor, "EXPENSE", "ACCRUED_EXPENSES", on=date(2026, 2, 28))
    ScheduledReversal.objects.create(company=trade.company, entry=entry, reverse_on=date(2026, 3, 1))


def _shipped(trade):
    trade.draft()
    trade.ship(on=date(2026, 2, 1))


def _tamper(trade, statement):
    """What no door of the suite allows: the owner of the tables with the guards off."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement, [trade.company.pk])
        cursor.execute("SET LOCAL session_replication_role = origin")


def _layers(trade):
    _tamper(trade, "UPDATE erp_stockvalue SET value = value + 1 WHERE id = (SELECT min(id) FROM erp_stockvalue WHERE company_id = %s)")


def _items(trade):
    trade.invoice(trade.line(kind="service"))
    _tamper(trade, "UPDATE erp_openitem SET open_amount = open_amount - 1 WHERE company_id = %s")


def _clearing_items(trade):
    trade.draft()
    trade.ship()
    _tamper(trade, "UPDATE erp_clearingitem SET amount = amount + 1 WHERE company_id = %s")


FAULTS = {
    "suspense": _suspense, "opening_balance": _opening, "clearing": _clearing, "draft_entries": _draft_entry, "draft_payments": _draft_payment,
    "statement_lines": _statement_line, "draft_schedules": _draft_accrual, "schedules": _reversal, "shipped_not_invoiced": _shipped, "stock": _layers,
    "open_items": _items, "clearing_items": _clearing_items,
}


@pytest.mark.parametrize("name", FAULTS)
def test_each_injected_fault_is_named_with_a_page_where_it_is_put_in_order(name):
    trade = Trade()
    before = {check.name for check in checklist(march(trade.company)) if not check.is_in_order}

    FAULTS[name](trade)

    guilty = {check.name: check.findings for check in checklist(march(trade.company)) if not check.is_in_order}
    assert name in guilty, guilty
    assert name not in before
    assert all(finding.text for finding in guilty[name])
    assert any(finding.url for finding in guilty[name]) or name == "shipped_not_invoiced", guilty[name]


def test_the_cockpit_page_and_its_endpoint(client):
    trade = Trade()
    _suspense(trade)
    client.force_login(make_user(trade.company, "finance"))

    page = client.get(f"/erp/reports/close-cockpit/?period={march(trade.company).pk}")
    answer = client.get(f"/api/v1/erp/reports/close-cockpit/?period={march(trade.company).pk}")

    assert page.status_code == 200
    assert "Suspense account is not zero" in page.content.decode()
    assert any(row["state"] == "open" and "Suspense" in row["name"] for row in answer.json()["rows"])
    assert Account.objects.exists()
