"""A company whose claims and books are in order afterwards."""

from collections.abc import Iterator

import pytest

from erp.claims.invariants import INVARIANTS as CLAIMS
from erp.ledger.invariants import INVARIANTS as LEDGER
from erp.receivables.invariants import INVARIANTS as RECEIVABLES
from tests.factories.claims import Claiming


@pytest.fixture
def claiming(settings, tmp_path) -> Iterator[Claiming]:
    settings.MEDIA_ROOT = tmp_path
    made = Claiming()
    yield made
    for name, check in {**LEDGER, **RECEIVABLES, **CLAIMS}.items():
        assert check(made.company.pk) == [], name
