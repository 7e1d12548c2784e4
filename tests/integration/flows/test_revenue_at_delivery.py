"""Where revenue counts at delivery, goods under way are invoiced and not earned; what arrives is (O2C-6, O2C-8)."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from erp.closing.services import accrue_unbilled
from erp.ledger.models import JournalEntry
from integration.outbox.models import Delivery
from scm.shipping.services import deliver_shipment, return_shipment_to_sender
from suite.kernel.calendars.models import Period
from suite.kernel.companies.models import Company
from tests.factories.books import net_by_role
from tests.factories.journeys import SHIPPED_ON, Trade
from tests.golden.postings import expected

ARRIVED = datetime(2026, 3, 9, 10, tzinfo=UTC)
UNDER_WAY = {"AR": Decimal(110), "DEFERRED_REVENUE": Decimal(-100), "OUTPUT_TAX": Decimal(-10), "GSNI": Decimal(50), "INVENTORY": Decimal(-50)}
EARNED = {"AR": Decimal(110), "REVENUE": Decimal(-100), "OUTPUT_TAX": Decimal(-10), "COGS": Decimal(50), "INVENTORY": Decimal(-50)}


@pytest.fixture(params=["at_dispatch", "at_order"])
def trade(request, transactional_db):
    trade = Trade(revenue_point=Company.RevenuePoint.DELIVERY, invoice_policy=request.param)
    yield trade
    trade.must_be_healthy()


@pytest.fixture
def by_clerk(transactional_db):
    trade = Trade(revenue_point=Company.RevenuePoint.DELIVERY)
    yield trade
    trade.must_be_healthy()


def test_goods_are_dispatched_invoiced_and_earned_when_they_arrive(trade):
    order = trade.confirm()
    shipment = trade.dispatch(order)
    assert trade.ledger() == UNDER_WAY
    assert trade.invoices(order) == [("invoice", "posted", Decimal("110.00"))]
    deliver_shipment(shipment, actor=trade.boss, delivered_at=ARRIVED)
    trade.retry()
    assert trade.ledger() == EARNED
    assert trade.statuses(order) == ("completed", "full", "full")
    entry = JournalEntry.objects.get(source_key=f"{shipment.key}/delivered")
    assert entry.ledger_date == ARRIVED.date()
    Delivery.objects.filter(handler="erp.deliver").update(status=Delivery.Status.PENDING)
    trade.retry()
    assert trade.ledger() == EARNED


def test_each_parcel_earns_its_part(trade):
    order = trade.confirm()
    first = trade.dispatch(order, {trade.product: 2})
    trade.dispatch(order)
    deliver_shipment(first, actor=trade.boss, delivered_at=ARRIVED)
    trade.retry()
    assert trade.ledger() == {
        "AR": Decimal(110), "DEFERRED_REVENUE": Decimal(-60), "REVENUE": Decimal(-40), "OUTPUT_TAX": Decimal(-10), "COGS": Decimal(20),
        "GSNI": Decimal(30), "INVENTORY": Decimal(-50),
    }


def test_goods_that_come_back_never_earned(trade):
    order = trade.confirm()
    return_shipment_to_sender(trade.dispatch(order), actor=trade.boss, returned_on=SHIPPED_ON, reason="Nobody was at home.")
    trade.retry()
    assert trade.ledger() == {}
    assert trade.invoices(order) == [("invoice", "posted", Decimal("110.00")), ("credit_note", "posted", Decimal("110.00"))]
    assert trade.stock() == (Decimal(100), Decimal(0))
    line = trade.line(order)
    assert (line.returned, line.credited, line.settled) == (5, 5, 5)


def test_an_invoice_that_comes_after_the_delivery_earns_on_the_day_the_goods_arrived(trade):
    order = trade.confirm()
    shipment = trade.dispatch(order, settled=False)
    deliver_shipment(shipment, actor=trade.boss, delivered_at=ARRIVED)
    for delivery in Delivery.objects.filter(handler="erp.deliver"):
        Delivery.objects.filter(pk=delivery.pk).update(status=Delivery.Status.SKIPPED)
    trade.retry()
    if trade.company.invoice_policy == "at_dispatch":
        assert trade.ledger() == EARNED
        (entry,) = JournalEntry.objects.filter(description=f"Delivery {order.number}")
        assert (entry.ledger_date, net_by_role(entry)["REVENUE"]) == (ARRIVED.date(), -100)
    else:
        assert trade.ledger() == UNDER_WAY


def test_the_accrual_counts_delivered_units_only(by_clerk):
    trade = by_clerk
    Company.objects.filter(pk=trade.company.pk).update(invoice_policy="manual")
    order = trade.confirm()
    first = trade.dispatch(order, {trade.product: 2})
    trade.dispatch(order)
    march = Period.objects.get(company=trade.company, year__code="2026", number=3)
    assert accrue_unbilled(period=march, actor=trade.boss) is None
    deliver_shipment(first, actor=trade.boss, delivered_at=ARRIVED)
    trade.retry()
    accrual, reversal = accrue_unbilled(period=march, actor=trade.boss)
    assert net_by_role(accrual) == expected("O2C-9")
    assert reversal.ledger_date == date(2026, 4, 1)
