"""What of an order has been invoiced, read so that no invoice of it can be issued in between.

The counters of the order's lines follow the invoices by an event, so they may lag: whoever decides what is still to be invoiced reads here.
"""

from decimal import Decimal

from django.db import connection

from erp.receivables.selectors import invoiced_of_order
from suite.kernel.documents.statements import kept

LOCK = "SELECT id FROM erp_customerinvoice WHERE company_id = %s AND order_key = %s ORDER BY id FOR NO KEY UPDATE"


def billed_of_order(*, company_id: int, order_key: str) -> dict[str, Decimal]:
    """Per order line key the quantity that is invoiced, less what was credited to be invoiced again or because it will never be sent.

    What was credited for a return or as goodwill counts as invoiced: nobody owes an invoice for it any more. The order's invoices
    stay as they are until the transaction ends.
    """
    with connection.cursor() as cursor:
        cursor.execute(kept(LOCK), [company_id, order_key])
        is_invoiced = bool(cursor.fetchall())
    # Locked first and read afterwards: what was issued while we waited is seen.
    return invoiced_of_order(company_id=company_id, order_key=order_key) if is_invoiced else {}


TOTAL = """
SELECT coalesce(sum(CASE kind WHEN 'credit_note' THEN -gross ELSE gross END), 0) FROM erp_customerinvoice i
 WHERE company_id = %s AND order_key = %s AND status = 'posted' AND kind <> 'deposit'
   AND NOT (kind = 'credit_note' AND (reason IN ('return', 'goodwill')
            OR EXISTS (SELECT 1 FROM erp_customerinvoice d WHERE d.id = i.corrects_id AND d.kind = 'deposit')))"""


def total_billed_of_order(*, company_id: int, order_key: str) -> Decimal:
    """The same in money, with tax: what of the order's total is a receivable already (or was), so that credit does not count it twice."""
    with connection.cursor() as cursor:
        cursor.execute(TOTAL, [company_id, order_key])
        return cursor.fetchone()[0]
