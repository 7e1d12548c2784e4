"""Price lists, quotes and orders to test with, and stand-ins for who answers the questions of sales."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal

from crm.customers.models import CustomerTerms
from crm.orders.models import Order
from crm.orders.services import OrderLineInput, draft_order
from crm.orders.signals import CreditAnswer, Promise, credit_asked, promise_asked
from crm.pricing.models import PriceList, PriceListItem
from suite.kernel.companies.models import Company
from suite.kernel.parties.models import Party
from suite.kernel.taxes.models import Tax
from tests.factories.base import make_customer, make_product, make_user

ORDERED_ON = date(2026, 3, 2)
PROMISED_ON = date(2026, 3, 9)
WITHIN = CreditAnswer(is_within=True)


@contextmanager
def answers(
    credit: CreditAnswer | None = WITHIN, promised_on: date | None = PROMISED_ON, reason: str = "from stock",
) -> Iterator[list]:
    """Inside, credit and promise are answered so; yields the list of (question, facts) that were asked."""
    asked: list = []

    def answer_credit(**facts):
        asked.append(("credit", facts))
        return credit

    def answer_promise(*, order, lines):
        asked.append(("promise", {"order": order, "lines": lines}))
        return {line.pk: Promise(promised_on, reason) for line in lines} if promised_on else {}

    kept = credit_asked._answer, promise_asked._answer
    credit_asked._answer, promise_asked._answer = answer_credit, answer_promise
    try:
        yield asked
    finally:
        credit_asked._answer, promise_asked._answer = kept


def make_price_list(company: Company, code: str = "STD", *, prices: dict | None = None, **values) -> PriceList:
    """A list in the company's currency with a unit price per product."""
    values.setdefault("currency", company.currency)
    price_list = PriceList.objects.create(company=company, code=code, name=values.pop("name", code.title()), **values)
    for product, price in (prices or {}).items():
        make_price(price_list, product=product, unit_price=Decimal(price))
    return price_list


def make_price(price_list: PriceList, **values) -> PriceListItem:
    return PriceListItem.objects.create(company=price_list.company, price_list=price_list, **values)


def make_terms(customer: Party, **values) -> CustomerTerms:
    return CustomerTerms.objects.create(company=customer.company, party=customer, **values)


def make_tax(company: Company, code: str, rate: str, category: str = "S", **values) -> Tax:
    return Tax.objects.create(company=company, code=code, name=values.pop("name", code), rate=Decimal(rate), category=category, **values)


def make_order(
    company: Company, *, lines=None, customer: Party | None = None, actor=None, order_date: date = ORDERED_ON, **values,
) -> Order:
    """A draft order of 5 of one product at 20.00 and 10 % (net 100.00, tax 10.00, total 110.00), or of `lines` [(product, quantity, …)]."""
    customer = customer or make_customer(company)
    actor = actor or make_user(company)
    lines = lines if lines is not None else [(make_product(company), 5)]
    return draft_order(
        company_id=company.pk, customer_id=customer.pk, actor=actor, order_date=order_date,
        lines=[OrderLineInput(product.pk, Decimal(quantity), *more) for product, quantity, *more in lines], **values,
    )
