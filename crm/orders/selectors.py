"""Reads of orders worth a name."""

from collections.abc import Sequence

from django.db.models import QuerySet

from crm.orders.models import Order, OrderLine
from crm.orders.rules import Counted


def lines_of(order: Order) -> list[OrderLine]:
    """The lines in printed order, with product and tax. One statement."""
    return list(OrderLine.objects.filter(order=order).select_related("product", "tax").order_by("position", "pk"))


def counted(lines: Sequence[OrderLine]) -> list[Counted]:
    """The counters of lines, as the rules read them."""
    return [
        Counted(
            line.kind == OrderLine.Kind.GOODS, line.billed_quantity, line.shipped, line.returned, line.invoiced, line.credited,
            line.settled,
        )
        for line in lines
    ]


def open_orders(customer_id: int) -> QuerySet[Order]:
    """The customer's orders that are still to be delivered or invoiced, newest first."""
    running = (Order.Status.DRAFT, Order.Status.CONFIRMED, Order.Status.ON_HOLD)
    return Order.objects.filter(customer_id=customer_id, status__in=running).order_by("-pk")
