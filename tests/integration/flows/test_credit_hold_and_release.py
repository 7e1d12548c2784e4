"""An order above the customer's credit waits, with nothing behind it, until money comes in or somebody decides."""

from decimal import Decimal

import pytest

from crm.orders.services import LineChange, amend_order, release_order
from erp.banking.models import BankAccount
from erp.receivables.services import draft_payment, post_payment, reverse_payment
from tests.factories.base import make_customer
from tests.factories.journeys import SHIPPED_ON


@pytest.fixture
def careful(trade):
    """A customer with credit for one order of five and not for two."""
    return make_customer(trade.company, credit_limit=Decimal(200))


def pay(trade, customer, amount: str):
    payment = draft_payment(
        company_id=trade.company.pk, customer_id=customer.pk, amount=Decimal(amount), paid_on=SHIPPED_ON, currency_id=trade.company.currency_id,
        bank_account_id=BankAccount.objects.get(company=trade.company, code="BANK").pk, actor=trade.boss,
    )
    return post_payment(payment, actor=trade.boss)


def has_nothing_behind_it(trade, order) -> bool:
    return (trade.reserved(order), trade.shipments(order), trade.invoices(order)) == ({}, [], [])


def has_three_documents(trade, order) -> bool:
    return (trade.reserved(order), trade.shipments(order), trade.invoices(order)) == (
        {"firm": Decimal(5)}, [("planned", [Decimal(5)])], [("invoice", "draft", Decimal("110.00"))],
    )


def test_an_order_above_the_limit_is_held_and_nothing_follows(trade, careful):
    first = trade.confirm(customer=careful)
    second = trade.confirm(customer=careful)
    assert has_three_documents(trade, first)
    assert (second.status, second.hold_reason) == ("on_hold", "credit")
    assert has_nothing_behind_it(trade, second)
    assert trade.committed() == Decimal("110.00")


def test_somebody_releases_it_and_the_documents_follow(trade, careful):
    trade.confirm(customer=careful)
    second = trade.confirm(customer=careful)
    release_order(second, actor=trade.boss, reason="An old customer.")
    trade.retry()
    assert trade.fresh(second).status == "confirmed"
    assert has_three_documents(trade, second)
    assert trade.committed() == Decimal("220.00")


def test_money_that_comes_in_releases_the_oldest_first_as_far_as_it_goes(trade, careful):
    first = trade.confirm(customer=careful)
    trade.dispatch(first)
    second = trade.confirm(customer=careful)
    third = trade.confirm(customer=careful)
    assert [trade.fresh(order).status for order in (second, third)] == ["on_hold", "on_hold"]
    pay(trade, careful, "110")
    trade.retry()
    assert [trade.fresh(order).status for order in (second, third)] == ["confirmed", "on_hold"]
    assert has_three_documents(trade, second)
    assert has_nothing_behind_it(trade, third)
    assert trade.fresh(first).payment_status == "paid"


def test_a_payment_that_bounces_holds_what_has_not_left(trade, careful):
    first = trade.confirm(customer=careful)
    trade.dispatch(first)
    payment = pay(trade, careful, "110")
    trade.retry()
    second = trade.confirm(customer=careful)
    assert has_three_documents(trade, second)
    reverse_payment(payment, actor=trade.boss, on=SHIPPED_ON, reason="Not covered.")
    trade.retry()
    assert trade.fresh(second).status == "on_hold"
    assert trade.reserved(second) == {}
    assert trade.stock() == (Decimal(95), Decimal(0))
    assert trade.fresh(first).payment_status == "unpaid"
    assert trade.ledger()["AR"] == Decimal(110)


def test_an_amendment_counts_what_is_invoiced_only_once(trade, careful):
    order = trade.confirm(customer=careful)
    trade.dispatch(order, {trade.product: 4})
    amend_order(order, actor=trade.boss, changes=[LineChange(trade.line(order).pk, None, Decimal(9))], reason="More, please.")
    trade.retry()
    assert trade.fresh(order).status == "confirmed"
    assert trade.committed() == Decimal("110.00")
    assert trade.ledger()["AR"] == Decimal("88.00")
