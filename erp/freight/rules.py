"""How a carrier's bill is set against what was expected, without a database."""

from collections.abc import Iterable
from decimal import Decimal

from suite.kernel.money.rules import ZERO


def taken(lines: Iterable[tuple[int, Decimal]], is_open: dict[int, Decimal]) -> list[tuple[Decimal, Decimal]]:
    """(off the accrual, real difference) per line of (accrual key, net): the first line of a shipment takes all its accrual has open.

    A later one (a fuel surcharge, a second bill) is difference as a whole.
    """
    left = dict(is_open)
    found = []
    for pk, net in lines:
        part = left.pop(pk, ZERO)
        found.append((part, net - part))
    return found
