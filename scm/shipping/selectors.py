from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import QuerySet, Sum
from django.utils import timezone

from scm.shipping.models import Shipment, ShipmentLine
from suite.kernel.documents.locking import in_lock_order
from suite.kernel.documents.prepared import prepared


def lock_shipments_of(company_id: int, order_key: str) -> tuple[list[Shipment], list[ShipmentLine]]:
    """All shipments of an order, locked, by wave, with their lines (not those that were lost: they are to be sent again or were given up).

    A dispatch we waited for may have made a new shipment meanwhile: its lines show it, and then we lock once more.
    """
    shipments = _shipments_held(company_id, order_key)
    while shipments:
        lines = _lines_of_order(company_id, order_key)
        if {line.shipment_id for line in lines} <= {shipment.pk for shipment in shipments}:
            lost = {shipment.pk for shipment in shipments if shipment.status == Shipment.Status.LOST}
            return sorted(shipments, key=lambda shipment: shipment.wave), [line for line in lines if line.shipment_id not in lost]
        shipments = _shipments_held(company_id, order_key)
    return [], []


@prepared
def _shipments_held(company_id: int, order_key: str) -> QuerySet[Shipment]:
    return in_lock_order(Shipment.objects.filter(company_id=company_id, order_key=order_key))


@prepared
def _lines_of_order(company_id: int, order_key: str) -> QuerySet[ShipmentLine]:
    of_order = ShipmentLine.objects.filter(shipment__company_id=company_id, shipment__order_key=order_key)
    return of_order.order_by("shipment__wave", "position")


def dispatched_quantities(*, company_id: int, order_key: str) -> dict[str, Decimal]:
    """What of each order line has left so far, by order line key (returns are not subtracted, what was lost does not count)."""
    rows = (
        ShipmentLine.objects.filter(company_id=company_id, shipment__order_key=order_key, shipped__gt=0).exclude(shipment__status="lost")
        .values_list("order_line_key").annotate(total=Sum("shipped")).order_by()
    )
    return dict(rows)


def line_facts(lines: Sequence[ShipmentLine], *, shipped: bool) -> list[dict[str, str]]:
    """The lines as events carry them: order line, shipment line, quantity (what left, or what is planned)."""
    return [
        {"order_line_key": line.order_line_key, "line_key": line.key, "quantity": f"{line.shipped if shipped else line.quantity:f}"}
        for line in lines
    ]


def today_at_site(shipment: Shipment) -> date:
    """The day it is where the shipment leaves."""
    return timezone.localdate(timezone=ZoneInfo(shipment.site.timezone))
