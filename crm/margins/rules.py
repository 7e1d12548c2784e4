"""Which floor applies to a line, and whether its margin keeps it. No tables here."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from django.utils.formats import number_format

from crm.pricing.rules import plain

FIGURES = ("quantity", "net", "cost", "floor")


@dataclass(frozen=True)
class Floor:
    """The least share of the net price that must be left after cost, and the rule that asks for it, in words."""

    share: Decimal
    rule: str


@dataclass(frozen=True)
class JudgedLine:
    """A line against its floor. Amounts in document currency, without tax; `cost` None: nobody knows it; `floor` None: nothing is asked."""

    position: int
    product_id: int
    product: str
    quantity: Decimal
    net: Decimal
    cost: Decimal | None
    floor: Decimal | None = None
    rule: str = ""

    @property
    def margin(self) -> Decimal | None:
        """What is left of the net price, as a share; None where the cost is not known or nothing is charged."""
        return (self.net - self.cost) / self.net if self.net and self.cost is not None else None

    @property
    def is_under(self) -> bool:
        """Whether somebody must approve it. A floor that cannot be checked, because the cost is not known, is not kept."""
        return self.floor is not None and (self.cost is None or self.net - self.cost < self.floor * self.net)

    @property
    def margin_shown(self) -> str:
        """The margin as people say it: "12.5 %"; a dash where it cannot be said."""
        return _shown(self.margin)

    @property
    def floor_shown(self) -> str:
        """The floor as people say it: "20 %"; a dash for none."""
        return _shown(self.floor)

    def as_record(self) -> dict[str, Any]:
        """As an approval keeps it, numbers as text."""
        return {key: plain(value) if isinstance(value, Decimal) else value for key, value in asdict(self).items()}

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> "JudgedLine":
        return cls(**{key: Decimal(value) if key in FIGURES and value is not None else value for key, value in record.items()})


def _shown(share: Decimal | None) -> str:
    return "–" if share is None else f"{number_format(Decimal(plain(round(share * 100, 1))))}\u00a0%"


def floor_for(
    floors: Mapping[tuple[int | None, int | None], Floor], lists: Sequence[int], categories: Sequence[int],
) -> Floor | None:
    """The floor that applies, None for none: `lists` and `categories` nearest first, `floors` by (price list, category), None for any.

    A floor of the price list goes before one of the category alone, that before the company's; of a price list the one for the category
    goes before the one for all it prices.
    """
    for price_list in (*lists, None):
        for category in (*categories, None):
            if (price_list, category) in floors:
                return floors[price_list, category]
    return None


def covers(approved: Sequence[JudgedLine], line: JudgedLine) -> bool:
    """Whether an approval already says yes to this line: the same quantity of the product for no less money."""
    return any((was.product_id, was.quantity) == (line.product_id, line.quantity) and line.net >= was.net for was in approved)
