from collections.abc import Iterator

import pytest

from erp.dunning.invariants import INVARIANTS as DUNNING
from tests.erp.receivables.conftest import must_be_in_order
from tests.factories.overdue import Overdue


@pytest.fixture
def trade(db) -> Iterator[Overdue]:
    """Customers who do not pay; books and letters are in order afterwards."""
    made = Overdue()
    yield made
    must_be_in_order(made)
    for name, check in DUNNING.items():
        assert check(made.company.pk) == [], name
