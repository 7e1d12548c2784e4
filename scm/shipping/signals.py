"""What shipping announces. Every signal carries document= (the shipment) and act=; act.payload["lines"] names order lines and quantities.

`shipment_dispatching`, `shipment_returning` and `shipment_losing` also carry lines= (the shipment's lines); the first also lots= (per line id what left of each
lot, for products that are tracked by lots). They come when quantities and dates are set:
a receiver that raises refuses the dispatch, return or loss, and nothing is written.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.dispatch import Signal

from suite.kernel.documents.questions import Question


@dataclass(frozen=True)
class LotWish:
    """Goods of an order line that are tracked by lots; with a number: of this lot."""

    order_line_key: str
    product_id: int
    number: str = ""


@dataclass(frozen=True)
class LotOffer:
    """Units of a lot at one place that may leave for the order line: `kept` for it already, the rest free for anybody."""

    lot_key: str
    number: str
    expires_on: date | None
    location_key: str
    place: str
    quantity: Decimal
    kept: Decimal = Decimal(0)


@dataclass(frozen=True)
class LotAnswer:
    """What may leave, first expiry first, nothing that has expired; or why the lot that was named may not."""

    offers: tuple[LotOffer, ...] = field(default_factory=tuple)
    problem: str = ""
    hint: str = ""


@dataclass(frozen=True)
class Reason:
    """Why goods may leave without an order: what its keeper knows it by, and its name."""

    key: str
    name: str


# Asked with company_id=; the answer is every reason in use.
reasons_asked = Question("dispatch_reasons")

# Asked with company_id=, site_id=, on= (the day the goods leave) and wishes=; the answers come in their order, each as if it were alone.
lots_asked = Question("lots_asked")

shipment_planned = Signal()
shipment_booked = Signal()
shipment_dispatching = Signal()
shipment_dispatched = Signal()
shipment_delivered = Signal()
shipment_returning = Signal()
shipment_returned = Signal()
shipment_losing = Signal()
shipment_lost = Signal()
shipment_cancelled = Signal()
shipment_delayed = Signal()
