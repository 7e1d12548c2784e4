"""Delivery and invoice status of an order, from the counters of its lines."""

from collections.abc import Sequence

from crm.orders.models import Order, OrderLine
from crm.orders.rules import delivery_status, invoice_status, is_complete
from crm.orders.selectors import counted
from suite.kernel.companies.models import Company

InvoiceStatus = Order.InvoiceStatus


def derive_statuses(order: Order, lines: Sequence[OrderLine]) -> None:
    """Sets both on the order; writes nothing. A draft and a cancelled order ask for no invoice."""
    counters = counted(lines)
    order.delivery_status = delivery_status(counters)
    if order.status in (Order.Status.DRAFT, Order.Status.CANCELLED):
        order.invoice_status = InvoiceStatus.OVER if any(line.billed > 0 for line in counters) else InvoiceStatus.NONE
    else:
        order.invoice_status = invoice_status(counters, as_ordered=order.invoice_policy == Company.InvoicePolicy.AT_ORDER)


def is_fulfilled(lines: Sequence[OrderLine]) -> bool:
    """Whether everything ordered and not cancelled has been delivered and invoiced."""
    return is_complete(counted(lines))
