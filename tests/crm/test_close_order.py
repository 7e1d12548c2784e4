"""Closing an order short, and cancelling it."""

from decimal import Decimal as D

import pytest

from crm.orders.models import Order
from crm.orders.services import cancel_order, close_order_short, confirm_order, record_progress
from crm.orders.signals import order_cancelled, order_cancelling, order_closed_short
from suite.kernel.documents.errors import Refusal
from tests.factories.base import make_product
from tests.factories.sales import make_order


@pytest.fixture
def order(company, clerk):
    return confirm_order(make_order(company, actor=clerk), actor=clerk)


def test_the_rest_is_given_up_and_the_total_is_of_what_was_shipped(company, clerk, order):
    line = order.lines.get()
    record_progress(order_id=order.pk, shipped={line.pk: D(2)}, actor=clerk)
    heard = []
    receive = lambda document, act, **kwargs: heard.append((document.status, act.payload))  # noqa: E731
    order_closed_short.connect(receive)

    closed = close_order_short(order, actor=clerk, reason="Out of production")

    line.refresh_from_db()
    assert (line.quantity, line.cancelled_quantity, line.billed_quantity, line.open_quantity) == (D(5), D(3), D(2), D(0))
    assert (closed.status, closed.net, closed.tax, closed.gross) == ("closed_short", D("40.00"), D("4.00"), D("44.00"))
    assert (closed.delivery_status, closed.invoice_status) == ("full", "to_invoice")
    assert heard == [("closed_short", {"given_up": {line.pk: "3"}})]


def test_goods_that_left_while_the_order_was_closed_are_not_given_up_after_all(company, clerk, order):
    line = order.lines.get()
    close_order_short(order, actor=clerk, reason="Out of production")

    record_progress(order_id=order.pk, shipped={line.pk: D(2)}, actor=clerk)

    line.refresh_from_db()
    order.refresh_from_db()
    assert (line.cancelled_quantity, line.net) == (D(3), D("40.00"))
    assert (order.status, order.gross, order.delivery_status) == ("closed_short", D("44.00"), "full")


def test_a_fully_shipped_order_has_nothing_to_give_up(company, clerk, order):
    record_progress(order_id=order.pk, shipped={order.lines.get().pk: D(5)}, actor=clerk)

    with pytest.raises(Refusal, match="there is nothing to give up"):
        close_order_short(order, actor=clerk, reason="x")

    assert Order.objects.get(pk=order.pk).status == "confirmed"


def test_a_reason_must_be_given_to_close_short(company, clerk, order):
    with pytest.raises(Refusal, match="Say why the rest is given up") as refused:
        close_order_short(order, actor=clerk, reason="")

    assert refused.value.field == "reason"


def test_a_cancelled_order_keeps_number_and_totals(company, clerk, order):
    heard = []
    before = lambda document, act, **kwargs: heard.append("cancelling")  # noqa: E731
    after = lambda document, act, **kwargs: heard.append("cancelled")  # noqa: E731
    order_cancelling.connect(before)
    order_cancelled.connect(after)

    cancelled = cancel_order(order, actor=clerk, reason="Customer changed their mind")

    assert (cancelled.status, cancelled.number, cancelled.gross) == ("cancelled", order.number, D("110.00"))
    assert heard == ["cancelling", "cancelled"]


def test_an_order_of_which_anything_was_shipped_is_not_cancelled(company, clerk, order):
    record_progress(order_id=order.pk, shipped={order.lines.get().pk: D(1)}, actor=clerk)

    with pytest.raises(Refusal, match="have been shipped; it was not cancelled") as refused:
        cancel_order(order, actor=clerk)

    assert "Close the order short" in str(refused.value.hint)
    assert Order.objects.get(pk=order.pk).status == "confirmed"


def test_who_answers_cancelling_may_refuse(company, clerk, order):
    def refuse(document, act, **kwargs):
        raise Refusal("A parcel is on its way.")

    order_cancelling.connect(refuse)
    try:
        with pytest.raises(Refusal, match="A parcel is on its way."):
            cancel_order(order, actor=clerk)
    finally:
        order_cancelling.disconnect(refuse)

    assert Order.objects.get(pk=order.pk).status == "confirmed"


def test_services_invoiced_already_are_kept_when_the_order_is_closed_short(company, clerk):
    goods, service = make_product(company), make_product(company, kind="service", list_price=D(50))
    order = confirm_order(make_order(company, actor=clerk, lines=[(goods, 5), (service, 1)]), actor=clerk)
    goods_line, service_line = order.lines.order_by("position")
    record_progress(order_id=order.pk, shipped={goods_line.pk: D(1)}, invoiced={goods_line.pk: D(1), service_line.pk: D(1)}, actor=clerk)

    closed = close_order_short(order, actor=clerk, reason="Enough")

    assert [line.cancelled_quantity for line in closed.lines.order_by("position")] == [D(4), D(0)]
    assert (closed.net, closed.invoice_status) == (D("70.00"), "full")
