"""A confirmed order has reservations, a planned shipment and a draft invoice; nothing is posted yet."""

from decimal import Decimal

import pytest

from integration.outbox.consumers import consumer_named
from integration.outbox.models import Delivery, Event
from suite.kernel.documents.work import in_unit_of_work
from suite.kernel.users.service_user import service_user
from tests.factories.base import make_product


def test_a_confirmed_order_has_its_three_documents_and_posts_nothing(trade):
    order = trade.confirm()
    assert trade.statuses(order) == ("confirmed", "nothing", "none")
    assert trade.reserved(order) == {"firm": Decimal(5)}
    assert trade.shipments(order) == [("planned", [Decimal(5)])]
    assert trade.invoices(order) == [("invoice", "draft", Decimal("110.00"))]
    assert trade.stock() == (Decimal(100), Decimal(5))
    assert trade.ledger() == {}
    assert trade.committed() == Decimal("110.00")


def test_before_the_handlers_ran_there_is_the_order_and_its_event_only(trade):
    order = trade.confirm(settled=False)
    assert trade.waiting() == ["erp.reserve", "scm.plan", "erp.draft_invoice"]
    assert (trade.reserved(order), trade.shipments(order), trade.invoices(order)) == ({}, [], [])
    trade.retry()


def test_what_is_not_on_stock_is_planned_and_the_rest_is_firm(trade):
    scarce = make_product(trade.company)
    trade.receive(scarce, 3)
    order = trade.confirm((scarce, 5))
    assert trade.reserved(order) == {"firm": Decimal(3), "planned": Decimal(2)}
    assert trade.shipments(order) == [("planned", [Decimal(5)])]
    assert trade.stock(scarce) == (Decimal(3), Decimal(3))


def test_services_are_invoiced_and_neither_reserved_nor_shipped(trade):
    service = make_product(trade.company, kind="service", list_price=Decimal(50))
    order = trade.confirm((trade.product, 1), (service, 1))
    assert trade.reserved(order) == {"firm": Decimal(1)}
    assert trade.shipments(order) == [("planned", [Decimal(1)])]
    assert trade.invoices(order) == [("invoice", "draft", Decimal("77.00"))]


@pytest.mark.parametrize("kind", ["trade", "prepaid"])
def test_every_handler_may_run_again_and_changes_nothing(kind, request):
    trade = request.getfixturevalue(kind)
    order = trade.confirm()
    trade.dispatch(order, {trade.product: 2})

    def state():
        return (
            trade.statuses(order), trade.reserved(order), trade.shipments(order), trade.invoices(order), trade.ledger(), trade.stock(),
            trade.committed(),
        )

    before = state()
    again = ("erp.reserve", "scm.plan", "erp.draft_invoice", "erp.invoice")
    for delivery in Delivery.objects.filter(handler__in=again).order_by("pk"):
        event = Event.objects.get(pk=delivery.event_id)
        actor = service_user(on_behalf_of=event.actor_id, company_id=event.company_id)
        in_unit_of_work(lambda name=delivery.handler, event=event, actor=actor: consumer_named(name).handle(event, actor), actor=actor)
    assert state() == before


def test_dispatch_posts_the_goods_issue_at_once_and_the_invoice_follows(trade):
    order = trade.confirm()
    trade.dispatch(order, settled=False)
    assert trade.ledger() == {"GSNI": Decimal(50), "INVENTORY": Decimal(-50)}
    assert trade.stock() == (Decimal(95), Decimal(0))
    trade.retry()
    assert trade.ledger() == {
        "AR": Decimal(110), "REVENUE": Decimal(-100), "OUTPUT_TAX": Decimal(-10), "COGS": Decimal(50), "INVENTORY": Decimal(-50),
    }
    assert trade.invoices(order) == [("invoice", "posted", Decimal("110.00"))]
    assert trade.reserved(order) == {"consumed": Decimal(5)}
    assert trade.statuses(order) == ("completed", "full", "full")
    assert trade.committed() == 0
