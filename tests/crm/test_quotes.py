"""Quotes: revisions, expiry, and exactly one order."""

from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from crm.orders.models import Order
from crm.orders.services import confirm_order
from crm.orders.signals import CreditAnswer
from crm.quotes.models import Quote
from crm.quotes.selectors import Difference, differences, revisions_of
from crm.quotes.services import QuoteLineInput, accept_quote, draft_quote, expire_quote, expire_quotes, reject_quote, revise_quote, send_quote
from suite.kernel.documents.editing import save_record
from suite.kernel.documents.errors import Refusal, TransitionNotAllowed
from suite.kernel.taxes.models import Tax
from tests.factories.base import make_customer, make_product
from tests.factories.sales import answers, make_tax

TODAY = timezone.localdate()


@pytest.fixture
def product(company):
    return make_product(company, "TEA", name="Tea")


@pytest.fixture
def quote(company, clerk, product):
    return draft_quote(
        company_id=company.pk, customer_id=make_customer(company).pk, lines=[QuoteLineInput(product.pk, D(5), discount=D("0.1"))],
        actor=clerk, quote_date=TODAY,
    )


@pytest.fixture
def sent(quote, clerk):
    return send_quote(quote, actor=clerk)


def expired(quote):
    Quote.objects.filter(pk=quote.pk).update(quote_date=TODAY - timedelta(days=40), valid_until=TODAY - timedelta(days=1))


def test_a_quote_is_priced_numbered_and_valid_for_thirty_days(quote):
    quote.refresh_from_db()

    assert (quote.number, quote.revision, quote.status) == ("QU-00001", 1, "draft")
    assert quote.valid_until == TODAY + timedelta(days=30)
    assert (quote.net, quote.tax, quote.gross) == (D("90.00"), D("9.00"), D("99.00"))


def test_an_accepted_quote_makes_one_draft_order_at_the_quoted_prices(company, clerk, product, sent):
    product.list_price = D(25)
    product.save()

    accepted = accept_quote(sent, actor=clerk)

    order = Order.objects.get(quote=accepted)
    assert (order.status, order.gross, order.customer, order.source_key) == ("draft", D("99.00"), sent.customer, sent.key)
    line = order.lines.get()
    assert (line.unit_price, line.discount, line.price_is_manual, line.price_rule) == (D(20), D("0.1"), True, "as quoted in QU-00001")
    assert accepted.price_check == "Line 1: quoted at 20 −10 %, today 25 (list price 25)."
    assert accepted.credit_result == "Within the credit limit."


def test_the_quoted_price_survives_an_edit_of_the_order(clerk, product, sent):
    order = Order.objects.get(quote=accept_quote(sent, actor=clerk))
    product.list_price = D(25)
    product.save()

    save_record(order, actor=clerk, lines=[("order", list(order.lines.all()), [])])

    assert order.lines.get().unit_price == D(20)
    assert confirm_order(order, actor=clerk).gross == D("99.00")


def test_the_credit_check_of_an_accepted_quote_is_on_record(clerk, sent):
    with answers(CreditAnswer(is_within=False, message="99.00 over the limit")) as asked:
        accepted = accept_quote(sent, actor=clerk)

    assert accepted.credit_result == "99.00 over the limit"
    assert [facts["act"].transition for question, facts in asked if question == "credit"] == ["accept"]
    assert Order.objects.get(quote=accepted).status == "draft"


def test_a_second_acceptance_is_refused(clerk, sent):
    accept_quote(sent, actor=clerk)

    with pytest.raises(TransitionNotAllowed, match="is Accepted"):
        accept_quote(sent, actor=clerk)

    assert Order.objects.count() == 1


def test_the_database_refuses_a_second_order_of_a_quote(clerk, sent):
    order = Order.objects.get(quote=accept_quote(sent, actor=clerk))
    order.pk, order.source_key, order.number = None, None, "other"

    with pytest.raises(IntegrityError, match="one_order_per_quote_revision"), transaction.atomic():
        order.save(force_insert=True)


def test_an_expired_quote_is_not_accepted(clerk, sent):
    expired(sent)

    with pytest.raises(Refusal, match="expired on .*; no order was made") as refused:
        accept_quote(sent, actor=clerk)

    assert "Revise the quote" in str(refused.value.hint)
    assert not Order.objects.exists()


