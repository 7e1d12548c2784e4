"""Money under real threads: payments, credit notes, numbers, periods, credit limits. A new company per repetition."""

from collections import Counter
from contextlib import suppress
from datetime import date
from decimal import Decimal
from functools import partial

import pytest
from django.db import transaction

from crm.orders.services import cancel_order, confirm_order
from erp.banking.models import BankAccount
from erp.closing.services import close_period
from erp.ledger.models import JournalEntry
from erp.ledger.roles import AccountRole
from erp.ledger.rules import EntryLine
from erp.ledger.selectors import trial_balance
from erp.ledger.services import post_entry
from erp.receivables.models import CustomerInvoice, CustomerPayment, OpenItem
from erp.receivables.services import credit_invoice, draft_payment, post_payment
from suite.kernel.calendars.models import Period
from suite.kernel.companies.models import Company
from suite.kernel.documents.errors import BusinessError
from suite.kernel.documents.work import in_unit_of_work
from tests.factories.base import make_customer
from tests.factories.journeys import ORDERED_ON, SHIPPED_ON, Trade
from tests.hammer.crossing import REPETITIONS, deadlocks, must_be_sound, settle

pytestmark = [pytest.mark.hammer, pytest.mark.django_db(transaction=True)]
CHECKS = ("draft_entries", "draft_payments", "statement_lines", "suspense", "opening_balance", "shipped_not_invoiced", "stock")


def payment_of(trade: Trade, amount: str) -> CustomerPayment:
    return draft_payment(
        company_id=trade.company.pk, customer_id=trade.customer.pk, amount=Decimal(amount), paid_on=SHIPPED_ON,
        currency_id=trade.company.currency_id, bank_account_id=BankAccount.objects.get(company=trade.company, code="BANK").pk, actor=trade.boss,
    )


def invoiced(trade: Trade) -> tuple:
    """An order that is invoiced with 110.00: the order, its invoice, its open item."""
    order = trade.confirm()
    invoice = CustomerInvoice.objects.get(order_key=order.key, status="posted")
    return order, invoice, OpenItem.objects.get(document_key=invoice.key, kind="invoice")


def errors_of(outcomes) -> list[BaseException]:
    return [outcome.error for outcome in outcomes if outcome.error is not None]


def test_two_payments_at_once_never_pay_more_than_the_invoice(race):
    """Both name the same open item with 80.00 of its 110.00: one of them is refused."""
    before = deadlocks()
    for _repetition in range(REPETITIONS):
        trade = Trade(invoice_policy=Company.InvoicePolicy.AT_ORDER)
        _order, _invoice, item = invoiced(trade)
        payments = [payment_of(trade, "80") for _ in range(2)]
        outcomes = race(*(
            partial(post_payment, payment, actor=trade.boss, allocations=[(item.pk, Decimal(80))]) for payment in payments
        ))
        assert [isinstance(error, BusinessError) for error in errors_of(outcomes)] == [True]
        item.refresh_from_db()
        assert item.open_amount == Decimal(30)
        assert Counter(CustomerPayment.objects.filter(company=trade.company).values_list("status", flat=True)) == {"posted": 1, "draft": 1}
        assert trade.ledger()["AR"] == Decimal(30)
    settle()
    must_be_sound(before)


def test_what_two_payments_bring_too_much_stays_the_customers_credit(race):
    before = deadlocks()
    for _repetition in range(REPETITIONS):
        trade = Trade(invoice_policy=Company.InvoicePolicy.AT_ORDER)
        _order, _invoice, item = invoiced(trade)
        payments = [payment_of(trade, "80") for _ in range(2)]
        outcomes = race(*(partial(post_payment, payment, actor=trade.boss) for payment in payments))
        assert errors_of(outcomes) == []
        item.refresh_from_db()
        assert item.open_amount == 0
        open_amounts = OpenItem.objects.filter(company=trade.company, kind="payment").order_by("open_amount").values_list("open_amount", flat=True)
        assert list(open_amounts) == [Decimal(-50), Decimal(0)]
        assert trade.ledger()["AR"] == Decimal(-50)
    settle()
    must_be_sound(before)


def test_payment_credit_note_and_cancelling_at_once_end_in_one_legal_state(race):
    before = deadlocks()
    for _repetition in range(REPETITIONS):
        trade = Trade(invoice_policy=Company.InvoicePolicy.AT_ORDER)
        order, invoice, item = invoiced(trade)
        payment = payment_of(trade, "110")

        def cancel(order=order, trade=trade) -> None:
            cancel_order(order, actor=trade.boss, reason="No longer wanted.")
            settle()

        outcomes = race(
            partial(post_payment, payment, actor=trade.boss), partial(credit_invoice, invoice, actor=trade.boss, reason="cancellation"), cancel,
        )
        assert all(isinstance(error, BusinessError) for error in errors_of(outcomes)), errors_of(outcomes)
        settle()
        assert trade.fresh(order).status == "cancelled"
        credited = sum(CustomerInvoice.objects.filter(order_key=order.key, kind="credit_note", status="posted").values_list("gross", flat=True))
        assert credited == Decimal(110)
        paid = Decimal(110) if CustomerPayment.objects.get(pk=payment.pk).status == "posted" else Decimal(0)
        assert paid == Decimal(110)
        assert trade.ledger() == {"AR": -paid, "OUTSTANDING_RECEIPTS": paid}
        assert trade.stock() == (Decimal(100), Decimal(0))
    settle()
    must_be_sound(before)


