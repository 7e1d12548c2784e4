"""Confirming: promise, credit, what an order must have, and how many statements it costs."""

from datetime import date
from decimal import Decimal as D

import pytest
from django.core.exceptions import PermissionDenied

from crm.orders.models import Order
from crm.orders.services import confirm_order, hold_order, release_order
from crm.orders.signals import CreditAnswer, order_confirmed, order_held, order_released
from suite.kernel.audit.models import StatusChange
from suite.kernel.documents.errors import Refusal, StaleVersion, TransitionNotAllowed
from tests.factories.base import make_product, make_user
from tests.factories.sales import PROMISED_ON, answers, make_order


@pytest.fixture
def announced():
    heard = []
    receivers = {}
    for name, signal in (("confirmed", order_confirmed), ("held", order_held), ("released", order_released)):
        def receive(*, _name=name, document, act, **kwargs):
            heard.append((_name, document.status))
        receivers[name] = receive
        signal.connect(receive)
    yield heard
    for name, signal in (("confirmed", order_confirmed), ("held", order_held), ("released", order_released)):
        signal.disconnect(receivers[name])


def test_a_confirmed_order_promises_a_day_for_each_line_and_says_why(company, clerk, announced):
    order = make_order(company, actor=clerk)

    confirm_order(order, actor=clerk)

    order.refresh_from_db()
    line = order.lines.get()
    assert order.status == "confirmed"
    assert (line.promised_on, line.promise_reason, order.promised_on) == (PROMISED_ON, "from stock", PROMISED_ON)
    assert (order.delivery_status, order.invoice_status) == ("nothing", "none")
    assert announced == [("confirmed", "confirmed")]
    change = StatusChange.objects.get(object_id=order.pk, action="confirm")
    assert (change.before, change.after, change.actor) == ("draft", "confirmed", clerk)


def test_an_order_invoiced_at_confirmation_is_to_be_invoiced(company, clerk):
    company.invoice_policy = "at_order"
    company.save()
    order = make_order(company, actor=clerk)

    confirm_order(order, actor=clerk)

    assert Order.objects.get(pk=order.pk).invoice_status == "to_invoice"


def test_beyond_the_credit_limit_the_order_is_on_hold_and_nobody_hears_of_a_confirmation(company, clerk, announced):
    order = make_order(company, actor=clerk)

    with answers(CreditAnswer(is_within=False, message="110.00 over the limit of 50.00")):
        order = confirm_order(order, actor=clerk)

    assert (order.status, order.hold_reason, order.hold_message) == ("on_hold", "credit", "110.00 over the limit of 50.00")
    assert announced == [("held", "on_hold")]
    assert StatusChange.objects.get(object_id=order.pk).reason == "110.00 over the limit of 50.00"


def test_a_released_order_is_confirmed_with_a_fresh_promise(company, clerk, boss, announced):
    order = make_order(company, actor=clerk)
    with answers(CreditAnswer(is_within=False, message="too much")):
        order = confirm_order(order, actor=clerk)

    with answers(CreditAnswer(is_within=False, message="still too much"), promised_on=date(2026, 4, 1)) as asked:
        order = release_order(order, actor=boss)

    assert (order.status, order.hold_reason, order.hold_message, order.promised_on) == ("confirmed", "", "", date(2026, 4, 1))
    assert announced == [("held", "on_hold"), ("released", "confirmed")]
    assert [(question, facts["act"].transition) for question, facts in asked if question == "credit"] == [("credit", "release")]


def test_sales_may_not_release_what_credit_holds(company, clerk):
    order = make_order(company, actor=clerk)
    with answers(CreditAnswer(is_within=False, message="too much")):
        order = confirm_order(order, actor=clerk)

    with pytest.raises(PermissionDenied):
        release_order(order, actor=clerk)

    assert Order.objects.get(pk=order.pk).status == "on_hold"


def test_a_clerk_holds_an_order_and_says_why(company, clerk):
    order = confirm_order(make_order(company, actor=clerk), actor=clerk)

    with pytest.raises(Refusal, match="Say why the order is held.") as refused:
        hold_order(order, actor=clerk, reason=" ")
    held = hold_order(order, actor=clerk, reason="Customer moves house")

    assert refused.value.field == "reason"
    assert (held.status, held.hold_reason, held.hold_message) == ("on_hold", "clerk", "Customer moves house")


@pytest.mark.parametrize(("spoil", "words", "field"), [
    (lambda order: order.lines.all().delete(), "has no lines", "lines"),
    (lambda order: order.lines.update(unit_price=None), "Line 1: .* has no price", "lines"),
    (lambda order: order.lines.update(tax=None), "Line 1: .* has no sales tax", "lines"),
    (lambda order: Order.objects.filter(pk=order.pk).update(site=None), "does not say where the goods leave from", "site"),
    (lambda order: (setattr(order.customer, "is_active", False), order.customer.save()), "no longer an active customer", "customer"),
])
def test_an_order_that_nobody_could_fulfil_is_not_confirmed(company, clerk, announced, spoil, words, field):
    order = make_order(company, actor=clerk)
    spoil(order)

    with pytest.raises(Refusal, match=words) as refused:
        confirm_order(order, actor=clerk)

    assert refused.value.field == field
    assert Order.objects.get(pk=order.pk).status == "draft"
    assert announced == []


def test_a_product_without_any_price_is_drafted_but_not_confirmed(company, clerk):
    order = make_order(company, actor=clerk, lines=[(make_product(company, list_price=0), 1)])

    with pytest.raises(Refusal, match="has no price") as refused:
        confirm_order(order, actor=clerk)

    assert "Enter a price on the line" in str(refused.value.hint)


def test_a_line_given_away_at_zero_is_confirmed(company, clerk):
    order = make_order(company, actor=clerk, lines=[(make_product(company), 1, D(0))])

    assert confirm_order(order, actor=clerk).gross == D("0.00")


def test_confirming_twice_is_refused_and_with_the_same_key_answered_once(company, clerk):
    order = make_order(company, actor=clerk)

    first = confirm_order(order, actor=clerk, key="press-1")
    again = confirm_order(order, actor=clerk, key="press-1")
    with pytest.raises(TransitionNotAllowed, match="is Confirmed: Confirm is not possible, nothing was done"):
        confirm_order(order, actor=clerk)

    assert (first.pk, first.version) == (again.pk, again.version)
    assert StatusChange.objects.filter(object_id=order.pk, action="confirm").count() == 1


def test_a_stale_page_confirms_nothing(company, clerk):
    order = make_order(company, actor=clerk)

    with pytest.raises(StaleVersion):
        confirm_order(order, actor=clerk, expected_version=order.version + 1)

    assert Order.objects.get(pk=order.pk).status == "draft"


def test_who_only_looks_confirms_nothing(company, clerk):
    order = make_order(company, actor=clerk)

    with pytest.raises(PermissionDenied):
        confirm_order(order, actor=make_user(company, "auditor"))


def test_confirming_five_lines_takes_six_statements(company, clerk, statements):
    order = make_order(company, actor=clerk, lines=[(make_product(company), 3) for _ in range(5)])
    confirm_order(make_order(company, actor=clerk), actor=clerk)
    order = Order.objects.get(pk=order.pk)

    with statements() as sent:
        confirm_order(order, actor=clerk)

    assert len(sent) == 6
