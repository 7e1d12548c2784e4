import pytest

from tests.factories.shipping import Warehouse, make_warehouse


@pytest.fixture(autouse=True)
def nobody_listens(alone) -> None:
    """Shipping by itself: no goods issue is asked for."""


@pytest.fixture
def warehouse(db) -> Warehouse:
    return make_warehouse()
