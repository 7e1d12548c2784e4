"""The same order or quote, many people at the same moment: one effect."""

from decimal import Decimal as D
from functools import partial

import pytest
from django.utils import timezone

from crm.orders.invariants import INVARIANTS
from crm.orders.models import Order, OrderLine
from crm.orders.services import confirm_order, record_progress
from crm.orders.signals import order_confirmed
from crm.quotes.services import QuoteLineInput, accept_quote, draft_quote, send_quote
from suite.kernel.audit.models import StatusChange
from suite.kernel.documents.errors import TransitionNotAllowed
from tests.factories.base import make_company, make_customer, make_product, make_user
from tests.factories.sales import answers, make_order

pytestmark = [pytest.mark.hammer, pytest.mark.django_db(transaction=True)]
THREADS, REPETITIONS = 10, 20


@pytest.fixture(autouse=True)
def answered():
    with answers():
        yield


@pytest.fixture
def announced():
    heard = []

    def receive(document, act, **kwargs):
        heard.append(document.pk)

    order_confirmed.connect(receive)
    yield heard
    order_confirmed.disconnect(receive)


@pytest.mark.parametrize("with_key", [False, True], ids=["without key", "with the same key"])
def test_ten_people_confirm_one_order_once(race, announced, with_key):
    for _repetition in range(REPETITIONS):
        announced.clear()
        company = make_company()
        clerk = make_user(company, "sales")
        order = make_order(company, actor=clerk)

        outcomes = race(partial(confirm_order, order, actor=clerk, key="the same press" if with_key else None), times=THREADS)

        won = [outcome.value.version for outcome in outcomes if outcome.error is None]
        lost = [outcome.error for outcome in outcomes if outcome.error is not None]
        assert len(won) == (THREADS if with_key else 1)
        assert set(won) == {2}
        assert all(isinstance(error, TransitionNotAllowed) for error in lost), lost
        assert announced == [order.pk]
        assert StatusChange.objects.filter(company=company, action="confirm").count() == 1
        assert Order.objects.get(pk=order.pk).status == "confirmed"


def test_ten_people_accept_one_quote_and_one_order_is_made(race):
    for _repetition in range(REPETITIONS):
        company = make_company()
        clerk = make_user(company, "sales")
        quote = send_quote(draft_quote(
            company_id=company.pk, customer_id=make_customer(company).pk, lines=[QuoteLineInput(make_product(company).pk, D(5))],
            actor=clerk, quote_date=timezone.localdate(),
        ), actor=clerk)

        outcomes = race(partial(accept_quote, quote, actor=clerk), times=THREADS)

        assert [outcome.value for outcome in outcomes if outcome.error is None] == [quote]
        assert all(isinstance(outcome.error, TransitionNotAllowed) for outcome in outcomes if outcome.error is not None)
        assert Order.objects.filter(company=company).count() == 1
        assert INVARIANTS["I12: one order per quote revision"]() == []


def test_ten_reports_of_progress_are_all_counted(race):
    for _repetition in range(REPETITIONS):
        company = make_company()
        clerk = make_user(company, "sales")
        order = confirm_order(make_order(company, actor=clerk, lines=[(make_product(company), 10)]), actor=clerk)
        line_id = order.lines.get().pk

        outcomes = race(partial(record_progress, order_id=order.pk, shipped={line_id: D(1)}, actor=clerk), times=THREADS)

        assert [outcome.error for outcome in outcomes] == [None] * THREADS
        assert OrderLine.objects.get(pk=line_id).shipped == D(10)
        assert Order.objects.get(pk=order.pk).delivery_status == "full"


def test_the_same_source_key_from_ten_sides_makes_one_order(race):
    for _repetition in range(REPETITIONS):
        company = make_company()
        clerk = make_user(company, "sales")
        customer, product = make_customer(company), make_product(company)

        again = partial(make_order, company, actor=clerk, customer=customer, lines=[(product, 1)], source_key="shop:1")
        outcomes = race(again, times=THREADS)

        assert len({outcome.value for outcome in outcomes}) == 1, outcomes
        assert Order.objects.filter(company=company).count() == 1
