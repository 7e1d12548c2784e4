"""Goodwill on an order: a discount that changes nothing of what is owed in goods or invoices, and never more than was invoiced."""

from datetime import date
from decimal import Decimal

import pytest

from erp.receivables.models import CustomerInvoice
from erp.receivables.services import credit_invoice
from integration.outbox.sweep import drain
from scm.shipping.services import return_shipment_to_sender
from suite.kernel.documents.errors import Refusal
from tests.factories.journeys import SHIPPED_ON

LATER = date(2026, 3, 20)


def goodwill(trade, invoice, units):
    done = credit_invoice(
        invoice, actor=trade.boss, reason="goodwill", quantities={invoice.lines.get().pk: Decimal(units)}, issued_on=LATER,
    )
    drain()
    return done.credit_note


def invoiced(trade):
    order = trade.confirm()
    shipment = trade.dispatch(order)
    return order, shipment, CustomerInvoice.objects.get(order_key=order.key, status="posted")


def test_goodwill_again_and_again_leaves_the_order_as_it_is(trade):
    order, _shipment, invoice = invoiced(trade)
    before = trade.statuses(order)

    for _time in range(5):
        goodwill(trade, invoice, 1)

    line = trade.line(order)
    assert (line.invoiced, line.credited, line.settled) == (5, 0, 0)
    assert trade.statuses(order) == before == ("completed", "full", "full")
    assert trade.ledger()["SALES_DISCOUNT"] == 100


def test_goodwill_is_not_given_for_more_than_was_invoiced(trade):
    order, _shipment, invoice = invoiced(trade)
    goodwill(trade, invoice, 4)

    with pytest.raises(Refusal) as refusal:
        goodwill(trade, invoice, 2)

    assert refusal.value.code == "credit_too_much"
    assert CustomerInvoice.objects.filter(corrects=invoice).count() == 1


def test_goodwill_on_all_that_is_left_takes_exactly_that(trade):
    _order, _shipment, invoice = invoiced(trade)
    goodwill(trade, invoice, 2)

    done = credit_invoice(invoice, actor=trade.boss, reason="goodwill", issued_on=LATER)
    drain()

    assert (done.credit_note.net, done.credit_note.gross, done.payment_status) == (60, 66, "paid")


def test_goods_that_come_back_after_goodwill_are_credited_and_counted(trade):
    order, shipment, invoice = invoiced(trade)
    goodwill(trade, invoice, 5)

    return_shipment_to_sender(shipment, actor=trade.boss, returned_on=max(SHIPPED_ON, LATER))
    drain()

    line = trade.line(order)
    assert (line.returned, line.credited, line.settled) == (5, 5, 5)
    assert trade.ledger() == {"AR": Decimal(-110), "SALES_DISCOUNT": 100, "OUTPUT_TAX": Decimal(10), "REVENUE": -100, "SALES_RETURNS": 100}
