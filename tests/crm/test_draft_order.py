"""Drafting an order: defaults, prices, totals, and what is refused."""

from datetime import date
from decimal import Decimal as D

import pytest
from django.core.exceptions import PermissionDenied

from crm.orders.models import Order, OrderLine
from crm.orders.services import OrderLineInput, draft_order
from suite.kernel.documents.errors import Refusal
from suite.kernel.parties.models import Address
from suite.kernel.sites.models import Site
from tests.factories.base import make_company, make_customer, make_product, make_user
from tests.factories.sales import ORDERED_ON, make_order, make_price_list, make_tax, make_terms


def draft(company, clerk, product_id, quantity="1", **values):
    customer = values.pop("customer", None) or make_customer(company)
    return draft_order(
        company_id=company.pk, customer_id=customer.pk, actor=clerk, order_date=ORDERED_ON,
        lines=[OrderLineInput(product_id, D(quantity))], **values,
    )


def test_an_order_of_five_at_twenty_and_ten_percent_comes_to_110(company, clerk):
    order = make_order(company, actor=clerk)

    order.refresh_from_db()
    assert (order.net, order.tax, order.gross) == (D("100.00"), D("10.00"), D("110.00"))
    assert order.status == "draft"
    assert order.number == "SO-00001"
    assert order.created_by == clerk
    line = order.lines.get()
    assert (line.unit_price, line.discount, line.net, line.tax_rate) == (D(20), D(0), D("100.00"), D("0.10"))
    assert line.price_rule == "list price 20"
    assert line.price_is_manual is False


def test_what_is_not_given_comes_from_customer_and_company(company, clerk):
    customer = make_customer(company, "Blue Ltd")
    site = Site.objects.create(company=company, code="WEST", name="West")
    price_list = make_price_list(company, "RETAIL")
    make_terms(customer, price_list=price_list, site=site)
    Address.objects.create(company=company, party=customer, purpose="billing", street="1 Bill St", city="Town", postal_code="1000")
    Address.objects.create(company=company, party=customer, purpose="shipping", name="Dock 4", street="2 Ship St", city="Port")

    order = make_order(company, customer=customer, actor=clerk)

    assert order.currency_id == "EUR"
    assert order.price_list == price_list
    assert order.site_id == site.pk
    assert order.payment_term.code == "NET30"
    assert order.invoice_policy == "at_dispatch"
    assert order.billing_address == "Blue Ltd\n1 Bill St\n1000 Town"
    assert order.shipping_address == "Dock 4\n2 Ship St\nPort"


def test_tax_is_rounded_per_group_unless_the_company_rounds_per_line(company, clerk):
    products = [make_product(company, list_price=D("0.12")) for _ in range(3)]

    grouped = make_order(company, actor=clerk, lines=[(product, 1) for product in products])
    company.tax_rounding = "per_line"
    company.save()
    single = make_order(company, actor=clerk, lines=[(product, 1) for product in products])

    assert (grouped.net, grouped.tax) == (D("0.36"), D("0.04"))
    assert (single.net, single.tax) == (D("0.36"), D("0.03"))


def test_a_price_that_includes_tax_is_what_the_customer_pays(company, clerk):
    product = make_product(company, tax=make_tax(company, "V20", "0.20"))
    shop = make_price_list(company, "SHOP", prices={product: "9.99"}, prices_include_tax=True)

    order = make_order(company, actor=clerk, lines=[(product, 1)], price_list_id=shop.pk)

    assert (order.net, order.tax, order.gross) == (D("8.33"), D("1.66"), D("9.99"))
    assert order.prices_include_tax is True


def test_a_price_by_hand_stays_and_says_so(company, clerk):
    product = make_product(company)

    order = make_order(company, actor=clerk, lines=[(product, 2, D("15"), D("0.10"))])

    line = order.lines.get()
    assert (line.unit_price, line.discount, line.net) == (D(15), D("0.10"), D("27.00"))
    assert line.price_is_manual is True
    assert line.price_rule == "by hand; found: list price 20"


def test_the_same_source_key_makes_one_order(company, clerk):
    customer, product = make_customer(company), make_product(company)

    first = draft(company, clerk, product.pk, customer=customer, source_key="shop:1")
    second = draft(company, clerk, product.pk, customer=customer, source_key="shop:1")

    assert first.pk == second.pk
    assert OrderLine.objects.filter(company=company).count() == 1


def test_an_order_of_five_lines_takes_eleven_statements(company, clerk, statements):
    customer = make_customer(company)
    lines = [(make_product(company), 3) for _ in range(5)]
    make_price_list(company, prices={product: "9.50" for product, _quantity in lines}, is_default=True)
    clerk.get_all_permissions()

    with statements() as sent:
        order = make_order(company, customer=customer, actor=clerk, lines=lines)

    assert len(sent) == 11  # one of them asks for fiscal positions
    assert order.net == D("142.50")


@pytest.mark.parametrize("quantity", ["0", "-1"])
def test_a_quantity_of_zero_or_less_is_refused(company, clerk, quantity):
    product = make_product(company, "A1", name="Chair")

    with pytest.raises(Refusal) as refused:
        draft(company, clerk, product.pk, quantity)

    assert str(refused.value) == "Line 1, A1 Chair: enter a quantity above zero."
    assert refused.value.field == "lines"
    assert not Order.objects.exists()


def test_an_unknown_product_is_refused(company, clerk):
    with pytest.raises(Refusal, match="Line 1: there is no such product; nothing was saved."):
        draft(company, clerk, 999_999)

    assert not Order.objects.exists()


def test_an_inactive_product_is_refused(company, clerk):
    product = make_product(company, "A1", name="Chair", is_active=False)

    with pytest.raises(Refusal, match="Line 1: A1 Chair is no longer sold."):
        draft(company, clerk, product.pk)

    assert not Order.objects.exists()


def test_an_inactive_customer_is_refused(company, clerk):
    customer = make_customer(company, "Gone Ltd", is_active=False)

    with pytest.raises(Refusal, match="Gone Ltd is no longer an active customer.") as refused:
        draft(company, clerk, make_product(company).pk, customer=customer)

    assert refused.value.field == "customer"


@pytest.mark.parametrize("foreign", ["customer", "product", "site", "price_list"])
def test_ids_of_another_company_are_unknown(company, clerk, foreign):
    other = make_company()
    values = {
        "customer": make_customer(other if foreign == "customer" else company),
        "product": make_product(other if foreign == "product" else company),
        "site": Site.objects.get(company=other if foreign == "site" else company, code="MAIN"),
        "price_list": make_price_list(other if foreign == "price_list" else company),
    }

    with pytest.raises(Refusal, match="(?i)there is no such"):
        draft(
            company, clerk, values["product"].pk, customer=values["customer"], site_id=values["site"].pk,
            price_list_id=values["price_list"].pk,
        )

    assert not Order.objects.exists()


def test_goods_wanted_before_the_order_date_are_refused(company, clerk):
    with pytest.raises(Refusal, match="wanted before the order date") as refused:
        draft(company, clerk, make_product(company).pk, requested_on=date(2026, 3, 1))

    assert refused.value.field == "requested_on"


def test_who_may_not_make_orders_makes_none(company):
    with pytest.raises(PermissionDenied):
        draft(company, make_user(company, "logistics"), make_product(company).pk)

    assert not Order.objects.exists()
