"""What a foreign amount is worth at the rate of a day, without touching a database."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from suite.kernel.money.rules import ZERO, Conversion


@dataclass(frozen=True)
class Held:
    """An open item's rest, or a bank account's balance, as a day left it: foreign amount and what the books have for it (debit above zero)."""

    currency_id: str
    amount_currency: Decimal
    carried: Decimal
    account_id: int
    open_item_id: int | None = None
    bank_account_id: int | None = None
    party_id: int | None = None
    due_on: date | None = None
    document_key: str = ""
    # What earlier revaluations put on top and have not taken back: part of `carried`.
    revalued: Decimal = ZERO


@dataclass(frozen=True)
class Valued:
    """What is held, at the rate of the day."""

    held: Held
    rate: Decimal
    worth: Decimal

    @property
    def difference(self) -> Decimal:
        """Above zero: a gain, whether it is owed to us or by us."""
        return self.worth - self.held.carried


def value(held: Held, conversion: Conversion, *, gains_until: date | None) -> Valued:
    """What is held at the rate; a gain on what falls due after `gains_until` is not counted (None: every gain is)."""
    worth, cost = conversion.to_books(held.amount_currency), held.carried - held.revalued
    if gains_until is not None and held.due_on is not None and held.due_on > gains_until and worth > cost:
        worth = cost
    return Valued(held, conversion.rate, worth)


def in_a_year(day: date) -> date:
    """The same day of the next year; 28 February for the 29th."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)
