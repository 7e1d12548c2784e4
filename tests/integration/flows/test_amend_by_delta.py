"""An amended order changes its reservations, shipment and invoice by the difference, whenever the amendment comes."""

from datetime import date
from decimal import Decimal

import pytest

from crm.orders.services import LineChange, amend_order
from erp.receivables.models import CustomerInvoice
from integration.outbox.models import Delivery
from integration.outbox.run import run_delivery
from suite.kernel.documents.errors import Refusal
from tests.factories.base import make_product
from tests.factories.journeys import ORDERED_ON


def amend(trade, order, quantity: int, *, settled: bool = True) -> None:
    amend_order(order, actor=trade.boss, changes=[LineChange(trade.line(order).pk, None, Decimal(quantity))], reason="The customer called.")
    if settled:
        trade.retry()


@pytest.mark.parametrize(("quantity", "gross"), [(8, "176.00"), (3, "66.00")])
def test_reservation_shipment_and_draft_follow_the_new_quantity(trade, quantity, gross):
    order = trade.confirm()
    amend(trade, order, quantity)
    assert trade.reserved(order) == {"firm": Decimal(quantity)}
    assert trade.shipments(order) == [("planned", [Decimal(quantity)])]
    assert trade.invoices(order) == [("invoice", "draft", Decimal(gross))]
    assert trade.stock() == (Decimal(100), Decimal(quantity))
    assert (trade.fresh(order).revision, trade.fresh(order).gross) == (1, Decimal(gross))
    assert trade.committed() == Decimal(gross)


def test_a_line_is_added_and_another_taken_out(trade):
    other = make_product(trade.company, list_price=Decimal(7))
    trade.receive(other, 10)
    order = trade.confirm()
    changes = [LineChange(trade.line(order).pk, None, Decimal(0)), LineChange(None, other.pk, Decimal(4))]
    amend_order(order, actor=trade.boss, changes=changes, reason="Another product.")
    trade.retry()
    assert (trade.stock(), trade.stock(other)) == ((Decimal(100), Decimal(0)), (Decimal(10), Decimal(4)))
    assert trade.shipments(order) == [("cancelled", [Decimal(5)]), ("planned", [Decimal(4)])]
    assert trade.invoices(order) == [("invoice", "draft", Decimal("30.80"))]


def test_an_amendment_before_any_handler_ran_gives_the_amended_documents_once(trade):
    order = trade.confirm(settled=False)
    amend(trade, order, 8)
    assert trade.reserved(order) == {"firm": Decimal(8)}
    assert trade.shipments(order) == [("planned", [Decimal(8)])]
    assert trade.invoices(order) == [("invoice", "draft", Decimal("176.00"))]


def test_after_a_partial_shipment_only_the_rest_changes(trade):
    order = trade.confirm()
    trade.dispatch(order, {trade.product: 2})
    amend(trade, order, 8)
    assert trade.reserved(order) == {"consumed": Decimal(2), "firm": Decimal(6)}
    assert trade.shipments(order) == [("dispatched", [Decimal(2)]), ("planned", [Decimal(6)])]
    assert trade.invoices(order) == [("invoice", "posted", Decimal("44.00")), ("invoice", "draft", Decimal("132.00"))]


def test_an_amendment_right_after_a_dispatch_does_not_ship_or_invoice_twice(trade):
    """The order's counters lag behind the shipment then: nobody has told the order yet."""
    order = trade.confirm()
    trade.dispatch(order, {trade.product: 2}, settled=False)
    amend(trade, order, 8, settled=False)
    for delivery in Delivery.objects.filter(aggregate_key=order.key, status=0).order_by("pk"):
        assert run_delivery(delivery.pk) == "done"
    trade.retry()
    assert trade.reserved(order) == {"consumed": Decimal(2), "firm": Decimal(6)}
    assert trade.shipments(order) == [("dispatched", [Decimal(2)]), ("planned", [Decimal(6)])]
    assert sorted(trade.invoices(order)) == [("invoice", "draft", Decimal("132.00")), ("invoice", "posted", Decimal("44.00"))]


def test_what_has_left_cannot_be_amended_away(trade):
    order = trade.confirm()
    trade.dispatch(order, {trade.product: 2})
    with pytest.raises(Refusal):
        amend(trade, order, 1)
    assert trade.line(order).quantity == 5
    trade.retry()


def test_more_of_a_prepaid_order_is_invoiced_by_itself(prepaid):
    order = prepaid.confirm()
    amend(prepaid, order, 8)
    assert prepaid.invoices(order) == [("invoice", "posted", Decimal("110.00")), ("invoice", "posted", Decimal("66.00"))]
    assert prepaid.ledger() == {"AR": Decimal(176), "DEFERRED_REVENUE": Decimal(-160), "OUTPUT_TAX": Decimal(-16)}


def test_an_amendment_before_the_order_knows_its_invoice_does_not_invoice_twice(prepaid):
    order = prepaid.confirm(settled=False)
    for delivery in Delivery.objects.filter(aggregate_key=order.key).order_by("pk"):
        assert run_delivery(delivery.pk) == "done"
    assert prepaid.line(order).invoiced == 0
    amend(prepaid, order, 8, settled=False)
    for delivery in Delivery.objects.filter(aggregate_key=order.key, status=0).order_by("pk"):
        assert run_delivery(delivery.pk) == "done"
    prepaid.retry()
    assert prepaid.invoices(order) == [("invoice", "posted", Decimal("110.00")), ("invoice", "posted", Decimal("66.00"))]
    assert prepaid.line(order).invoiced == 8


def test_what_an_amendment_changes_bears_its_day(prepaid):
    order = prepaid.confirm()
    line = prepaid.line(order)
    for quantity, on in ((3, date(2026, 3, 12)), (6, date(2026, 4, 2)), (5, date(2026, 2, 1))):
        amend_order(order, actor=prepaid.boss, changes=[LineChange(line.pk, None, Decimal(quantity))], reason="The customer called.", on=on)
        prepaid.retry()
        order = prepaid.fresh(order)
    documents = CustomerInvoice.objects.filter(order_key=order.key).order_by("pk")
    assert [(document.kind, document.issued_on) for document in documents] == [
        ("invoice", ORDERED_ON), ("credit_note", date(2026, 3, 12)), ("invoice", date(2026, 4, 2)),
        # Said to have been before the invoice it credits: the day of that invoice.
        ("credit_note", date(2026, 4, 2)),
    ]


def test_less_of_a_prepaid_order_is_credited(prepaid):
    order = prepaid.confirm()
    amend(prepaid, order, 3)
    assert prepaid.invoices(order) == [("invoice", "posted", Decimal("110.00")), ("credit_note", "posted", Decimal("44.00"))]
    assert prepaid.ledger() == {"AR": Decimal(66), "DEFERRED_REVENUE": Decimal(-60), "OUTPUT_TAX": Decimal(-6)}
    assert prepaid.reserved(order) == {"firm": Decimal(3)}
    amend(prepaid, order, 4)
    assert prepaid.invoices(order)[2:] == [("invoice", "posted", Decimal("22.00"))]
    assert prepaid.ledger() == {"AR": Decimal(88), "DEFERRED_REVENUE": Decimal(-80), "OUTPUT_TAX": Decimal(-8)}
