"""What of an order has left, read so that no dispatch can slip in between."""

from collections import defaultdict
from decimal import Decimal

from django.db import connection

QUERY = """
SELECT l.order_line_key, l.shipped FROM scm_shipment s JOIN scm_shipmentline l ON l.shipment_id = s.id
 WHERE s.company_id = %s AND s.order_key = %s ORDER BY s.id FOR SHARE OF s"""


def shipped_of_order(*, company_id: int, order_key: str) -> dict[str, Decimal]:
    """Shipped quantity per order line key. The order's shipments stay as they are until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(QUERY, [company_id, order_key])
        left: dict[str, Decimal] = defaultdict(Decimal)
        for key, quantity in cursor.fetchall():
            left[key] += quantity
    return left
