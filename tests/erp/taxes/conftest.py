"""Companies whose books are in order afterwards, tax included."""

from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest

from erp.ledger.invariants import INVARIANTS as LEDGER
from erp.ledger.models import JournalEntry
from erp.payables.invariants import INVARIANTS as PAYABLES
from erp.receivables.invariants import INVARIANTS as RECEIVABLES
from erp.taxes.invariants import INVARIANTS as TAXES
from tests.factories.payables import Buying
from tests.factories.trade import Trade


def must_be_in_order(company) -> None:
    for name, check in {**LEDGER, **RECEIVABLES, **PAYABLES, **TAXES}.items():
        assert check(company.pk) == [], name


@pytest.fixture
def trading() -> Iterator[Callable[..., Trade]]:
    """A company that sells, with settings of its own."""
    made: list[Trade] = []

    def make(**company) -> Trade:
        made.append(Trade(**company))
        return made[-1]

    yield make
    for one in made:
        must_be_in_order(one.company)


@pytest.fixture
def buying_with() -> Iterator[Callable[..., Buying]]:
    """A company that buys, with settings of its own."""
    made: list[Buying] = []

    def make(**company) -> Buying:
        made.append(Buying(**company))
        return made[-1]

    yield make
    for one in made:
        must_be_in_order(one.company)


class Watch:
    """What was posted since the watch was made."""

    def __init__(self, company) -> None:
        self.company, self.seen = company, set()
        self.new()

    def new(self) -> list[JournalEntry]:
        """Entries since the last look."""
        entries = [entry for entry in JournalEntry.objects.filter(company=self.company).order_by("pk") if entry.pk not in self.seen]
        self.seen |= {entry.pk for entry in entries}
        return entries


@pytest.fixture
def watch() -> type[Watch]:
    return Watch


def net_of(*nets: dict[str, Decimal]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for net in nets:
        for role, amount in net.items():
            sums[role] = sums.get(role, Decimal(0)) + amount
    return {role: amount for role, amount in sums.items() if amount}


