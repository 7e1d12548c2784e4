"""What is set aside for an item, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from suite.kernel.money.rules import ZERO, round_money


def age_of(days_overdue: int) -> str:
    """The age of an item by the days it is overdue."""
    for most, age in ((0, "not_due"), (30, "to_30"), (60, "to_60"), (90, "to_90")):
        if days_overdue <= most:
            return age
    return "older"


@dataclass(frozen=True)
class Risk:
    """An item as the allowance sees it, in company currency. `tax_share`: what of it is tax that is given back when it is lost."""

    item_id: int
    customer_id: int
    customer_name: str
    document: str
    days_overdue: int
    open_amount: Decimal
    tax_share: Decimal = ZERO
    existing: Decimal = ZERO
    named_percent: Decimal | None = None
    named_reason: str = ""


@dataclass(frozen=True)
class Assessed:
    """What is needed for an item, and how it was found."""

    risk: Risk
    age: str
    net: Decimal
    percent: Decimal
    target: Decimal

    @property
    def delta(self) -> Decimal:
        """What the books still lack (below zero: what is too much)."""
        return self.target - self.risk.existing


def assess(risk: Risk, percents: Mapping[str, Decimal], digits: int) -> Assessed:
    """The item's own percent where it was judged by itself, else its age's, of what is open without tax."""
    age = age_of(risk.days_overdue)
    net = round_money(risk.open_amount * (1 - risk.tax_share), digits)
    percent = percents.get(age, ZERO) if risk.named_percent is None else risk.named_percent
    return Assessed(risk, age, net, percent, round_money(net * percent / 100, digits))
