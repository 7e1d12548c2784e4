"""Orders saved by a page, the API or an import: `save_record` with its lines."""

from decimal import Decimal as D

import pytest

from crm.orders.models import Order, OrderLine
from crm.orders.services import confirm_order
from suite.kernel.documents.editing import save_record
from suite.kernel.documents.errors import Refusal, StaleVersion, TransitionNotAllowed
from suite.kernel.parties.models import Address
from tests.factories.base import make_customer, make_product
from tests.factories.sales import make_order, make_price, make_price_list, make_terms


def save(order, lines, clerk, dropped=(), **values):
    return save_record(order, actor=clerk, lines=[("order", lines, dropped)], **values)


def test_a_typed_order_gets_number_terms_prices_and_totals(company, clerk):
    customer, product = make_customer(company), make_product(company)

    order = save(Order(customer=customer), [OrderLine(product=product, quantity=D(3))], clerk)

    order.refresh_from_db()
    line = order.lines.get()
    assert (order.company, order.number, order.status, order.currency_id, order.created_by) == (company, "SO-00001", "draft", "EUR", clerk)
    assert (line.unit_price, line.discount, line.net, line.tax.code, line.description) == (D(20), D(0), D("60.00"), "T10", product.name)
    assert (order.net, order.tax, order.gross) == (D("60.00"), D("6.00"), D("66.00"))


def test_a_found_price_follows_the_quantity_and_a_typed_one_stays(company, clerk):
    found, typed = make_product(company), make_product(company)
    tiers = make_price_list(company, prices={found: "20", typed: "20"}, is_default=True)
    make_price(tiers, product=found, min_quantity=10, unit_price=D(18))
    make_price(tiers, product=typed, min_quantity=10, unit_price=D(18))
    customer = make_customer(company)
    order = save(Order(customer=customer), [
        OrderLine(product=found, quantity=D(1)), OrderLine(product=typed, quantity=D(1), unit_price=D("19.50")),
    ], clerk)
    lines = list(order.lines.order_by("position"))
    for line in lines:
        line.quantity = D(10)

    save(order, lines, clerk)

    assert [(line.unit_price, line.price_is_manual) for line in order.lines.order_by("position")] == [(D(18), False), (D("19.50"), True)]


def test_an_emptied_price_is_found_again(company, clerk):
    order = save(Order(customer=make_customer(company)), [OrderLine(product=make_product(company), quantity=D(1), unit_price=D(1))], clerk)
    line = order.lines.get()
    line.unit_price = None

    save(order, [line], clerk)

    line = order.lines.get()
    assert (line.unit_price, line.price_is_manual) == (D(20), False)


def test_another_customer_brings_other_terms(company, clerk):
    product = make_product(company)
    first, second = make_customer(company), make_customer(company, payment_term=None)
    make_terms(second, price_list=make_price_list(company, "SECOND", prices={product: "15"}))
    Address.objects.create(company=company, party=first, street="First street", city="A")
    Address.objects.create(company=company, party=second, name="Second", street="Second street", city="B")
    order = save(Order(customer=first), [OrderLine(product=product, quantity=D(1))], clerk)
    order.customer = second

    save(order, list(order.lines.all()), clerk)

    order.refresh_from_db()
    assert order.billing_address == "Second\nSecond street\nB"
    assert order.price_list.code == "SECOND"
    assert order.payment_term is None
    assert order.net == D("15.00")


def test_a_dropped_line_is_gone_from_the_total(company, clerk):
    order = save(Order(customer=make_customer(company)), [OrderLine(product=make_product(company)), OrderLine(product=make_product(company))], clerk)
    kept, dropped = order.lines.order_by("position")

    save(order, [kept], clerk, dropped=[dropped])

    order.refresh_from_db()
    assert (order.lines.count(), order.gross) == (1, D("22.00"))


def test_a_stale_form_saves_nothing(company, clerk):
    order = make_order(company, actor=clerk)
    order.note = "mine"

    with pytest.raises(StaleVersion):
        save(order, [], clerk, expected_version=order.version + 1)

    assert Order.objects.get(pk=order.pk).note == ""


def test_a_confirmed_order_is_not_edited(company, clerk):
    order = confirm_order(make_order(company, actor=clerk), actor=clerk)
    order.note = "late"

    with pytest.raises(TransitionNotAllowed, match="can no longer be edited"):
        save(order, [], clerk)

    assert Order.objects.get(pk=order.pk).note == ""


def test_a_bad_line_leaves_nothing_behind(company, clerk):
    with pytest.raises(Refusal, match="no longer sold"):
        save(Order(customer=make_customer(company)), [OrderLine(product=make_product(company, is_active=False))], clerk)

    assert not Order.objects.exists()
