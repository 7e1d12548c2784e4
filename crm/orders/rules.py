"""What the counters of an order's lines say (flows 2.1). No tables here."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

ZERO = Decimal(0)


@dataclass(frozen=True)
class Counted:
    """A line's counters. `settled` is the part of `credited` for which neither goods nor an invoice are owed (return)."""

    is_goods: bool
    ordered: Decimal
    shipped: Decimal = ZERO
    returned: Decimal = ZERO
    invoiced: Decimal = ZERO
    credited: Decimal = ZERO
    settled: Decimal = ZERO

    @property
    def kept(self) -> Decimal:
        """Shipped, less what came back and is to be sent again."""
        return self.shipped - max(self.returned - self.settled, ZERO)

    @property
    def billed(self) -> Decimal:
        """Invoiced, less what was credited to be invoiced again or because it will never be sent."""
        return self.invoiced - (self.credited - self.settled)


def delivery_status(lines: Iterable[Counted]) -> str:
    """none (no goods), nothing, partial, full or over: what was kept against what was ordered and not cancelled."""
    goods = [line for line in lines if line.is_goods]
    if not goods:
        return "none"
    if all(line.kept <= 0 for line in goods):
        return "nothing"
    if any(line.kept < line.ordered for line in goods):
        return "partial"
    return "over" if any(line.kept > line.ordered for line in goods) else "full"


def to_bill(lines: Iterable[Counted], *, as_ordered: bool) -> list[Decimal]:
    """The quantity of each line that the invoice policy asks to be invoiced by now.

    As ordered: all. As delivered: goods that were kept; services and charges with the first goods, or at once where there are none.
    """
    lines = list(lines)
    goods = [line for line in lines if line.is_goods]
    others = as_ordered or not goods or any(line.kept > 0 for line in goods)
    return [
        (line.ordered if as_ordered else line.kept) if line.is_goods else (line.ordered if others else ZERO)
        for line in lines
    ]


def invoice_status(lines: Iterable[Counted], *, as_ordered: bool) -> str:
    """none (nothing to invoice by now), to_invoice, partial, full, or over: more than both policy and order allow."""
    lines = list(lines)
    pairs = list(zip(lines, to_bill(lines, as_ordered=as_ordered), strict=True))
    if any(line.billed > max(due, line.ordered) for line, due in pairs):
        return "over"
    missing = any(line.billed < due for line, due in pairs)
    billed = any(line.billed > 0 for line, _due in pairs)
    if missing:
        return "partial" if billed else "to_invoice"
    return "full" if billed else "none"


def is_complete(lines: Iterable[Counted]) -> bool:
    """Whether everything ordered and not cancelled has been delivered and invoiced."""
    lines = list(lines)
    return bool(lines) and all(
        line.billed >= line.ordered and (line.kept >= line.ordered or not line.is_goods) for line in lines
    )


def decided(on: date | None) -> dict[str, str]:
    """The day of a decision as its event carries it; nothing where it was not told: then it is the day of the event."""
    return {"on": on.isoformat()} if on else {}
