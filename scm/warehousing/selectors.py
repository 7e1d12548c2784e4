from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from scm.shipping.models import ReadyGoods, Shipment
from suite.kernel.money.rules import ZERO


@dataclass(frozen=True)
class ToPick:
    """An open shipment with what of it is ready: share 0 to 100, and in a word how it stands."""

    shipment: Shipment
    pieces: Decimal
    ready: Decimal
    is_late: bool

    @property
    def share(self) -> int:
        return int(100 * self.ready / self.pieces) if self.pieces else 0


def picking_queue(user: Any, *, on: date, limit: int = 100) -> list[ToPick]:
    """The user's open shipments, those promised first on top; four queries whatever their number."""
    shipments = list(
        Shipment.objects.visible_to(user).filter(status__in=Shipment.OPEN).select_related("customer", "site", "pick_list")
        .prefetch_related("lines").order_by("promised_on", "pk")[:limit]
    )
    keys = [line.order_line_key for shipment in shipments for line in shipment.lines.all()]
    ready = dict(ReadyGoods.objects.visible_to(user).filter(order_line_key__in=keys).values_list("order_line_key", "quantity"))
    return [
        ToPick(
            shipment, sum((line.quantity for line in shipment.lines.all()), ZERO),
            sum((min(ready.get(line.order_line_key, ZERO), line.quantity) for line in shipment.lines.all()), ZERO),
            shipment.promised_on is not None and shipment.promised_on < on,
        )
        for shipment in shipments
    ]
