"""What of an order has been invoiced, read so that no invoice of it can be issued in between.

The counters of the order's lines follow the invoices by an event, so they may lag: whoever decides what is still to be invoiced reads here.
"""

from decimal import Decimal

from django.db import connection

LOCK = "SELECT id FROM erp_customerinvoice WHERE company_id = %s AND order_key = %s ORDER BY id FOR NO KEY UPDATE"

BILLED = """
SELECT l.order_line_key, sum(CASE i.kind WHEN 'credit_note' THEN -l.quantity ELSE l.quantity END)
  FROM erp_customerinvoice i JOIN erp_customerinvoiceline l ON l.invoice_id = i.id
 WHERE i.company_id = %s AND i.order_key = %s AND i.status = 'posted' AND l.order_line_key <> ''
   AND NOT (i.kind = 'credit_note' AND i.reason IN ('return', 'goodwill')) GROUP BY 1"""


def billed_of_order(*, company_id: int, order_key: str) -> dict[str, Decimal]:
    """Per order line key the quantity that is invoiced, less what was credited to be invoiced again or because it will never be sent.

    What was credited for a return or as goodwill counts as invoiced: nobody owes an invoice for it any more. The order's invoices
    stay as they are until the transaction ends.
    """
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [company_id, order_key])
        if not cursor.fetchall():
            return {}
        # Locked first and read afterwards: what was issued while we waited is seen.
        cursor.execute(BILLED, [company_id, order_key])
        return dict(cursor.fetchall())
