"""A buying company whose books are in order afterwards."""

from collections.abc import Iterator

import pytest

from erp.ledger.invariants import INVARIANTS as LEDGER
from erp.payables.invariants import INVARIANTS as PAYABLES
from erp.receivables.invariants import INVARIANTS as RECEIVABLES
from tests.factories.payables import Buying


@pytest.fixture
def buying() -> Iterator[Buying]:
    made = Buying()
    yield made
    for name, check in {**LEDGER, **RECEIVABLES, **PAYABLES}.items():
        assert check(made.company.pk) == [], name
