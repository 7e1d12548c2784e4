"""What stock costs (flows.md 4.1, 4.2): pure arithmetic over layers.

All three methods consume layers in order and differ in what comes in: first in, first out keeps a layer per receipt at its cost;
average keeps one pool; standard keeps layers worth the standard cost, whatever was paid.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from suite.kernel.money.rules import round_money, split

ZERO = Decimal(0)
COST_DIGITS = 6


@dataclass
class Layer:
    """What is left of a receipt. `quantity` and `value` are below zero in an owed layer (left before it came)."""

    id: int
    product_id: int
    warehouse_id: int
    account_id: int
    lot_id: int | None
    is_pool: bool
    is_owed: bool
    kept_for: str
    received_on: date
    unit_cost: Decimal
    quantity: Decimal
    value: Decimal

    def take(self, quantity: Decimal, digits: int) -> Decimal:
        """The value of `quantity` units, which leave the layer; the last unit takes the residue."""
        value = self.value if quantity == self.quantity else round_money(self.value * quantity / self.quantity, digits)
        self.quantity -= quantity
        self.value -= value
        return value

    def actual_value(self, digits: int) -> Decimal:
        """What the units that are left cost when they came; for a pool, what they are worth now."""
        return self.value if self.is_pool else round_money(self.quantity * self.unit_cost, digits)


@dataclass(frozen=True)
class Taken:
    """Units and value that left a layer."""

    layer: Layer
    quantity: Decimal
    value: Decimal


def in_order(layers: Iterable[Layer]) -> list[Layer]:
    """Layers that anybody may consume, oldest first."""
    usable = [layer for layer in layers if not layer.is_owed and not layer.kept_for and layer.quantity > 0]
    return sorted(usable, key=lambda layer: (layer.received_on, layer.id))


def consume(layers: Sequence[Layer], quantity: Decimal, digits: int) -> tuple[list[Taken], Decimal]:
    """Takes `quantity` out of the layers in the given order: what left each, and what they could not give."""
    taken: list[Taken] = []
    for layer in layers:
        if quantity <= 0:
            break
        part = min(layer.quantity, quantity)
        if part <= 0:
            continue
        taken.append(Taken(layer, part, layer.take(part, digits)))
        quantity -= part
    return taken, quantity


def fill_owed(owed: Layer, quantity: Decimal, value: Decimal, digits: int) -> tuple[Decimal, Decimal, Decimal]:
    """Of a receipt: (units that were owed, their value as it was booked when they left, true-up: what they really cost more)."""
    part = min(quantity, -owed.quantity)
    booked = -owed.value if part == -owed.quantity else round_money(owed.value * part / owed.quantity, digits)
    cost = value if part == quantity else round_money(value * part / quantity, digits)
    owed.quantity += part
    owed.value += booked
    return part, booked, cost - booked


def unit_cost(value: Decimal, quantity: Decimal) -> Decimal:
    """Cost of one unit, at cost precision."""
    return round_money(value / quantity, COST_DIGITS) if quantity else ZERO


def spread(layers: Sequence[Layer], change: Decimal, digits: int) -> list[Decimal]:
    """A change of value over layers: a loss by what each is worth, a gain by what each lost against its actual cost."""
    if change < 0:
        return split(change, [layer.value for layer in layers], digits)
    room = [max(layer.actual_value(digits) - layer.value, ZERO) for layer in layers]
    return split(change, room if any(room) else [layer.quantity for layer in layers], digits)


def plain(number: Decimal) -> str:
    """A quantity or amount for a sentence, without meaningless zeros: 5, 2.5."""
    return f"{number.normalize():f}"
