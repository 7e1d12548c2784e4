"""A dunning level that stops delivery holds orders, and payment lets them go."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from erp.banking.models import BankAccount
from erp.dunning.services import draft_dunning_run, post_dunning_run, propose_dunning_run, set_up_levels
from erp.receivables.models import OpenItem
from erp.receivables.services import draft_payment, post_payment
from integration.outbox.sweep import drain
from tests.factories.base import make_customer

LEVELS = ({"position": 1, "name": "Only and last", "days": 7, "stops_delivery": True},)
DUNNED_ON = date(2026, 5, 1)


@pytest.fixture
def debtor(trade):
    """A customer with an overdue invoice, and an order of which nothing has left."""
    trade.dispatch(trade.confirm())
    trade.waiting_order = trade.confirm()
    set_up_levels(company_id=trade.company.pk, actor=trade.boss, levels=LEVELS)
    return trade


def dun(trade):
    run = draft_dunning_run(company_id=trade.company.pk, as_of=DUNNED_ON, actor=trade.boss)
    post_dunning_run(propose_dunning_run(run, actor=trade.boss), actor=trade.boss)
    drain()


def test_orders_are_held_new_ones_too_until_it_is_paid(debtor):
    dun(debtor)

    assert debtor.statuses(debtor.waiting_order)[0] == "on_hold"
    new = debtor.confirm()
    assert (new.status, new.hold_reason, "Delivery is stopped" in new.hold_message) == ("on_hold", "credit", True)

    item = OpenItem.objects.get(company=debtor.company, kind="invoice")
    payment = draft_payment(
        company_id=debtor.company.pk, customer_id=debtor.customer.pk, bank_account_id=BankAccount.objects.get(company=debtor.company, code="BANK").pk,
        amount=Decimal(110), paid_on=DUNNED_ON + timedelta(days=3), currency_id="EUR", actor=debtor.boss)
    post_payment(payment, actor=debtor.boss, allocations=[(item.pk, Decimal(110))])
    drain()

    assert {debtor.statuses(order)[0] for order in (debtor.waiting_order, new)} == {"confirmed"}


def test_other_customers_and_dispatched_orders_go_on(debtor):
    other = debtor.confirm(customer=make_customer(debtor.company, name="Other"))

    dun(debtor)

    assert debtor.statuses(other)[0] == "confirmed"
