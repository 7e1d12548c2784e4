"""Part of an order leaves, the rest follows in the next wave; each part is invoiced by itself."""

from decimal import Decimal

from tests.factories.base import make_product


def test_each_wave_is_invoiced_and_the_order_completes_with_the_last(trade):
    order = trade.confirm()
    trade.dispatch(order, {trade.product: 2})
    assert trade.shipments(order) == [("dispatched", [Decimal(2)]), ("planned", [Decimal(3)])]
    assert trade.invoices(order) == [("invoice", "posted", Decimal("44.00")), ("invoice", "draft", Decimal("66.00"))]
    assert trade.reserved(order) == {"consumed": Decimal(2), "firm": Decimal(3)}
    assert trade.ledger() == {
        "AR": Decimal(44), "REVENUE": Decimal(-40), "OUTPUT_TAX": Decimal(-4), "COGS": Decimal(20), "INVENTORY": Decimal(-20),
    }
    assert trade.statuses(order) == ("confirmed", "partial", "full")
    trade.dispatch(order)
    assert trade.shipments(order) == [("dispatched", [Decimal(2)]), ("dispatched", [Decimal(3)])]
    assert trade.invoices(order) == [("invoice", "posted", Decimal("44.00")), ("invoice", "posted", Decimal("66.00"))]
    assert trade.ledger() == {
        "AR": Decimal(110), "REVENUE": Decimal(-100), "OUTPUT_TAX": Decimal(-10), "COGS": Decimal(50), "INVENTORY": Decimal(-50),
    }
    assert trade.statuses(order) == ("completed", "full", "full")
    assert trade.stock() == (Decimal(95), Decimal(0))


def test_two_waves_that_leave_before_any_handler_ran_are_both_invoiced(trade):
    order = trade.confirm()
    trade.dispatch(order, {trade.product: 1}, settled=False)
    trade.dispatch(order, {trade.product: 2}, settled=False)
    trade.retry()
    assert trade.shipments(order) == [("dispatched", [Decimal(1)]), ("dispatched", [Decimal(2)]), ("planned", [Decimal(2)])]
    assert sorted(trade.invoices(order)) == [
        ("invoice", "draft", Decimal("44.00")), ("invoice", "posted", Decimal("22.00")), ("invoice", "posted", Decimal("44.00")),
    ]
    assert trade.statuses(order) == ("confirmed", "partial", "full")


def test_one_of_two_products_leaves(trade):
    other = make_product(trade.company, list_price=Decimal(7))
    trade.receive(other, 10)
    order = trade.confirm((trade.product, 5), (other, 1))
    trade.dispatch(order, {other: 1})
    assert trade.shipments(order) == [("dispatched", [Decimal(1)]), ("planned", [Decimal(5)])]
    assert trade.invoices(order) == [("invoice", "posted", Decimal("7.70")), ("invoice", "draft", Decimal("110.00"))]
    assert trade.reserved(order) == {"consumed": Decimal(1), "firm": Decimal(5)}


def test_only_what_is_there_can_leave_and_the_backorder_keeps_waiting(trade):
    scarce = make_product(trade.company)
    trade.receive(scarce, 2)
    order = trade.confirm((scarce, 5))
    trade.dispatch(order, {scarce: 2})
    assert trade.reserved(order) == {"consumed": Decimal(2), "planned": Decimal(3)}
    assert trade.shipments(order) == [("dispatched", [Decimal(2)]), ("planned", [Decimal(3)])]
    assert trade.stock(scarce) == (Decimal(0), Decimal(0))
