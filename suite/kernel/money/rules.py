"""Rounding and splitting (flows.md 0.3). The only rounding function of the suite."""

from collections.abc import Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Conversion:
    """How amounts of a currency become company currency: `rate` is company currency per unit, `digits` those of the two currencies."""

    currency_id: str
    rate: Decimal
    digits: int
    books_digits: int
    is_foreign: bool = True

    def to_books(self, amount: Decimal) -> Decimal:
        """The amount in company currency (flows.md 0.3, 8)."""
        return round_money(amount * self.rate, self.books_digits) if self.is_foreign else amount

    def all_to_books(self, total: Decimal, parts: Sequence[Decimal], fixed: Sequence[Decimal] = ()) -> tuple[Decimal, list[Decimal], list[Decimal]]:
        """(total, parts, fixed) in company currency, parts and fixed summing exactly to the total: the largest part takes the residue, ties the
        first. `fixed` (tax) never takes it, unless there is nothing else."""
        whole, converted, kept = self.to_books(total), [self.to_books(part) for part in parts], [self.to_books(part) for part in fixed]
        residue = whole - sum(converted, ZERO) - sum(kept, ZERO)
        bearers, sizes = (converted, parts) if parts else (kept, fixed)
        if residue and bearers:
            bearers[max(range(len(sizes)), key=lambda at: (abs(sizes[at]), -at))] += residue
        return whole, converted, kept


def proportion(amount: Decimal, part: Decimal, whole: Decimal, digits: int) -> Decimal:
    """What `part` of `whole` is worth where the whole is worth `amount`; the whole gives all of it."""
    return amount if part == whole else round_money(amount * part / whole, digits)
