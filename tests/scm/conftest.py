import pytest

from tests.factories.shipping import Warehouse, make_warehouse


@pytest.fixture
def warehouse(db) -> Warehouse:
    return make_warehouse()
