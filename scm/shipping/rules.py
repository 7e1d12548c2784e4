"""Parcel numbers, the reading of carrier reports, and what to take of which lot. No database, no clock."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol, TypeVar

# What carriers' systems usually call things; a carrier's own table stands before it.
USUAL_NAMES = {
    "in_transit": ("in_transit", "intransit", "transit", "picked_up", "pickup", "departed", "arrived", "it", "pu"),
    "out_for_delivery": ("out_for_delivery", "outfordelivery", "with_driver", "od", "ofd"),
    "delivered": ("delivered", "dl", "ok", "pod"),
    "exception": ("exception", "failure", "delay", "delayed", "damaged", "refused", "returned", "lost", "ex", "de"),
}
MEANINGS = {name: meaning for meaning, names in USUAL_NAMES.items() for name in names}

# Of two reports with the same time the further one counts.
RANK = {"information": 0, "dispatched": 0, "in_transit": 1, "out_for_delivery": 2, "exception": 3, "delivered": 4}


def meaning_of(code: str, own: Mapping[str, str]) -> str:
    """What a carrier's code means: by the carrier's own table, else by its usual name, else for information only."""
    if code in own:
        return own[code]
    return MEANINGS.get(code.strip().lower().replace(" ", "_").replace("-", "_"), "information")


def sscc(prefix: str, serial: int, extension: int = 0) -> str:
    """The 18 digits of a parcel number (GS1 General Specifications 7.9). Raises ValueError when the serial has no room left."""
    room = 16 - len(prefix)
    if serial >= 10**room:
        raise ValueError(f"no parcel numbers left under {prefix}")
    digits = f"{extension}{prefix}{serial:0{room}d}"
    weighted = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-weighted % 10}"


def sscc_text(number: str) -> str:
    """A parcel number as printed below its bars: "(00) 0 0614141 123456789 0" in groups a clerk can read aloud."""
    return f"(00) {number[0]} {number[1:8]} {number[8:17]} {number[17]}"


@dataclass(frozen=True)
class LotQuantity:
    """So many units of a lot, by the number that is printed on the goods."""

    lot: str
    quantity: Decimal


Place = tuple[str, str]


class InPlace(Protocol):
    """A lot at a location."""

    lot_key: str
    location_key: str


class Offered(InPlace, Protocol):
    """Units of a lot at a location; `kept` of them for who asks, the rest free."""

    quantity: Decimal
    kept: Decimal


Offer = TypeVar("Offer", bound=Offered)


def place_of(lot: InPlace) -> Place:
    """What a lot at a place is known by: the key of the lot and of the location."""
    return lot.lot_key, lot.location_key


def allot(offers: Iterable[Offer], quantity: Decimal, used: dict[Place, Decimal]) -> tuple[list[tuple[Offer, Decimal]], Decimal]:
    """Takes `quantity` from the offers in their order, what is kept for the line first: the parts, and what they could not give.

    `used` counts what was taken of free units, so that two lines of a product do not take the same ones.
    """
    parts = []
    for offer in offers:
        taken = used.get(place_of(offer), Decimal(0))
        part = min(quantity, offer.kept + max(offer.quantity - offer.kept - taken, Decimal(0)))
        if part <= 0:
            continue
        used[place_of(offer)] = taken + max(part - offer.kept, Decimal(0))
        parts.append((offer, part))
        quantity -= part
    return parts, quantity
