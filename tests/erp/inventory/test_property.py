"""Any order of receipts, issues, reservations and returns: the database agrees with a model of single units, to the cent."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from erp.inventory.invariants import INVARIANTS
from erp.inventory.models import CostLayer, Reservation, StockLevel, StockValue
from erp.inventory.services import Demand, IssueLine, ReturnLine, reserve, take_back
from erp.ledger.services import begin_entry
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.work import in_unit_of_work
from tests.factories.base import make_product, make_user
from tests.factories.books import make_books
from tests.factories.stock import DAY, book, make_warehouse, noon, ship, stock_up

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("receive"), st.integers(1, 9), st.integers(1, 999)),
        st.tuples(st.just("issue"), st.integers(1, 12), st.booleans()),
        st.tuples(st.just("reserve"), st.integers(0, 12), st.just(0)),
        st.tuples(st.just("return"), st.integers(1, 5), st.integers(0, 9)),
    ),
    min_size=3, max_size=9,
)


class Model:
    """Stock as a queue of (units, cents); a pool for average."""

    def __init__(self, method: str) -> None:
        self.is_pool = method == "average"
        self.layers: list[list[int]] = []

    @property
    def units(self) -> int:
        return sum(layer[0] for layer in self.layers)

    @property
    def cents(self) -> int:
        return sum(layer[1] for layer in self.layers)

    def put(self, units: int, cents: int) -> None:
        if self.is_pool and self.layers:
            self.layers[0] = [self.layers[0][0] + units, self.layers[0][1] + cents]
        else:
            self.layers.append([units, cents])

    def take(self, units: int) -> int:
        cost = 0
        while units:
            layer = self.layers[0]
            part = min(units, layer[0])
            worth = int((Decimal(layer[1]) * part / layer[0]).quantize(Decimal(1), ROUND_HALF_UP))
            layer[0] -= part
            layer[1] -= worth
            cost, units = cost + worth, units - part
            if not layer[0]:
                self.layers.pop(0)
        return cost


@pytest.fixture
def world(db):
    place = make_warehouse(make_books()).locations.get()
    return place, make_user(place.company)


@pytest.mark.parametrize("method", ["fifo", "average", "standard"])
@settings(max_examples=14, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_database_equals_model(world, method, steps):
    place, user = world
    product = make_product(place.company, valuation=method, standard_cost=7)
    model, order = Model(method), f"o:{product.pk}"
    shipped: list[list[int]] = []
    wanted = 0
    for n, (step, units, detail) in enumerate(steps):
        if step == "receive":
            stock_up(user, product, units, Decimal(detail) / 100, place=place)
            model.put(units, units * (700 if method == "standard" else detail))
        elif step == "reserve":
            wanted = units
            reserve(company_id=place.company_id, document_key=order, actor=user,
                    demands=[Demand(f"{order}/1", product.pk, place.warehouse.site_id, Decimal(units))] if units else [])
        elif step == "issue":
            firm = Reservation.objects.filter(document_key=order, status="firm").aggregate(q=Sum("quantity"))["q"] or 0
            line = IssueLine(f"s:{product.pk}:{n}", product.pk, place.warehouse_id, quantity=Decimal(units), reservation_key=f"{order}/1" if detail else "")
            if units > model.units - (0 if detail else firm):
                with pytest.raises(Refusal):
                    ship(user, [line], document_key=f"s:{n}")
                continue
            _entry, issued = ship(user, [line], document_key=f"s:{n}")
            cost = model.take(units)
            assert sum(part.value for part in issued) * 100 == cost
            shipped.append([n, units, cost])
            wanted = max(wanted - units, 0) if detail else wanted
        elif shipped:
            out = shipped[detail % len(shipped)]
            units = min(units, out[1])
            if not units:
                continue
            worth = out[2] if units == out[1] else int((Decimal(out[2]) * units / out[1]).quantize(Decimal(1), ROUND_HALF_UP))
            model.put(units, worth)
            out[1:] = [out[1] - units, out[2] - worth]
            bring_back(user, ReturnLine(f"r:{product.pk}:{n}", f"s:{product.pk}:{out[0]}", product.pk, place.warehouse_id, quantity=Decimal(units)), worth)
        kept = Reservation.objects.filter(document_key=order, status__in=("firm", "planned")).aggregate(q=Sum("quantity"))["q"] or 0
        assert kept == wanted
    values = StockValue.objects.filter(product=product).aggregate(v=Sum("value"), q=Sum("quantity"))
    layers = CostLayer.objects.filter(product=product).aggregate(v=Sum("remaining_value"), q=Sum("remaining_quantity"))
    on_hand = StockLevel.objects.filter(product=product).aggregate(q=Sum("on_hand"))["q"] or 0
    assert on_hand == model.units
    assert (layers["q"] or 0, (layers["v"] or 0) * 100) == (model.units, model.cents)
    assert values == layers
    assert [sentence for check in INVARIANTS.values() for sentence in check()] == []


def bring_back(user, line, worth):
    def act():
        entry = begin_entry(company_id=user.company_id, journal_kind="stock", ledger_date=DAY, description="r", actor=user)
        back = take_back(company_id=user.company_id, entry=entry, document_key="r", lines=[line], happened_at=noon(DAY), ledger_date=DAY, actor=user)
        assert sum(part.value for part in back) * 100 == worth
        book(entry, back, user, sign=1)

    in_unit_of_work(act, actor=user)
