"""What the stock services take and give."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

ZERO = Decimal(0)


@dataclass(frozen=True)
class IssueLine:
    """Goods that leave a warehouse. Without location or lot they are chosen: own reservations first, then first expiry first.

    `reservation_key` is the order line whose reservations are consumed.
    """

    line_key: str
    product_id: int
    warehouse_id: int
    location_id: int | None = None
    lot_id: int | None = None
    quantity: Decimal = ZERO
    reservation_key: str = ""


@dataclass(frozen=True)
class IssuedLine:
    """What a line moved on one inventory account. `value` is in company currency and positive, whatever the direction."""

    line_key: str
    product_id: int
    warehouse_id: int
    account_id: int
    quantity: Decimal
    value: Decimal


@dataclass(frozen=True)
class ReturnLine:
    """Goods of an earlier issue line that come back. Without location: the warehouse's first stock location."""

    line_key: str
    original_line_key: str
    product_id: int
    warehouse_id: int
    location_id: int | None = None
    quantity: Decimal = ZERO


@dataclass(frozen=True)
class ReceiptLine:
    """Goods that come in at `unit_cost` in company currency; None: at the present cost."""

    line_key: str
    product_id: int
    location_id: int
    quantity: Decimal
    unit_cost: Decimal | None = None
    lot_id: int | None = None


@dataclass(frozen=True)
class ReceivedLine(IssuedLine):
    """What a receipt line brought. `true_up`: what units that had left before they came cost more than was booked then."""

    true_up: Decimal = ZERO


@dataclass(frozen=True)
class Demand:
    """Open quantity of a document line, to be shipped from a site."""

    line_key: str
    product_id: int
    site_id: int
    quantity: Decimal
    wanted_on: date | None = None


@dataclass(frozen=True)
class ReservationResult:
    """Per line what is reserved on stock, and what waits for stock."""

    firm: Mapping[str, Decimal] = field(default_factory=dict)
    planned: Mapping[str, Decimal] = field(default_factory=dict)
