"""What must always hold of shipments, recomputed from the rows: each check says a sentence per guilty row."""

from collections.abc import Callable

from django.db import connection


def shipped_within_plan() -> list[str]:
    """A line ships at most what was planned and the tolerance that held on the day; nothing before dispatch, something after."""
    return _rows(
        "SELECT 'shipment line ' || l.id || ' of ' || s.number || ' shipped ' || l.shipped || ' of ' || l.quantity"
        " FROM scm_shipmentline l JOIN scm_shipment s ON s.id = l.shipment_id"
        " WHERE l.shipped > l.quantity + l.over_allowed"
        " OR (s.status IN ('planned', 'booked', 'cancelled') AND l.shipped <> 0)"
        " OR (s.status NOT IN ('planned', 'booked', 'cancelled') AND l.shipped <= 0) LIMIT 1000"
    )


def dispatched_with_date() -> list[str]:
    """A shipment that left has a date and lines."""
    return _rows(
        "SELECT 'shipment ' || s.number || ' left without date or lines' FROM scm_shipment s"
        " WHERE s.status NOT IN ('planned', 'booked', 'cancelled') AND (s.dispatched_at IS NULL OR s.dispatched_on IS NULL"
        " OR NOT EXISTS (SELECT 1 FROM scm_shipmentline l WHERE l.shipment_id = s.id)) LIMIT 1000"
    )


def waves_in_one_company() -> list[str]:
    """The shipments of an order belong to one company and one customer, and so do their lines."""
    return _rows(
        "SELECT 'order ' || order_key || ' is shipped to ' || count(DISTINCT (company_id, customer_id)) || ' customers' FROM scm_shipment"
        " WHERE order_key <> '' GROUP BY order_key HAVING count(DISTINCT (company_id, customer_id)) > 1"
        " UNION ALL SELECT 'shipment line ' || l.id || ' is of another company' FROM scm_shipmentline l"
        " JOIN scm_shipment s ON s.id = l.shipment_id WHERE s.company_id <> l.company_id LIMIT 1000"
    )


def picked_as_scanned() -> list[str]:
    """What a finished pick list counted is what its shipment line says was picked."""
    return _rows(
        "SELECT 'pick list line ' || p.id || ' counted ' || p.picked || ', its shipment line says ' || l.picked"
        " FROM scm_picklistline p JOIN scm_picklist k ON k.id = p.pick_list_id JOIN scm_shipmentline l ON l.id = p.shipment_line_id"
        " JOIN scm_shipment s ON s.id = l.shipment_id"
        " WHERE k.status IN ('picked', 'packed') AND s.status IN ('planned', 'booked') AND s.id = k.shipment_id"
        " AND p.picked > l.picked LIMIT 1000"
    )


def lots_make_up_what_left() -> list[str]:
    """Where a line's lots are written down, they sum to what left of it; before dispatch none has left, and they sum to what the pick list counted."""
    return _rows(
        "SELECT 'shipment line ' || l.id || ' of ' || s.number || ' shipped ' || l.shipped || ', its lots ' || sum(t.shipped)"
        " FROM scm_shipmentlot t JOIN scm_shipmentline l ON l.id = t.line_id JOIN scm_shipment s ON s.id = l.shipment_id"
        " GROUP BY l.id, s.number HAVING sum(t.shipped) <> l.shipped"
        " UNION ALL SELECT 'pick list line ' || p.id || ' counted ' || p.picked || ', its lots ' || sum(t.picked)"
        " FROM scm_picklistline p JOIN scm_picklist k ON k.id = p.pick_list_id JOIN scm_shipment s ON s.id = k.shipment_id"
        " JOIN scm_shipmentlot t ON t.line_id = p.shipment_line_id"
        " WHERE k.status NOT IN ('done', 'cancelled') AND s.status IN ('planned', 'booked') GROUP BY p.id HAVING sum(t.picked) <> p.picked LIMIT 1000"
    )


def _rows(query: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return [row[0] for row in cursor.fetchall()]


INVARIANTS: dict[str, Callable[[], list[str]]] = {
    "shipping: shipped within plan": shipped_within_plan,
    "shipping: dispatched with date and lines": dispatched_with_date,
    "shipping: one customer per order": waves_in_one_company,
    "shipping: lots make up what left": lots_make_up_what_left,
    "warehousing: picked as scanned": picked_as_scanned,
}
