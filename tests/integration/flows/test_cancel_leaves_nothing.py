"""A cancelled order leaves no reservation, shipment, draft or commitment, whenever it was cancelled."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from crm.orders.services import cancel_order
from erp.inventory.models import Warehouse
from erp.receivables.models import CustomerInvoice
from integration.flows.order_to_cash import draft_invoice
from integration.outbox.models import Delivery, Event
from suite.kernel.companies.cause import caused_by
from suite.kernel.documents.errors import Refusal


def must_have_left_nothing(trade, order) -> None:
    assert trade.fresh(order).status == "cancelled"
    assert trade.reserved(order) == {}
    assert {status for status, _quantities in trade.shipments(order)} <= {"cancelled"}
    assert trade.invoices(order) == []
    assert trade.stock() == (Decimal(100), Decimal(0))
    assert trade.ledger() == {}
    assert trade.committed() == 0


def test_cancelling_undoes_reservation_shipment_and_draft(trade):
    order = trade.confirm()
    cancel_order(order, actor=trade.boss, reason="The customer changed their mind.")
    trade.retry()
    must_have_left_nothing(trade, order)


def test_cancelling_before_any_handler_ran_leaves_nothing(trade):
    order = trade.confirm(settled=False)
    cancel_order(order, actor=trade.boss, reason="Typed by mistake.")
    trade.retry()
    must_have_left_nothing(trade, order)
    assert trade.shipments(order) == []


def test_cancelling_while_a_handler_retries_leaves_nothing(trade):
    Warehouse.objects.update(is_active=False)
    order = trade.confirm()
    assert trade.waiting() == ["erp.reserve"]
    cancel_order(order, actor=trade.boss, reason="It takes too long.")
    Delivery.objects.filter(handler="erp.reserve", seq=2).update(last_error="")
    Warehouse.objects.update(is_active=True)
    trade.retry()
    must_have_left_nothing(trade, order)
    assert list(Delivery.objects.filter(aggregate_key=order.key, handler="erp.reserve").order_by("seq").values_list("status", flat=True)) == [1, 1]


def test_a_handler_that_comes_late_does_not_bring_a_cancelled_order_back(trade):
    order = trade.confirm(settled=False)
    late = list(Delivery.objects.filter(aggregate_key=order.key))
    cancel_order(order, actor=trade.boss, reason="Typed by mistake.")
    trade.retry()
    Delivery.objects.filter(pk__in=[delivery.pk for delivery in late]).update(status=Delivery.Status.PENDING)
    trade.retry()
    must_have_left_nothing(trade, order)


def test_cancelling_a_prepaid_order_credits_its_invoice(prepaid):
    order = prepaid.confirm()
    cancel_order(order, actor=prepaid.boss, reason="No longer wanted.")
    prepaid.retry()
    assert prepaid.invoices(order) == [("invoice", "posted", Decimal("110.00")), ("credit_note", "posted", Decimal("110.00"))]
    assert prepaid.ledger() == {}
    assert prepaid.reserved(order) == {}
    assert prepaid.stock() == (Decimal(100), Decimal(0))
    assert prepaid.committed() == 0


def test_the_credit_note_bears_the_day_of_the_cancelling(prepaid):
    order = prepaid.confirm()
    cancel_order(order, actor=prepaid.boss, reason="No longer wanted.", on=date(2026, 3, 20))
    prepaid.retry()
    note = CustomerInvoice.objects.get(order_key=order.key, kind="credit_note")
    assert (note.issued_on, note.entry.ledger_date) == (date(2026, 3, 20), date(2026, 3, 20))


def test_a_cancelling_without_a_day_is_of_the_day_it_was_recorded(prepaid):
    """However long its consumer was down."""
    order = prepaid.confirm()
    cancel_order(order, actor=prepaid.boss, reason="No longer wanted.")
    event = Event.objects.get(type="crm.order.cancelled", aggregate_id=order.pk)
    event.created = datetime(2026, 4, 2, 9, tzinfo=UTC)

    with caused_by(event.pk):
        draft_invoice(event, prepaid.boss)

    assert CustomerInvoice.objects.get(order_key=order.key, kind="credit_note").issued_on == date(2026, 4, 2)
    prepaid.retry()


def test_what_has_left_cannot_be_cancelled(trade):
    order = trade.confirm()
    trade.dispatch(order, {trade.product: 2}, settled=False)
    with pytest.raises(Refusal):
        cancel_order(order, actor=trade.boss, reason="Too late.")
    assert trade.fresh(order).status == "confirmed"
    assert trade.shipments(order) == [("dispatched", [Decimal(2)]), ("planned", [Decimal(3)])]
    trade.retry()
