"""Rounding and splitting (flows.md 0.3). The only rounding function of the suite."""

from collections.abc import Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

ZERO = Decimal(0)


def round_money(amount: Decimal, digits: int = 2) -> Decimal:
    """`amount` at currency precision, half up away from zero."""
    return amount.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


def line_net(quantity: Decimal, unit_price: Decimal, discount: Decimal, digits: int = 2) -> Decimal:
    """A line's rounded subtotal: quantity x unit price, less `discount` (a share: 0.15 is 15 %)."""
    return round_money(quantity * unit_price * (1 - discount), digits)


def split(total: Decimal, weights: Sequence[Decimal], digits: int = 2) -> list[Decimal]:
    """Parts in proportion to `weights` that sum exactly to `total`, by largest remainder; ties go to the earliest part.

    With no weight at all the parts are equal. Raises ValueError when there is nothing to split over.
    """
    if not weights:
        raise ValueError("nothing to split over")
    whole = sum(weights, ZERO)
    shares = [total * weight / whole for weight in weights] if whole else [total / len(weights)] * len(weights)
    unit = Decimal(1).scaleb(-digits)
    parts = [share.quantize(unit, rounding=ROUND_DOWN) for share in shares]
    missing = int((total - sum(parts, ZERO)) / unit)
    step = unit if missing >= 0 else -unit
    order = sorted(range(len(parts)), key=lambda i: (-abs(shares[i] - parts[i]), i))
    for i in range(abs(missing)):
        parts[order[i % len(order)]] += step
    return parts
