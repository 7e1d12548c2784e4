"""Who pays first is invoiced with the order; revenue and cost come with the goods (O2C-6 to O2C-8p)."""

from decimal import Decimal


def test_the_invoice_is_posted_with_the_order_and_revenue_waits(prepaid):
    order = prepaid.confirm()
    assert prepaid.invoices(order) == [("invoice", "posted", Decimal("110.00"))]
    assert prepaid.ledger() == {"AR": Decimal(110), "DEFERRED_REVENUE": Decimal(-100), "OUTPUT_TAX": Decimal(-10)}
    assert prepaid.statuses(order) == ("confirmed", "nothing", "full")
    assert prepaid.committed() == 0
    assert prepaid.reserved(order) == {"firm": Decimal(5)}


def test_each_part_that_leaves_takes_its_share_of_revenue_and_cost(prepaid):
    order = prepaid.confirm()
    prepaid.dispatch(order, {prepaid.product: 2})
    assert prepaid.ledger() == {
        "AR": Decimal(110), "DEFERRED_REVENUE": Decimal(-60), "REVENUE": Decimal(-40), "OUTPUT_TAX": Decimal(-10), "COGS": Decimal(20),
        "INVENTORY": Decimal(-20),
    }
    prepaid.dispatch(order)
    assert prepaid.ledger() == {
        "AR": Decimal(110), "REVENUE": Decimal(-100), "OUTPUT_TAX": Decimal(-10), "COGS": Decimal(50), "INVENTORY": Decimal(-50),
    }
    assert prepaid.invoices(order) == [("invoice", "posted", Decimal("110.00"))]
    assert prepaid.statuses(order) == ("completed", "full", "full")


def test_goods_that_leave_before_the_invoice_is_made_are_invoiced_as_dispatched(prepaid):
    order = prepaid.confirm(settled=False)
    from integration.outbox.models import Delivery
    from integration.outbox.run import run_delivery

    for name in ("erp.reserve", "scm.plan"):
        assert run_delivery(Delivery.objects.get(aggregate_key=order.key, handler=name).pk) == "done"
    prepaid.dispatch(order, settled=False)
    assert prepaid.ledger() == {"GSNI": Decimal(50), "INVENTORY": Decimal(-50)}
    prepaid.retry()
    assert prepaid.ledger() == {
        "AR": Decimal(110), "REVENUE": Decimal(-100), "OUTPUT_TAX": Decimal(-10), "COGS": Decimal(50), "INVENTORY": Decimal(-50),
    }
    assert prepaid.statuses(order) == ("completed", "full", "full")
