"""What a dunning letter says and asks for, worked out without touching a database."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from suite.kernel.money.rules import ZERO, round_money

DAYS_OF_A_YEAR = 365  # act/365: every day is a 365th of the yearly rate, also in a leap year


class Base(NamedTuple):
    """The base rate of interest in percent a year, from a day on."""

    valid_from: date
    rate: Decimal


class Level(NamedTuple):
    """A dunning level as a run needs it; amounts in company currency."""

    pk: int
    position: int
    name: str
    fee: Decimal
    points: Decimal
    minimum: Decimal


class Overdue(NamedTuple):
    """An open item that reaches its next level. `interest_from` is the first day not charged yet; the amount is in the item's currency."""

    item_id: int
    customer_id: int
    currency_id: str
    due_on: date
    open_amount: Decimal
    level_before: int
    interest_from: date


class DunnedItem(NamedTuple):
    """A line of a letter, in the letter's currency."""

    item_id: int
    level_before: int
    level: int
    days_overdue: int
    open_amount: Decimal
    interest_from: date
    interest: Decimal


class Rate(NamedTuple):
    """What a currency is worth in company currency, and the digits it is written with."""

    rate: Decimal
    digits: int


@dataclass
class Proposal:
    """A letter to be: what a customer is asked to pay in one currency."""

    customer_id: int
    currency_id: str
    level: Level
    lines: list[DunnedItem]
    fee: Decimal = ZERO
    credits: Decimal = ZERO
    charges_before: Decimal = ZERO
    customer_name: str = ""

    @property
    def overdue(self) -> Decimal:
        return sum((line.open_amount for line in self.lines), ZERO)

    @property
    def interest(self) -> Decimal:
        return sum((line.interest for line in self.lines), ZERO)

    @property
    def total(self) -> Decimal:
        """What the letter asks for."""
        return self.overdue - self.credits + self.charges_before + self.fee + self.interest

    @property
    def days_overdue(self) -> int:
        """Of the oldest item."""
        return max(line.days_overdue for line in self.lines)


@dataclass
class Standing:
    """What a run knows of a company on a day: levels by position, base rates, exchange rates, and what customers have besides overdue items."""

    as_of: date
    levels: Mapping[int, Level]
    bases: Sequence[Base]
    rates: Mapping[str, Rate]
    credits: Mapping[tuple[int, str], Decimal] = field(default_factory=dict)
    charges: Mapping[tuple[int, str], Decimal] = field(default_factory=dict)
    _factors: dict[tuple[date, Decimal], Decimal] = field(default_factory=dict)

    def interest(self, amount: Decimal, since: date, points: Decimal, digits: int) -> Decimal:
        """Simple interest on an amount from a day to the day of the run, both counted."""
        if not points or since > self.as_of:
            return ZERO
        key = (since, points)
        if key not in self._factors:
            self._factors[key] = day_percents(self.bases, points, since, self.as_of)
        return round_money(amount * self._factors[key] / (100 * DAYS_OF_A_YEAR), digits)


def day_percents(bases: Sequence[Base], points: Decimal, first: date, last: date) -> Decimal:
    """The sum over the days of their rates in percent a year: base rate of the day (before the first known one: 0) and points, never below 0."""
    total, begin = ZERO, first
    steps = sorted(bases)
    while begin <= last:
        rate = next((base.rate for base in reversed(steps) if base.valid_from <= begin), ZERO)
        change = next((base.valid_from for base in steps if base.valid_from > begin), last + timedelta(days=1))
        end = min(change - timedelta(days=1), last)
        total += max(rate + points, ZERO) * ((end - begin).days + 1)
        begin = end + timedelta(days=1)
    return total


def letters_of(items: Iterable[Overdue], standing: Standing) -> list[Proposal]:
    """One letter per customer and currency that has something to ask for. The level is the highest that an item reaches.

    Credits not set off yet count against what is overdue; whoever then owes nothing, or less than the level's minimum, gets no letter, and
    the items keep their level.
    """
    grouped: dict[tuple[int, str], list[Overdue]] = {}
    for item in items:
        grouped.setdefault((item.customer_id, item.currency_id), []).append(item)
    found = []
    for (customer_id, currency_id), rows in grouped.items():
        proposal = letter_of(customer_id, currency_id, rows, standing)
        if proposal is not None:
            found.append(proposal)
    return found


def letter_of(customer_id: int, currency_id: str, rows: Iterable[Overdue], standing: Standing) -> Proposal | None:
    """The letter about these items, or None where the customer owes too little."""
    rate = standing.rates[currency_id]
    lines = []
    for row in rows:
        level = standing.levels[row.level_before + 1]
        lines.append(DunnedItem(
            row.item_id, row.level_before, level.position, (standing.as_of - row.due_on).days, row.open_amount, row.interest_from,
            standing.interest(row.open_amount, row.interest_from, level.points, rate.digits),
        ))
    highest = standing.levels[max(line.level for line in lines)]
    proposal = Proposal(
        customer_id, currency_id, highest, lines, credits=standing.credits.get((customer_id, currency_id), ZERO),
        charges_before=standing.charges.get((customer_id, currency_id), ZERO), fee=round_money(highest.fee / rate.rate, rate.digits),
    )
    net = proposal.overdue - proposal.credits
    if net <= 0 or net * rate.rate < highest.minimum:
        return None
    return proposal


def filled(text: str, facts: Mapping[str, str]) -> str:
    """A letter's text with its placeholders filled; what is in braces and no fact stays as it is."""
    for name, value in facts.items():
        text = text.replace(f"{{{name}}}", value)
    return text
