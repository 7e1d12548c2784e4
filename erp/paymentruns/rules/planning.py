"""Which items go into a run, and how credits are set off."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from suite.kernel.money.rules import ZERO, round_money


@dataclass(slots=True)
class Candidate:
    """An open item that may be paid or collected. Amounts are above zero for what is owed, below for credits, in the run's currency.

    `hindrance` says why it is not ticked: "" (ticked), "held", "no_account", "no_mandate", "small", "credit", "in_batch", "expired".
    """

    item_id: int
    party_id: int
    party: str
    number: str
    reference: str
    is_credit: bool
    due_on: date
    discount_until: date | None
    open: Decimal
    discount: Decimal
    account_id: int | None = None
    iban: str = ""
    bic: str = ""
    holder: str = ""
    is_watched: bool = False
    hindrance: str = ""

    @property
    def amount(self) -> Decimal:
        """What would be paid: the open amount less the discount that is still won."""
        return self.open - self.discount

    @property
    def is_ticked(self) -> bool:
        return not self.hindrance


def discount_until(issued_on: date | None, percent: Decimal | None, days: int | None) -> date | None:
    """The last day on which an early payment earns its discount; None where none is granted."""
    if not issued_on or not percent:
        return None
    return issued_on + timedelta(days=days or 0)


def discount_on(amount: Decimal, open_: Decimal, percent: Decimal | None, until: date | None, on: date, digits: int) -> Decimal:
    """The discount that paying on a day earns; nothing on an item that is paid in part already, nor on a credit."""
    if until is None or on > until or amount != open_ or amount <= 0:
        return ZERO
    return round_money(amount * percent / 100, digits)


def tick(candidates: Sequence[Candidate], *, minimum: Decimal) -> None:
    """Leaves out parties that would get less than the minimum; credits that would be more than what is owed are taken off from the last.

    A bill that a credit is set against loses its discount: credits are set against bills without one first.
    """
    by_party: dict[int, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        if candidate.is_ticked:
            by_party[candidate.party_id].append(candidate)
    for rows in by_party.values():
        bills = [row for row in rows if not row.is_credit]
        credits = [row for row in rows if row.is_credit]
        owed = sum((row.open for row in bills), ZERO)
        for row in reversed(credits):
            if -sum((one.open for one in credits if one.is_ticked), ZERO) >= owed:
                row.hindrance = "credit"
        taken = -sum((row.open for row in credits if row.is_ticked), ZERO)
        lose_discounts(bills, taken)
        if not bills or sum((row.amount for row in rows if row.is_ticked), ZERO) < max(minimum, Decimal("0.01")):
            for row in rows:
                row.hindrance = "small" if bills else "credit"


def lose_discounts(bills: Sequence[Candidate], credit: Decimal) -> None:
    """Bills that a credit has to be set against are paid without discount."""
    for row in sorted(bills, key=lambda one: (one.discount > 0, one.due_on, one.item_id)):
        if credit <= 0:
            return
        row.discount = ZERO
        credit -= row.open


@dataclass(frozen=True)
class SetOff:
    """A credit's part against a bill, above zero."""

    bill: int
    credit: int
    amount: Decimal


def set_off(bills: Iterable[tuple[int, Decimal, bool]], credits: Iterable[tuple[int, Decimal]]) -> tuple[list[SetOff], dict[int, Decimal]]:
    """(bill, what is paid of it, whether with discount) and (credit, above zero) -> what is set off, and what is left to pay per bill."""
    left = {bill: amount for bill, amount, _discount in bills}
    order = [bill for bill, _amount, _discount in sorted(bills, key=lambda one: one[2])]
    pairs = []
    for credit, amount in credits:
        for bill in order:
            part = min(amount, left[bill])
            if part > 0:
                pairs.append(SetOff(bill, credit, part))
                left[bill] -= part
                amount -= part
    return pairs, {bill: amount for bill, amount in left.items() if amount}
