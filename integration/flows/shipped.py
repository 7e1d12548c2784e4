"""What of an order has left, read so that no dispatch can slip in between."""

from collections import defaultdict
from decimal import Decimal

from scm.shipping.selectors import lock_shipments_of


def shipped_of_order(*, company_id: int, order_key: str) -> dict[str, Decimal]:
    """Shipped quantity per order line key. The order's shipments stay as they are until the transaction ends.

    Locked first and read afterwards: one statement that does both would, after waiting for a dispatch, join the lines as they were before.
    """
    _shipments, lines = lock_shipments_of(company_id, order_key)
    left: dict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        left[line.order_line_key] += line.shipped
    return left
