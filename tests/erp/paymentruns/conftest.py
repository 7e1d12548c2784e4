"""A paying company whose books are in order afterwards."""

from collections.abc import Iterator

import pytest

from erp.ledger.invariants import INVARIANTS as LEDGER
from erp.payables.invariants import INVARIANTS as PAYABLES
from erp.receivables.invariants import INVARIANTS as RECEIVABLES
from tests.factories.payment_runs import Paying


@pytest.fixture
def paying(settings, tmp_path) -> Iterator[Paying]:
    settings.MEDIA_ROOT = tmp_path
    made = Paying()
    yield made
    for name, check in {**LEDGER, **RECEIVABLES, **PAYABLES}.items():
        assert check(made.company.pk) == [], name
