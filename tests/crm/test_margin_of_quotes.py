"""Quotes below a margin floor: not sent before somebody else approved."""

from decimal import Decimal as D

import pytest
from django.db import transaction

from crm.margins.models import MarginApproval, MarginFloor
from crm.orders.models import Order
from crm.orders.services import (
    confirm_order,
)
from crm.quotes.models import Quote
from crm.quotes.services import QuoteLineInput, accept_quote, approve_quote_margin, ask_quote_margin, draft_quote, revise_quote, send_quote
from suite.kernel.documents.editing import save_record
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.transitions import available
from tests.factories.base import make_customer, make_product
from tests.factories.margins import floor
from tests.factories.sales import ORDERED_ON


class TestQuotes:
    @pytest.fixture
    def quote(self, company, clerk):
        floor(company, "0.3")
        return draft_quote(
            company_id=company.pk, customer_id=make_customer(company).pk, actor=clerk, quote_date=ORDERED_ON, valid_until=ORDERED_ON.replace(year=2030),
            lines=[QuoteLineInput(make_product(company, standard_cost=D(15)).pk, D(5))],
        )

    def test_below_the_floor_it_is_not_sent_and_says_the_way_out(self, quote, clerk):
        with pytest.raises(Refusal, match="needs approval; it was not sent") as refused:
            send_quote(quote, actor=clerk)

        assert refused.value.hint == "Ask for approval on the quote's page, or raise the price."
        assert [step.name for step in available(quote, clerk)] == ["ask_margin", "send"]

    def test_asked_approved_by_another_and_sent(self, company, quote, clerk, manager):
        quote = ask_quote_margin(quote, actor=clerk)
        with pytest.raises(Refusal) as refused:
            send_quote(quote, actor=clerk)
        assert refused.value.hint == "It waits for somebody who may approve margins."

        quote = approve_quote_margin(quote, actor=manager, reason="opens the door")

        assert send_quote(quote, actor=clerk).status == "sent"
        assert MarginApproval.objects.get(quote=quote).decided_by == manager

    def test_who_asked_does_not_approve(self, quote, manager):
        quote = ask_quote_margin(quote, actor=manager)

        with pytest.raises(Refusal, match="You asked"):
            approve_quote_margin(quote, actor=manager, reason="mine")

    def test_asking_for_nothing_is_refused(self, company, quote, clerk):
        MarginFloor.objects.filter(company=company).update(min_margin=D("0.1"))

        with pytest.raises(Refusal, match="needs no approval"):
            ask_quote_margin(quote, actor=clerk)
        assert "ask_margin" not in [step.name for step in available(quote, clerk)]

    def test_an_edit_asks_anew(self, quote, clerk, manager):
        quote = approve_quote_margin(ask_quote_margin(quote, actor=clerk), actor=manager, reason="opens the door")
        line = quote.lines.get()
        line.unit_price = D(10)

        save_record(quote, actor=clerk, lines=[("quote", [line], [])])

        assert Quote.objects.get(pk=quote.pk).margin_state == ""
        with pytest.raises(Refusal, match="needs approval"):
            send_quote(quote, actor=clerk)

    def test_a_revision_asks_anew(self, quote, clerk, manager):
        quote = send_quote(approve_quote_margin(ask_quote_margin(quote, actor=clerk), actor=manager, reason="opens the door"), actor=clerk)

        assert revise_quote(quote, actor=clerk).revised_by.margin_state == ""

    def test_what_was_approved_on_the_quote_binds_the_order_and_no_less(self, quote, clerk, manager):
        quote = send_quote(approve_quote_margin(ask_quote_margin(quote, actor=clerk), actor=manager, reason="opens the door"), actor=clerk)
        order = accept_quote(quote, actor=clerk, order_date=ORDERED_ON).orders.get()

        with transaction.atomic():
            confirmed = confirm_order(order, actor=clerk)
            assert (confirmed.status, confirmed.margin_state) == ("confirmed", "approved")
            transaction.set_rollback(True)

        line = order.lines.get()
        line.unit_price = D(19)
        save_record(Order.objects.get(pk=order.pk), actor=clerk, lines=[("order", [line], [])])
        assert confirm_order(order, actor=clerk).hold_reason == "margin"
