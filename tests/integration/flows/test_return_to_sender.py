"""A shipment that comes back is stock again at its cost, and what was invoiced of it is credited (RMA-1 to RMA-3)."""

from decimal import Decimal

from scm.shipping.services import return_shipment_to_sender
from tests.factories.journeys import SHIPPED_ON


def bring_back(trade, shipment, *, settled: bool = True) -> None:
    return_shipment_to_sender(shipment, actor=trade.boss, returned_on=SHIPPED_ON, reason="Nobody was at home.")
    if settled:
        trade.retry()


def test_goods_come_back_at_once_and_the_credit_note_follows(trade):
    order = trade.confirm()
    shipment = trade.dispatch(order)
    bring_back(trade, shipment, settled=False)
    assert trade.stock() == (Decimal(100), Decimal(0))
    assert trade.ledger() == {
        "AR": Decimal(110), "REVENUE": Decimal(-100), "OUTPUT_TAX": Decimal(-10), "COGS": Decimal(50), "GSNI": Decimal(-50),
    }
    trade.retry()
    assert trade.ledger() == {"REVENUE": Decimal(-100), "SALES_RETURNS": Decimal(100)}
    assert trade.invoices(order) == [("invoice", "posted", Decimal("110.00")), ("credit_note", "posted", Decimal("110.00"))]
    line = trade.line(order)
    assert (line.shipped, line.returned, line.invoiced, line.credited, line.settled) == (5, 5, 5, 5, 5)
    assert trade.shipments(order) == [("returned", [Decimal(5)])]


def test_only_the_returned_wave_is_credited(trade):
    order = trade.confirm()
    first = trade.dispatch(order, {trade.product: 2})
    trade.dispatch(order)
    bring_back(trade, first)
    assert trade.invoices(order) == [
        ("invoice", "posted", Decimal("44.00")), ("invoice", "posted", Decimal("66.00")), ("credit_note", "posted", Decimal("44.00")),
    ]
    assert trade.stock() == (Decimal(97), Decimal(0))
    assert trade.ledger() == {
        "AR": Decimal(66), "REVENUE": Decimal(-100), "SALES_RETURNS": Decimal(40), "OUTPUT_TAX": Decimal(-6), "COGS": Decimal(30),
        "INVENTORY": Decimal(-30),
    }


def test_a_shipment_that_comes_back_before_it_was_invoiced_owes_nothing(trade):
    order = trade.confirm()
    shipment = trade.dispatch(order, settled=False)
    bring_back(trade, shipment)
    assert trade.stock() == (Decimal(100), Decimal(0))
    ledger = trade.ledger()
    assert {role: amount for role, amount in ledger.items() if role in ("AR", "GSNI", "INVENTORY", "COGS", "OUTPUT_TAX")} == {}
    assert sum(ledger.values()) == 0


def test_a_prepaid_shipment_that_comes_back_is_credited(prepaid):
    order = prepaid.confirm()
    shipment = prepaid.dispatch(order)
    bring_back(prepaid, shipment)
    assert prepaid.stock() == (Decimal(100), Decimal(0))
    assert prepaid.ledger() == {"REVENUE": Decimal(-100), "SALES_RETURNS": Decimal(100)}
    assert prepaid.invoices(order) == [("invoice", "posted", Decimal("110.00")), ("credit_note", "posted", Decimal("110.00"))]
