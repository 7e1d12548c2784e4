"""What must always hold of orders and quotes, recomputed from the rows: each check says a sentence per guilty row."""

from collections.abc import Callable

from django.db import connection

DERIVED = """
WITH line AS (
    SELECT o.id AS order_id, o.number, o.status, o.invoice_policy = 'at_order' AS as_ordered, o.delivery_status, o.invoice_status,
           l.kind = 'goods' AS is_goods, l.quantity - l.cancelled_quantity AS ordered,
           l.shipped - greatest(l.returned - l.settled, 0) AS kept, l.invoiced - (l.credited - l.settled) AS billed
      FROM crm_order o LEFT JOIN crm_orderline l ON l.order_id = o.id
), due AS (
    SELECT line.*, CASE WHEN is_goods THEN CASE WHEN as_ordered THEN ordered ELSE kept END
                        WHEN as_ordered OR NOT bool_or(is_goods) OVER w OR bool_or(is_goods AND kept > 0) OVER w THEN ordered
                        ELSE 0 END AS due
      FROM line WINDOW w AS (PARTITION BY order_id)
), state AS (
    SELECT order_id, number, status, delivery_status, invoice_status,
           CASE WHEN coalesce(bool_or(is_goods), false) IS FALSE THEN 'none'
                WHEN bool_and(kept <= 0) FILTER (WHERE is_goods) THEN 'nothing'
                WHEN bool_or(kept < ordered) FILTER (WHERE is_goods) THEN 'partial'
                WHEN bool_or(kept > ordered) FILTER (WHERE is_goods) THEN 'over' ELSE 'full' END AS delivery,
           CASE WHEN status IN ('draft', 'cancelled') THEN CASE WHEN bool_or(billed > 0) THEN 'over' ELSE 'none' END
                WHEN bool_or(billed > greatest(due, ordered)) THEN 'over'
                WHEN bool_or(billed < due) THEN CASE WHEN bool_or(billed > 0) THEN 'partial' ELSE 'to_invoice' END
                WHEN bool_or(billed > 0) THEN 'full' ELSE 'none' END AS invoicing
      FROM due GROUP BY order_id, number, status, delivery_status, invoice_status
)
"""


def one_order_per_quote_revision() -> list[str]:
    """I12: an accepted quote revision has exactly one order, any other none."""
    return _rows(
        "SELECT 'quote ' || q.number || ' revision ' || q.revision || ' is ' || q.status || ' and has ' || count(o.id) || ' orders'"
        " FROM crm_quote q LEFT JOIN crm_order o ON o.quote_id = q.id GROUP BY q.id"
        " HAVING count(o.id) <> CASE WHEN q.status = 'accepted' THEN 1 ELSE 0 END LIMIT 1000"
    )


def statuses_follow_counters() -> list[str]:
    """Delivery and invoice status of every order are what the counters of its lines say."""
    return _rows(DERIVED + (  # noqa: S608 - constants
        "SELECT 'order ' || number || ' says delivery ' || delivery_status || ', invoicing ' || invoice_status || ', its lines say '"
        " || delivery || ', ' || invoicing FROM state WHERE delivery <> delivery_status OR invoicing <> invoice_status LIMIT 1000"
    ))


def totals_are_the_lines() -> list[str]:
    """The net of every order and quote is the sum of its lines, and net and tax make the total."""
    return _rows(
        "SELECT 'order ' || o.number || ' says net ' || o.net || ', its lines ' || coalesce(sum(l.net), 0) FROM crm_order o"
        " LEFT JOIN crm_orderline l ON l.order_id = o.id GROUP BY o.id HAVING o.net <> coalesce(sum(l.net), 0) OR o.gross <> o.net + o.tax"
        " UNION ALL SELECT 'quote ' || q.number || ' says net ' || q.net || ', its lines ' || coalesce(sum(l.net), 0) FROM crm_quote q"
        " LEFT JOIN crm_quoteline l ON l.quote_id = q.id GROUP BY q.id HAVING q.net <> coalesce(sum(l.net), 0) OR q.gross <> q.net + q.tax"
        " LIMIT 1000"
    )


def counters_in_one_company() -> list[str]:
    """The lines of an order, its customer and its quote are of the order's company."""
    return _rows(
        "SELECT 'order ' || o.number || ' has rows of another company' FROM crm_order o JOIN kernel_party p ON p.id = o.customer_id"
        " LEFT JOIN crm_quote q ON q.id = o.quote_id WHERE p.company_id <> o.company_id OR q.company_id <> o.company_id"
        " OR EXISTS (SELECT 1 FROM crm_orderline l WHERE l.order_id = o.id AND l.company_id <> o.company_id) LIMIT 1000"
    )


def _rows(query: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return [row[0] for row in cursor.fetchall()]


INVARIANTS: dict[str, Callable[[], list[str]]] = {
    "I12: one order per quote revision": one_order_per_quote_revision,
    "orders: statuses follow counters": statuses_follow_counters,
    "orders: totals are the lines": totals_are_the_lines,
    "orders: one company": counters_in_one_company,
}
