import pytest

from tests.factories.shipping import Warehouse, make_warehouse, nobody_listens


@pytest.fixture(autouse=True)
def alone():
    """SCM by itself: stock and ledger are tested where they live."""
    with nobody_listens():
        yield


@pytest.fixture(autouse=True)
def nobody_listens(alone) -> None:
    """Shipping by itself: no goods issue is asked for."""


@pytest.fixture
def warehouse(db) -> Warehouse:
    return make_warehouse()
