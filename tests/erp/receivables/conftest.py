"""A trading company whose books are in order afterwards, and how a test reads what was posted."""

from collections.abc import Iterator
from decimal import Decimal

import pytest

from erp.ledger.invariants import INVARIANTS as LEDGER
from erp.ledger.models import JournalEntry
from erp.receivables.invariants import INVARIANTS as RECEIVABLES
from erp.receivables.models import ClearingItem, CustomerInvoice
from tests.factories.trade import DAY, Trade


@pytest.fixture
def trade() -> Iterator[Trade]:
    made = Trade()
    yield made
    must_be_in_order(made)


def must_be_in_order(trade: Trade) -> None:
    for name, check in {**LEDGER, **RECEIVABLES}.items():
        assert check(trade.company.pk) == [], name


def entry_of(document) -> JournalEntry:
    return JournalEntry.objects.get(pk=document.entry_id)


def units(role, line_key):
    """(units, amount) that a line has on a clearing account."""
    rows = ClearingItem.objects.filter(role=role, line_key=line_key).values_list("quantity", "amount")
    return sum(q for q, _a in rows), sum(a for _q, a in rows)


def prepaid(**company) -> tuple[Trade, CustomerInvoice]:
    """An order invoiced in advance (O2C-6); its goods cost 11 each."""
    trade = Trade(stock=((5, "11"),), **company)
    return trade, trade.draft(issue_on=DAY)


def net_of(*nets):
    """Nets per role added up, without roles that come to zero."""
    sums = {}
    for net in nets:
        for role, amount in net.items():
            sums[role] = sums.get(role, Decimal(0)) + amount
    return {role: amount for role, amount in sums.items() if amount}
