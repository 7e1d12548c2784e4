"""The table of flows.md 4.1, step by step, for the three methods."""

from decimal import Decimal

import pytest
from django.db.models import Sum

from erp.inventory.models import CostLayer, Location
from erp.inventory.services import IssueLine
from tests.factories.base import make_product, make_user
from tests.factories.books import make_books
from tests.factories.stock import make_warehouse, ship, stock_up

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> Location:
    return make_warehouse(make_books()).locations.get()


def worth(product) -> Decimal:
    return CostLayer.objects.filter(product=product).aggregate(v=Sum("remaining_value"))["v"]


@pytest.mark.parametrize(
    ("method", "last_cost", "values", "out"),
    [
        ("fifo", 6, (80, 144, 32, 44), 112),
        ("average", 6, (80, 144, 24, 36), 120),
        ("standard", 9, (80, 120, 20, 40), 100),
    ],
)
def test_table(place, method, last_cost, values, out):
    user = make_user(place.company)
    product = make_product(place.company, valuation=method, standard_cost=10)
    seen = []
    for quantity, cost in ((8, 10), (4, 16)):
        stock_up(user, product, quantity, cost, place=place)
        seen.append(worth(product))
    _entry, issued = ship(user, [IssueLine("s:1", product.pk, place.warehouse_id, quantity=Decimal(10))], document_key="s")
    assert sum(line.value for line in issued) == out
    seen.append(worth(product))
    stock_up(user, product, 2, last_cost, place=place)
    seen.append(worth(product))
    assert tuple(seen) == values
