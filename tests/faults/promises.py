"""What must hold after the storm, counted from the data."""

from collections.abc import Iterable
from typing import Any

from django.db import connection

from integration.management.commands.doctor import examine
from integration.outbox.models import Delivery

# Per confirmed order: its posted invoices, live shipments, and the lines whose reservations or planned quantities differ from the order's.
EFFECTS = """
WITH orders AS (
    SELECT o.id, 'crm.order:' || o.id AS key FROM crm_order o WHERE o.company_id = %(company)s AND o.status NOT IN ('draft', 'cancelled')),
lines AS (
    SELECT l.order_id, l.quantity, 'crm.orderline:' || l.id AS key FROM crm_orderline l JOIN orders o ON o.id = l.order_id WHERE l.kind = 'goods'),
reserved AS (
    SELECT line_key, sum(quantity) AS quantity FROM erp_reservation WHERE company_id = %(company)s AND status IN ('firm', 'planned') GROUP BY 1),
planned AS (
    SELECT sl.order_line_key AS line_key, sum(sl.quantity) AS quantity FROM scm_shipmentline sl JOIN scm_shipment s ON s.id = sl.shipment_id
     WHERE s.company_id = %(company)s AND s.status <> 'cancelled' GROUP BY 1),
invoices AS (
    SELECT order_key, count(*) AS number, sum(net) AS net FROM erp_customerinvoice
     WHERE company_id = %(company)s AND status = 'posted' AND kind = 'invoice' GROUP BY 1),
shipments AS (SELECT order_key, count(*) AS number FROM scm_shipment WHERE company_id = %(company)s AND status <> 'cancelled' GROUP BY 1)
SELECT o.id, coalesce(i.number, 0), coalesce(s.number, 0),
       (SELECT count(*) FROM lines l LEFT JOIN reserved r ON r.line_key = l.key WHERE l.order_id = o.id AND coalesce(r.quantity, 0) < l.quantity),
       (SELECT count(*) FROM lines l LEFT JOIN reserved r ON r.line_key = l.key WHERE l.order_id = o.id AND coalesce(r.quantity, 0) > l.quantity),
       (SELECT count(*) FROM lines l LEFT JOIN planned p ON p.line_key = l.key WHERE l.order_id = o.id AND coalesce(p.quantity, 0) < l.quantity),
       (SELECT count(*) FROM lines l LEFT JOIN planned p ON p.line_key = l.key WHERE l.order_id = o.id AND coalesce(p.quantity, 0) > l.quantity),
       coalesce(i.net, 0) = (SELECT net FROM crm_order WHERE id = o.id)
  FROM orders o LEFT JOIN invoices i ON i.order_key = o.key LEFT JOIN shipments s ON s.order_key = o.key"""

UNBALANCED = """
SELECT (SELECT count(*) FROM (SELECT entry_id FROM erp_journalline GROUP BY entry_id HAVING sum(debit) <> sum(credit)) odd)
     + (SELECT count(*) FROM erp_journalentry WHERE status <> 'posted')"""

GAPS = """
SELECT coalesce(sum(abs(t.last_number - coalesce(e.number, 0))), 0) + count(*) FILTER (WHERE e.highest <> e.number)
  FROM erp_journaltail t LEFT JOIN (
    SELECT n.journal_id, p.year_id, count(DISTINCT n.sequence) AS number, max(n.sequence) AS highest FROM erp_journalentry n
      JOIN kernel_period p ON p.id = n.period_id WHERE n.status = 'posted' GROUP BY 1, 2) e
    ON e.journal_id = t.journal_id AND e.year_id = t.year_id"""

OVERSOLD = """
SELECT (SELECT count(*) FROM erp_stocklevel WHERE on_hand < 0 OR reserved > on_hand OR reserved < 0)
     + (SELECT count(*) FROM erp_stocklevel l WHERE l.reserved <> (
            SELECT coalesce(sum(quantity), 0) FROM erp_reservation r WHERE r.level_id = l.id AND r.status = 'firm'))"""

SLOW = """
SELECT round(percentile_cont(p) WITHIN GROUP (ORDER BY extract(epoch FROM d.done_at - e.created))::numeric, 2)
  FROM integration_delivery d JOIN integration_event e ON e.id = d.event_id, unnest(array[0.5, 0.95, 0.99]) AS p
 WHERE d.status = 1 GROUP BY p ORDER BY p"""


def number(query: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return int(cursor.fetchone()[0])


def examine_company(company_id: int, acknowledged: Iterable[int]) -> dict[str, Any]:
    """Counts of everything that was promised to be zero, with the orders concerned."""
    acknowledged = set(acknowledged)
    with connection.cursor() as cursor:
        cursor.execute(EFFECTS, {"company": company_id})
        rows = cursor.fetchall()
    confirmed = {row[0] for row in rows}
    lost = [row[0] for row in rows if not row[1] or not row[2] or row[3] or row[5]]
    doubled = [row[0] for row in rows if row[1] > 1 or row[2] > 1 or row[4] or row[6]]
    odd_amount = [row[0] for row in rows if row[1] == 1 and not row[7]]
    with connection.cursor() as cursor:
        cursor.execute(SLOW)
        delays = [float(row[0]) for row in cursor.fetchall()]
    findings = {name: found for name, found in examine().items() if found["violations"]}
    return {
        "lost": len(lost), "duplicated": len(doubled), "unbalanced": number(UNBALANCED), "gaps": number(GAPS), "oversold": number(OVERSOLD),
        "acknowledged_missing": len(acknowledged - confirmed), "confirmed": len(confirmed), "wrong_amount": len(odd_amount),
        "open_deliveries": Delivery.objects.exclude(status__in=(Delivery.Status.DONE, Delivery.Status.SKIPPED)).count(),
        "deliveries": Delivery.objects.count(), "tried_again": Delivery.objects.filter(attempts__gt=1).count(),
        "backorders": number("SELECT count(DISTINCT document_key) FROM erp_reservation WHERE status = 'planned'"),
        "event_to_done_p50_p95_p99": delays, "doctor": findings,
        "examples": {"lost": lost[:5], "duplicated": doubled[:5], "wrong_amount": odd_amount[:5], "missing": sorted(acknowledged - confirmed)[:5]},
    }
