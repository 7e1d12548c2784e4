"""Stock that comes in goes to the orders that wait, earliest wish first, and the warehouse hears of it."""

from datetime import date
from decimal import Decimal

import pytest

from crm.orders.services import cancel_order
from scm.shipping.models import ReadyGoods
from scm.shipping.services import return_shipment_to_sender
from tests.factories.base import make_product
from tests.factories.journeys import SHIPPED_ON


@pytest.fixture
def scarce(trade):
    product = make_product(trade.company)
    trade.receive(product, 2)
    trade.retry()
    return product


def ready(order) -> Decimal:
    return sum(ReadyGoods.objects.filter(order_key=order.key).values_list("quantity", flat=True), Decimal(0))


def test_a_waiting_order_gets_what_arrives(trade, scarce):
    order = trade.confirm((scarce, 5))
    assert (trade.reserved(order), ready(order)) == ({"firm": Decimal(2), "planned": Decimal(3)}, Decimal(2))
    trade.receive(scarce, 2)
    assert trade.reserved(order) == {"firm": Decimal(2), "planned": Decimal(3)}
    trade.retry()
    assert (trade.reserved(order), ready(order)) == ({"firm": Decimal(4), "planned": Decimal(1)}, Decimal(4))
    trade.receive(scarce, 10)
    trade.retry()
    assert (trade.reserved(order), ready(order)) == ({"firm": Decimal(5)}, Decimal(5))
    assert trade.stock(scarce) == (Decimal(14), Decimal(5))


def test_the_earliest_wish_is_served_first(trade, scarce):
    trade.confirm((scarce, 2))
    late = trade.confirm((scarce, 3), requested_on=date(2026, 5, 1))
    soon = trade.confirm((scarce, 3), requested_on=date(2026, 4, 1))
    trade.receive(scarce, 4)
    trade.retry()
    assert trade.reserved(soon) == {"firm": Decimal(3)}
    assert trade.reserved(late) == {"firm": Decimal(1), "planned": Decimal(2)}


def test_what_a_cancelled_order_held_goes_to_who_waits(trade, scarce):
    holder = trade.confirm((scarce, 2))
    waiter = trade.confirm((scarce, 1))
    assert trade.reserved(waiter) == {"planned": Decimal(1)}
    cancel_order(holder, actor=trade.boss, reason="Not wanted.")
    trade.retry()
    assert trade.reserved(waiter) == {"firm": Decimal(1)}
    assert trade.stock(scarce) == (Decimal(2), Decimal(1))


def test_goods_that_come_back_serve_who_waits(trade, scarce):
    first = trade.confirm((scarce, 2))
    waiter = trade.confirm((scarce, 2))
    assert trade.reserved(waiter) == {"planned": Decimal(2)}
    shipment = trade.dispatch(first)
    return_shipment_to_sender(shipment, actor=trade.boss, returned_on=SHIPPED_ON)
    trade.retry()
    assert trade.reserved(waiter) == {"firm": Decimal(2)}
