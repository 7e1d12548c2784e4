"""Which price wins, and that it says why (B8)."""

from datetime import date
from decimal import Decimal as D

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from crm.pricing.models import PriceListItem
from crm.pricing.rules import Offer, Wanted, choose
from crm.pricing.selectors import resolve_prices
from suite.kernel.documents.editing import save_record
from suite.kernel.documents.errors import Refusal
from suite.kernel.money.models import Currency
from tests.factories.base import make_category, make_company, make_customer, make_product
from tests.factories.sales import make_price, make_price_list, make_tax, make_terms

DAY = date(2026, 3, 2)


def resolve(company, customer, product, quantity="1", on=DAY, currency="EUR", **values):
    return resolve_prices(
        company_id=company.pk, customer_id=customer.pk, wanted=[Wanted(product.pk, D(quantity))], on=on, currency_id=currency, **values,
    )[0]


@pytest.fixture
def product(company):
    return make_product(company, "TEA", list_price=D(20), category=make_category(company, "HOT", name="Hot drinks"))


@pytest.fixture
def customer(company):
    return make_customer(company)


@pytest.fixture
def own(company, customer):
    own = make_price_list(company, "OWN", name="Agreed")
    make_terms(customer, price_list=own)
    return own


def test_without_any_list_the_list_price_of_the_product_counts(company, customer, product):
    answer = resolve(company, customer, product)

    assert (answer.unit_price, answer.discount, answer.rule, answer.considered) == (D(20), D(0), "list price 20", ())


def test_the_customers_own_list_wins_over_the_company_default(company, customer, product, own):
    make_price_list(company, "STD", name="Standard", prices={product: "19"}, is_default=True)
    make_price(own, product=product, unit_price=D(17))

    answer = resolve(company, customer, product)

    assert (answer.unit_price, answer.rule) == (D(17), "Agreed: 17")
    assert answer.considered == ("Standard: 19", "list price 20")


@pytest.mark.parametrize(("quantity", "price", "rule"), [
    ("9.999999", 20, "Agreed: 20"), ("10", 18, "Agreed: 18 from 10"), ("99", 18, "Agreed: 18 from 10"), ("100", 15, "Agreed: 15 from 100"),
])
def test_a_tier_counts_from_its_quantity_on(company, customer, product, own, quantity, price, rule):
    make_price(own, product=product, unit_price=D(20))
    make_price(own, product=product, min_quantity=10, unit_price=D(18))
    make_price(own, product=product, min_quantity=100, unit_price=D(15))

    answer = resolve(company, customer, product, quantity)

    assert (answer.unit_price, answer.rule) == (D(price), rule)


def test_a_tier_that_was_not_reached_is_among_what_was_considered(company, customer, product, own):
    make_price(own, product=product, min_quantity=10, unit_price=D(18))

    answer = resolve(company, customer, product, "4")

    assert (answer.unit_price, answer.considered) == (D(20), ("Agreed: 18 from 10 (not reached by 4)",))


def test_the_product_beats_its_category_and_the_category_beats_the_next_list(company, customer, product, own):
    make_price_list(company, "STD", name="Standard", prices={product: "19"}, is_default=True)
    make_price(own, category=product.category, discount=D("0.10"))
    other = make_product(company, "CUP", list_price=D(20), category=product.category)
    make_price(own, product=other, unit_price=D(11))

    assert resolve(company, customer, other).rule == "Agreed: 11"
    answer = resolve(company, customer, product)
    assert (answer.unit_price, answer.discount) == (D(19), D("0.10"))
    assert answer.rule == "Agreed, Hot drinks: 10 % off on Standard: 19"


def test_a_discount_on_a_category_reaches_the_products_of_its_parts(company, customer, own):
    drinks = make_category(company, "DR", name="Drinks")
    product = make_product(company, category=make_category(company, "T", name="Teas", parent=drinks))
    make_price(own, category=drinks, discount=D("0.25"))

    answer = resolve(company, customer, product)

    assert (answer.unit_price, answer.discount, answer.rule) == (D(20), D("0.25"), "Agreed, Drinks: 25 % off on list price 20")


def test_what_a_list_does_not_price_is_looked_up_in_its_parent(company, customer, product, own):
    own.parent = make_price_list(company, "BASE", name="Base", prices={product: "16"})
    own.save()

    assert resolve(company, customer, product).rule == "Base: 16"


@pytest.mark.parametrize(("on", "price"), [(date(2026, 1, 31), 20), (date(2026, 2, 1), 12), (date(2026, 2, 28), 12), (date(2026, 3, 1), 20)])
def test_a_price_counts_from_its_first_to_its_last_day(company, customer, product, own, on, price):
    make_price(own, product=product, unit_price=D(12), valid_from=date(2026, 2, 1), valid_until=date(2026, 2, 28))

    assert resolve(company, customer, product, on=on).unit_price == D(price)