def test_numbers_of_two_journals_have_no_gap_and_follow_the_order_of_posting(race):
    """32 threads post into two journals; every third is rolled back after it had its number."""

    class TurnedBack(Exception):
        pass

    before = deadlocks()
    for _repetition in range(REPETITIONS):
        trade = Trade(stock=0)

        def post(number: int, trade: Trade = trade) -> None:
            kind = ("general", "sales")[number % 2]
            lines = [
                EntryLine(role=AccountRole.BANK if number % 2 else AccountRole.COGS, amount=Decimal(number + 1)),
                EntryLine(role=AccountRole.SHARE_CAPITAL, amount=-Decimal(number + 1)),
            ]
            with suppress(TurnedBack), transaction.atomic():
                in_unit_of_work(lambda: post_entry(
                    company_id=trade.company.pk, journal_kind=kind, ledger_date=ORDERED_ON, description=f"entry {number}", lines=lines,
                    actor=trade.boss, source_key=f"race/{number}",
                ), actor=trade.boss)
                if number % 3 == 0:
                    raise TurnedBack

        outcomes = race(*(partial(post, number) for number in range(32)))
        assert errors_of(outcomes) == []
        for kind in ("general", "sales"):
            entries = list(JournalEntry.objects.filter(company=trade.company, journal__kind=kind).order_by("sequence"))
            kept = sum(1 for number in range(32) if ("general", "sales")[number % 2] == kind and number % 3)
            assert [entry.sequence for entry in entries] == list(range(1, kept + 1))
            assert [entry.posted_at for entry in entries] == sorted(entry.posted_at for entry in entries)
            assert len({entry.number for entry in entries}) == kept
    must_be_sound(before, with_causes=False)


def test_a_period_that_is_closed_while_sixteen_post_into_it_does_not_move_any_more(race):
    before = deadlocks()
    for _repetition in range(REPETITIONS):
        trade = Trade(stock=0)
        period = Period.objects.get(company=trade.company, starts_on=date(2026, 3, 1), is_closing=False)

        def balance(trade: Trade = trade) -> list[tuple]:
            return [(row.account.code, row.closing) for row in trial_balance(trade.company.pk, date(2026, 3, 31))]

        def post(number: int, trade: Trade = trade) -> None:
            for again in range(3):
                in_unit_of_work(lambda again=again: post_entry(
                    company_id=trade.company.pk, journal_kind="general", ledger_date=ORDERED_ON, description="race", actor=trade.boss,
                    source_key=f"race/{number}/{again}", lines=[
                        EntryLine(role=AccountRole.BANK, amount=Decimal(1)), EntryLine(role=AccountRole.SHARE_CAPITAL, amount=Decimal(-1))],
                ), actor=trade.boss)

        def close(period: Period = period, trade: Trade = trade, balance=balance) -> list[tuple]:
            close_period(period, actor=trade.boss, waive=CHECKS, reason="End of March.")
            return balance()

        *posted, closed = race(*(partial(post, number) for number in range(16)), close)
        assert closed.error is None, closed.error
        assert all(isinstance(error, BusinessError) for error in errors_of(posted)), errors_of(posted)
        assert balance() == closed.value
        entries = JournalEntry.objects.filter(company=trade.company, status="posted").count()
        assert balance() == ([("1010", Decimal(entries)), ("2900", Decimal(-entries))] if entries else []) or sum(row[1] for row in balance()) == 0
        assert JournalEntry.objects.filter(company=trade.company).exclude(status="posted").count() == 0
    must_be_sound(before, with_causes=False)




def test_eight_orders_at_once_never_exceed_the_credit_limit(race):
    before = deadlocks()
    for _repetition in range(REPETITIONS):
        trade = Trade()
        customer = make_customer(trade.company, credit_limit=Decimal(250))
        orders = [trade.draft(customer=customer) for _ in range(8)]
        outcomes = race(*(partial(confirm_order, order, actor=trade.boss) for order in orders))
        assert errors_of(outcomes) == []
        settle()
        assert Counter(trade.fresh(order).status for order in orders) == {"confirmed": 2, "on_hold": 6}
        assert trade.committed() == Decimal(220)
        assert trade.stock() == (Decimal(100), Decimal(10))
    must_be_sound(before)