def test_a_quote_with_yesterdays_tax_is_not_accepted(company, clerk, product, sent):
    product.tax = make_tax(company, "NEW", "0.20", name="New rate")
    product.save()

    with pytest.raises(Refusal, match="was quoted with Tax 10 %; today it is New rate. No order was made.") as refused:
        accept_quote(sent, actor=clerk)

    assert refused.value.code == "tax_changed"
    assert not Order.objects.exists()


def test_a_changed_rate_under_the_same_code_is_noticed_too(company, clerk, sent):
    Tax.objects.filter(company=company, code="T10").update(rate=D("0.12"))

    with pytest.raises(Refusal, match="was quoted with"):
        accept_quote(sent, actor=clerk)


def test_a_product_no_longer_sold_is_not_ordered(clerk, product, sent):
    product.is_active = False
    product.save()

    with pytest.raises(Refusal, match="TEA Tea is no longer sold"):
        accept_quote(sent, actor=clerk)


def test_a_revision_supersedes_and_shows_what_it_changed(company, clerk, product, sent):
    old = revise_quote(sent, actor=clerk)

    new = old.revised_by
    cup = make_product(company, "CUP", name="Cup", list_price=D(3))
    line = new.lines.get()
    line.quantity = D(6)
    save_record(new, actor=clerk, lines=[("quote", [line, type(line)(product=cup, quantity=D(2))], [])])
    assert (old.status, new.number, new.revision, new.status) == ("superseded", "QU-00001", 2, "draft")
    assert str(new) == "QU-00001 / 2"
    assert [revision.revision for revision in revisions_of(old)] == [2, 1]
    assert differences(Quote.objects.get(pk=new.pk)) == [
        Difference("TEA Tea", "5 × 20 less 10 %", "6 × 20 less 10 %"),
        Difference("CUP Cup", "", "2 × 3"),
        Difference("net", "90.00", "114.00"),
        Difference("tax", "9.00", "11.40"),
        Difference("total", "99.00", "125.40"),
    ]


def test_a_superseded_revision_is_not_accepted(clerk, sent):
    revise_quote(sent, actor=clerk)

    with pytest.raises(TransitionNotAllowed, match="is Superseded"):
        accept_quote(sent, actor=clerk)

    assert not Order.objects.exists()


def test_a_rejected_quote_says_why(clerk, sent):
    with pytest.raises(Refusal, match="Say why the customer turned it down"):
        reject_quote(sent, actor=clerk, reason=" ")

    assert reject_quote(sent, actor=clerk, reason="Too dear").rejection_reason == "Too dear"


def test_sent_quotes_past_their_last_day_expire(company, clerk, sent, product, capsys):
    other = send_quote(draft_quote(
        company_id=company.pk, customer_id=sent.customer_id, lines=[QuoteLineInput(product.pk, D(1))], actor=clerk, quote_date=TODAY,
    ), actor=clerk)
    expired(sent)
    sent.refresh_from_db()
    assert sent.is_expired is True

    call_command("expire_quotes")

    sent.refresh_from_db()
    other.refresh_from_db()
    assert (sent.status, other.status) == ("expired", "sent")
    assert capsys.readouterr().out == "1 quotes expired\n"
    assert expire_quotes() == 0


def test_a_quote_that_still_stands_does_not_expire(boss, sent):
    with pytest.raises(Refusal, match="stands until"):
        expire_quote(sent, actor=boss)


def test_a_quote_without_lines_or_past_its_day_is_not_sent(company, clerk, quote):
    empty = draft_quote(company_id=company.pk, customer_id=quote.customer_id, lines=[], actor=clerk, quote_date=TODAY)
    with pytest.raises(Refusal, match="has no lines"):
        send_quote(empty, actor=clerk)
    expired(quote)

    with pytest.raises(Refusal, match="is past its last day already"):
        send_quote(quote, actor=clerk)

    assert Quote.objects.get(pk=quote.pk).status == "draft"


def test_a_quote_cannot_end_before_it_starts(company, clerk, quote):
    with pytest.raises(Refusal, match="would expire before its date") as refused:
        draft_quote(
            company_id=company.pk, customer_id=quote.customer_id, lines=[], actor=clerk, quote_date=TODAY, valid_until=date(2020, 1, 1),
        )

    assert refused.value.field == "valid_until"