def test_a_list_past_its_time_or_in_another_currency_is_named_but_not_used(company, customer, product, own):
    make_price(own, product=product, unit_price=D(12))
    own.valid_until = date(2026, 1, 1)
    own.save()
    Currency.objects.get_or_create(code="USD", defaults={"name": "Dollar", "symbol": "$"})
    make_price_list(company, "US", name="Dollars", currency_id="USD", prices={product: "30"}, is_default=True)

    answer = resolve(company, customer, product)

    assert answer.unit_price == D(20)
    assert answer.considered == ("Agreed: not valid on 2026-03-02", "Dollars: prices in USD")


def test_in_another_currency_the_list_price_of_the_product_says_nothing(company, customer, product):
    Currency.objects.get_or_create(code="USD", defaults={"name": "Dollar", "symbol": "$"})

    answer = resolve(company, customer, product, currency="USD")

    assert (answer.unit_price, answer.rule) == (None, "")


def test_where_prices_include_tax_the_list_price_has_it_added(company, customer):
    product = make_product(company, tax=make_tax(company, "V19", "0.19"), list_price=D("8.40"))

    answer = resolve(company, customer, product, prices_include_tax=True)

    assert (answer.unit_price, answer.rule) == (D("10.00"), "list price 8.4 and 19 % tax")


def test_thirty_products_take_as_many_statements_as_one(company, customer, own, statements):
    products = [make_product(company, category=make_category(company)) for _ in range(30)]
    for product in products:
        make_price(own, product=product, unit_price=D(5))
        make_price(own, category=product.category, discount=D("0.1"))

    with statements() as few:
        resolve(company, customer, products[0])
    with statements() as many:
        resolve_prices(
            company_id=company.pk, customer_id=customer.pk, wanted=[Wanted(product.pk, D(1)) for product in products], on=DAY, currency_id="EUR",
        )

    assert len(few) == len(many) == 6


def test_two_prices_for_one_product_quantity_and_time_are_refused_by_the_database(company, product, own):
    make_price(own, product=product, min_quantity=10, unit_price=D(5), valid_until=date(2026, 6, 30))

    with pytest.raises(IntegrityError, match="product_prices_do_not_overlap"), transaction.atomic():
        make_price(own, product=product, min_quantity=10, unit_price=D(4), valid_from=date(2026, 6, 30))
    make_price(own, product=product, min_quantity=10, unit_price=D(4), valid_from=date(2026, 7, 1))
    make_price(own, product=product, min_quantity=11, unit_price=D(4))

    assert PriceListItem.objects.filter(price_list=own).count() == 3


def test_two_discounts_for_one_category_and_time_are_refused_by_the_database(company, product, own):
    make_price(own, category=product.category, discount=D("0.1"))

    with pytest.raises(IntegrityError, match="category_prices_do_not_overlap"), transaction.atomic():
        make_price(own, category=product.category, discount=D("0.2"))


def test_a_price_names_a_product_or_a_category_and_a_price_or_a_discount(company, product, own):
    with pytest.raises(ValidationError, match="Name a product or a category"):
        PriceListItem(company=company, price_list=own, unit_price=D(1)).full_clean()
    with pytest.raises(ValidationError, match="Give a unit price or a discount"):
        PriceListItem(company=company, price_list=own, product=product).full_clean()


def test_lists_that_would_look_in_each_other_for_ever_are_refused(company, boss, own):
    other = make_price_list(company, "OTHER", parent=own)
    own.parent = other

    with pytest.raises(Refusal, match="look in each other for ever") as refused:
        save_record(own, actor=boss)

    assert refused.value.field == "parent"


def test_a_parent_list_in_other_money_is_refused(company, boss):
    Currency.objects.get_or_create(code="USD", defaults={"name": "Dollar", "symbol": "$"})
    own = make_price_list(company, "EUROS")
    own.parent = make_price_list(company, "US", currency_id="USD")

    with pytest.raises(Refusal, match="must be in the same currency"):
        save_record(own, actor=boss)


def test_prices_of_another_company_are_never_seen(company, customer, product):
    other = make_company()
    make_price_list(other, "STD", prices={product: "1"}, is_default=True)

    assert resolve(company, customer, product).unit_price == D(20)


def test_discounts_are_not_added_up():
    offers = [Offer("A", D(0), discount=D("0.1")), Offer("B", D(0), discount=D("0.2")), Offer("C", D(0), unit_price=D(50))]

    answer = choose(D(1), offers, D(99), "list price 99")

    assert (answer.unit_price, answer.discount, answer.rule) == (D(50), D("0.1"), "A: 10 % off on C: 50")
    assert answer.considered == ("B: 20 % off", "list price 99")


def test_a_discount_without_any_price_is_no_price():
    answer = choose(D(1), [Offer("A", D(0), discount=D("0.1"))], None)

    assert (answer.unit_price, answer.considered) == (None, ("A: 10 % off (there is no price to take it off)",))
