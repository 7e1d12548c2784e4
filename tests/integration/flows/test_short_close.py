"""An order that is closed short gives up what has not left: reservation, shipment, draft, or its prepaid part."""

from decimal import Decimal

from crm.orders.services import close_order_short


def test_the_rest_is_released_and_only_what_left_is_invoiced(trade):
    order = trade.confirm()
    trade.dispatch(order, {trade.product: 2})
    close_order_short(order, actor=trade.boss, reason="No longer made.")
    trade.retry()
    assert trade.statuses(order) == ("closed_short", "full", "full")
    assert trade.reserved(order) == {"consumed": Decimal(2)}
    assert trade.shipments(order) == [("dispatched", [Decimal(2)]), ("cancelled", [Decimal(3)])]
    assert trade.invoices(order) == [("invoice", "posted", Decimal("44.00"))]
    assert trade.fresh(order).gross == Decimal("44.00")
    assert trade.stock() == (Decimal(98), Decimal(0))
    assert trade.committed() == 0


def test_nothing_left_and_everything_is_given_up(trade):
    order = trade.confirm()
    close_order_short(order, actor=trade.boss, reason="No longer made.")
    trade.retry()
    assert trade.fresh(order).status == "closed_short"
    assert (trade.reserved(order), trade.invoices(order), trade.ledger()) == ({}, [], {})
    assert trade.shipments(order) == [("cancelled", [Decimal(5)])]
    assert trade.committed() == 0


def test_closing_right_after_a_dispatch_keeps_what_left(trade):
    order = trade.confirm()
    trade.dispatch(order, {trade.product: 2}, settled=False)
    close_order_short(order, actor=trade.boss, reason="No longer made.")
    trade.retry()
    assert trade.line(order).cancelled_quantity == 3
    assert trade.invoices(order) == [("invoice", "posted", Decimal("44.00"))]
    assert trade.shipments(order) == [("dispatched", [Decimal(2)]), ("cancelled", [Decimal(3)])]
    assert trade.statuses(order) == ("closed_short", "full", "full")


def test_the_prepaid_part_that_never_leaves_is_credited(prepaid):
    order = prepaid.confirm()
    prepaid.dispatch(order, {prepaid.product: 2})
    close_order_short(order, actor=prepaid.boss, reason="No longer made.")
    prepaid.retry()
    assert prepaid.invoices(order) == [("invoice", "posted", Decimal("110.00")), ("credit_note", "posted", Decimal("66.00"))]
    assert prepaid.ledger() == {
        "AR": Decimal(44), "REVENUE": Decimal(-40), "OUTPUT_TAX": Decimal(-4), "COGS": Decimal(20), "INVENTORY": Decimal(-20),
    }
    assert prepaid.reserved(order) == {"consumed": Decimal(2)}
