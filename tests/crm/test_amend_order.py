"""Changing an order after confirmation."""

from decimal import Decimal as D

import pytest
from django.db import IntegrityError, connection, transaction

from crm.orders.models import Order, OrderLine, OrderRevision
from crm.orders.services import LineChange, amend_order, confirm_order, record_progress
from crm.orders.signals import CreditAnswer, order_amended
from suite.kernel.documents.errors import Refusal, TransitionNotAllowed
from tests.factories.base import make_company, make_product
from tests.factories.sales import answers, make_order


@pytest.fixture
def order(company, clerk):
    return confirm_order(make_order(company, actor=clerk), actor=clerk)


@pytest.fixture
def announced():
    heard = []

    def receive(document, act, **kwargs):
        heard.append((document.status, document.revision, dict(act.payload)))

    order_amended.connect(receive)
    yield heard
    order_amended.disconnect(receive)


def test_more_of_a_line_at_the_agreed_price_is_the_next_revision(company, clerk, order, announced):
    line = order.lines.get()
    line.product.list_price = D("99")
    line.product.save()

    amended = amend_order(order, actor=clerk, changes=[LineChange(line.pk, None, D(8))], reason="Customer called")

    line.refresh_from_db()
    assert (line.quantity, line.unit_price, line.net) == (D(8), D(20), D("160.00"))
    assert (amended.revision, amended.net, amended.tax, amended.gross) == (1, D("160.00"), D("16.00"), D("176.00"))
    assert announced == [("confirmed", 1, {"revision": 1})]
    revision = OrderRevision.objects.get(order=order)
    assert (revision.revision, revision.reason, revision.actor) == (1, "Customer called", clerk)
    assert (revision.before["gross"], revision.after["gross"]) == ("110", "176")
    assert (revision.before["lines"][0]["quantity"], revision.after["lines"][0]["quantity"]) == ("5", "8")


def test_a_new_line_is_priced_taxed_and_promised(company, clerk, order):
    cup = make_product(company, "CUP", list_price=D("3.50"))

    amended = amend_order(order, actor=clerk, changes=[LineChange(None, cup.pk, D(2))], reason="Cups too")

    line = amended.lines.get(product=cup)
    assert (line.position, line.unit_price, line.net, line.price_rule) == (2, D("3.50"), D("7.00"), "list price 3.5")
    assert line.promised_on is not None
    assert (amended.net, amended.tax, amended.gross) == (D("107.00"), D("10.70"), D("117.70"))


def test_a_line_taken_out_stays_on_record_with_quantity_zero(company, clerk):
    order = confirm_order(make_order(company, actor=clerk, lines=[(make_product(company), 1), (make_product(company), 2)]), actor=clerk)
    first, second = order.lines.order_by("position")

    amended = amend_order(order, actor=clerk, changes=[LineChange(first.pk, first.product_id, D(0))], reason="Not needed")

    assert [(line.quantity, line.net) for line in amended.lines.order_by("position")] == [(D(0), D("0.00")), (D(2), D("40.00"))]
    assert amended.gross == D("44.00")


def test_a_new_price_is_by_hand(company, clerk, order):
    line = order.lines.get()

    amend_order(order, actor=clerk, changes=[LineChange(line.pk, None, D(5), unit_price=D(18))], reason="Agreed")

    line.refresh_from_db()
    assert (line.unit_price, line.price_is_manual, line.price_rule) == (D(18), True, "by hand, amended")


def test_below_what_was_shipped_is_refused(company, clerk, order):
    line = order.lines.get()
    record_progress(order_id=order.pk, shipped={line.pk: D(3)}, actor=clerk)

    with pytest.raises(Refusal, match="3 have been shipped, 2 is less; nothing was changed") as refused:
        amend_order(order, actor=clerk, changes=[LineChange(line.pk, None, D(2))], reason="Less")

    assert (refused.value.field, refused.value.code) == ("changes", "below_shipped")
    line.refresh_from_db()
    assert line.quantity == D(5)
    assert not OrderRevision.objects.exists()
    assert amend_order(order, actor=clerk, changes=[LineChange(line.pk, None, D(3))], reason="Only those").delivery_status == "full"


@pytest.mark.parametrize(("change", "words"), [
    (lambda line, other: LineChange(line.pk, None, D(5)), "Nothing was changed"),
    (lambda line, other: LineChange(line.pk, None, D(0)), "Nothing would be left"),
    (lambda line, other: LineChange(line.pk, None, D(-1)), "enter a quantity of zero or more"),
    (lambda line, other: LineChange(line.pk, None, D(5), unit_price=D(-1)), "a price is not below zero"),
    (lambda line, other: LineChange(line.pk, other.pk, D(5)), "its product cannot be changed"),
    (lambda line, other: LineChange(None, other.pk, D(1)), "there is no such product"),
    (lambda line, other: LineChange(999_999, None, D(1)), "is not a line of"),
])
def test_what_cannot_be_is_refused_and_nothing_changes(company, clerk, order, change, words):
    line, foreign = order.lines.get(), make_product(make_company())

    with pytest.raises(Refusal, match=words):
        amend_order(order, actor=clerk, changes=[change(line, foreign)], reason="Try")

    order.refresh_from_db()
    assert (order.revision, order.gross, order.lines.count()) == (0, D("110.00"), 1)
    assert not OrderRevision.objects.exists()


def test_the_reason_must_be_given(company, clerk, order):
    with pytest.raises(Refusal, match="Say why the order is amended") as refused:
        amend_order(order, actor=clerk, changes=[LineChange(order.lines.get().pk, None, D(6))], reason="")

    assert refused.value.field == "reason"


def test_an_increase_beyond_the_credit_limit_puts_the_order_on_hold(company, clerk, order, announced):
    line = order.lines.get()

    with answers(CreditAnswer(is_within=False, message="over the limit")):
        amended = amend_order(order, actor=clerk, changes=[LineChange(line.pk, None, D(50))], reason="Much more")

    assert (amended.status, amended.hold_reason, amended.hold_message) == ("on_hold", "credit", "over the limit")
    assert announced == [("on_hold", 1, {"revision": 1, "held": True})]


def test_a_decrease_never_puts_the_order_on_hold(company, clerk, order):
    line = order.lines.get()

    with answers(CreditAnswer(is_within=False, message="over the limit")):
        amended = amend_order(order, actor=clerk, changes=[LineChange(line.pk, None, D(4))], reason="Less")

    assert (amended.status, amended.hold_reason) == ("confirmed", "")


def test_a_draft_is_edited_not_amended(company, clerk):
    order = make_order(company, actor=clerk)

    with pytest.raises(TransitionNotAllowed):
        amend_order(order, actor=clerk, changes=[], reason="x")


def test_the_database_refuses_to_change_what_an_amendment_recorded(company, clerk, order):
    amend_order(order, actor=clerk, changes=[LineChange(order.lines.get().pk, None, D(6))], reason="More")

    with pytest.raises(IntegrityError, match="never changed or deleted"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE crm_orderrevision SET reason = 'other'")

    assert OrderRevision.objects.get().reason == "More"
    assert Order.objects.get(pk=order.pk).revision == 1
    assert OrderLine.objects.get(order=order).quantity == D(6)
