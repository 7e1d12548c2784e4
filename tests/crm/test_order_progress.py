"""What other suites report, and the statuses that follow."""

from decimal import Decimal as D

import pytest
from django.db import IntegrityError, transaction

from crm.orders.invariants import INVARIANTS
from crm.orders.models import Order, OrderLine
from crm.orders.rules import Counted, delivery_status, invoice_status, is_complete, to_bill
from crm.orders.services import complete_order, confirm_order, record_progress
from suite.kernel.audit.models import StatusChange
from suite.kernel.documents.errors import Refusal
from tests.factories.base import make_product, make_user
from tests.factories.sales import make_order


def goods(ordered, shipped=0, **counters):
    return Counted(True, D(ordered), D(shipped), **{name: D(value) for name, value in counters.items()})


def service(ordered, **counters):
    return Counted(False, D(ordered), **{name: D(value) for name, value in counters.items()})


@pytest.mark.parametrize(("lines", "status"), [
    ([], "none"),
    ([service(1)], "none"),
    ([goods(5)], "nothing"),
    ([goods(5), service(1)], "nothing"),
    ([goods(5, 2)], "partial"),
    ([goods(5, 5), goods(1, 0)], "partial"),
    ([goods(5, 5), goods(1, 1)], "full"),
    ([goods(5, 6)], "over"),
    ([goods(5, 6), goods(1, 0)], "partial"),
    ([goods(5, 5, returned=2)], "partial"),
    ([goods(5, 5, returned=5)], "nothing"),
    ([goods(5, 5, returned=5, invoiced=5, credited=5, settled=5)], "full"),
])
def test_delivery_follows_from_what_was_kept(lines, status):
    assert delivery_status(lines) == status


@pytest.mark.parametrize(("lines", "as_ordered", "status"), [
    ([], True, "none"),
    ([goods(5)], False, "none"),
    ([goods(5)], True, "to_invoice"),
    ([goods(5, 2)], False, "to_invoice"),
    ([goods(5, 2, invoiced=2)], False, "full"),
    ([goods(5, 5, invoiced=2)], False, "partial"),
    ([goods(5, invoiced=5)], True, "full"),
    ([goods(5, invoiced=5)], False, "full"),
    ([goods(5, 5, invoiced=6)], False, "over"),
    ([goods(5, 6, invoiced=6)], False, "full"),
    ([goods(5, 5, invoiced=5, credited=5)], False, "to_invoice"),
    ([goods(5, 5, invoiced=10, credited=5)], False, "full"),
    ([goods(5, 5, returned=5, invoiced=5, credited=5, settled=5)], False, "full"),
    ([service(1)], False, "to_invoice"),
    ([goods(5), service(1)], False, "none"),
    ([goods(5, 1, invoiced=1), service(1)], False, "partial"),
])
def test_invoicing_follows_from_what_was_invoiced_against_the_policy(lines, as_ordered, status):
    assert invoice_status(lines, as_ordered=as_ordered) == status


def test_a_charge_is_due_with_the_first_goods():
    assert to_bill([goods(5, 0), service(1)], as_ordered=False) == [D(0), D(0)]
    assert to_bill([goods(5, 2), service(1)], as_ordered=False) == [D(2), D(1)]


def test_complete_is_delivered_and_invoiced_not_returned_for_replacement():
    assert is_complete([goods(5, 5, invoiced=5), service(1, invoiced=1)])
    assert not is_complete([goods(5, 5, invoiced=4)])
    assert not is_complete([goods(5, 5, invoiced=5, returned=1)])
    assert not is_complete([])


@pytest.fixture
def order(company, clerk):
    return confirm_order(make_order(company, actor=clerk), actor=clerk)


def test_a_partly_shipped_and_invoiced_order_says_so(company, clerk, order):
    line = order.lines.get()

    record_progress(order_id=order.pk, shipped={line.pk: D(2)}, actor=clerk)
    record_progress(order_id=order.pk, invoiced={line.pk: D(1)}, payment_status="unpaid", actor=clerk)

    order.refresh_from_db()
    assert (order.status, order.delivery_status, order.invoice_status, order.payment_status) == ("confirmed", "partial", "partial", "unpaid")


def test_delivered_and_invoiced_the_order_completes_in_the_name_of_who_reported(company, order):
    line = order.lines.get()
    shipper = make_user(company, "logistics")
    record_progress(order_id=order.pk, shipped={line.pk: D(5)}, actor=shipper)

    done = record_progress(order_id=order.pk, invoiced={line.pk: D(5)}, actor=shipper)

    assert (done.status, done.delivery_status, done.invoice_status) == ("completed", "full", "full")
    change = StatusChange.objects.get(object_id=order.pk, action="complete")
    assert (change.before, change.after, change.actor) == ("confirmed", "completed", shipper)


def test_an_order_that_is_not_done_is_not_completed_by_hand(company, boss, order):
    with pytest.raises(Refusal, match="not fully delivered and invoiced yet"):
        complete_order(order, actor=boss)

    assert Order.objects.get(pk=order.pk).status == "confirmed"


def test_a_line_of_another_order_is_refused_and_nothing_is_counted(company, clerk, order):
    mine, foreign = order.lines.get(), make_order(company, actor=clerk).lines.get()

    with pytest.raises(Refusal, match="is not a line of"):
        record_progress(order_id=order.pk, shipped={mine.pk: D(1), foreign.pk: D(1)}, actor=clerk)

    mine.refresh_from_db()
    assert mine.shipped == D(0)


def test_more_than_was_shipped_cannot_come_back(company, clerk, order):
    with pytest.raises(IntegrityError, match="order_line_counters_agree"), transaction.atomic():
        record_progress(order_id=order.pk, returned={order.lines.get().pk: D(1)}, actor=clerk)


def test_progress_of_five_lines_takes_four_statements(company, clerk, statements):
    order = confirm_order(make_order(company, actor=clerk, lines=[(make_product(company), 3) for _ in range(5)]), actor=clerk)
    shipped = {line.pk: D(1) for line in order.lines.all()}

    with statements() as sent:
        record_progress(order_id=order.pk, shipped=shipped, actor=clerk)

    assert len(sent) == 4


def test_the_doctor_finds_nothing_and_names_what_is_broken_on_purpose(company, clerk, order):
    line = order.lines.get()
    record_progress(order_id=order.pk, shipped={line.pk: D(2)}, invoiced={line.pk: D(1)}, actor=clerk)
    make_order(company, actor=clerk)
    assert {name: check() for name, check in INVARIANTS.items()} == dict.fromkeys(INVARIANTS, [])

    OrderLine.objects.filter(pk=line.pk).update(shipped=5)
    Order.objects.filter(pk=order.pk).update(net=D("99.00"), gross=D("109.00"))

    assert INVARIANTS["orders: statuses follow counters"]() == [
        f"order {order.number} says delivery partial, invoicing partial, its lines say full, partial",
    ]
    assert INVARIANTS["orders: totals are the lines"]() == [f"order {order.number} says net 99.000, its lines 100.000"]
