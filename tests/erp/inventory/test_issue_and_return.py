"""Goods issue and its way back: cost, lots, currency digits, and how few statements it takes."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db.models import Sum

from erp.inventory.models import CostLayer, Location, Reservation, StockLevel, StockMove
from erp.inventory.services import Demand, IssueLine, ReceiptLine, ReturnLine, issue, receive, reserve, take_back
from erp.ledger.services import begin_entry
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.work import in_unit_of_work
from suite.kernel.money.models import Currency
from tests.factories.base import make_company, make_product, make_user
from tests.factories.books import make_books, net_by_role
from tests.factories.stock import DAY, book, make_location, make_lot, make_warehouse, noon, ship, stock_up

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> Location:
    return make_warehouse(make_books()).locations.get()


@pytest.fixture
def user(place):
    return make_user(place.company)


def bring_back(user, lines, document_key="r"):
    def act():
        entry = begin_entry(company_id=user.company_id, journal_kind="stock", ledger_date=DAY, description="return", actor=user)
        back = take_back(company_id=user.company_id, entry=entry, document_key=document_key, lines=lines, happened_at=noon(DAY), ledger_date=DAY,
                         actor=user)
        book(entry, back, user, sign=1)
        return entry, back

    return in_unit_of_work(act, actor=user)


@pytest.mark.parametrize(("method", "cost", "back"), [("fifo", 8, 4), ("average", 12, 6), ("standard", 20, 10)])
def test_returns_come_back_at_original_cost(place, user, method, cost, back):
    product = make_product(place.company, valuation=method, standard_cost=10)
    stock_up(user, product, 2, 4, place=place)
    stock_up(user, product, 2, 8, place=place)
    _entry, issued = ship(user, [IssueLine("s:1", product.pk, place.warehouse_id, quantity=Decimal(2))], document_key="s")
    assert sum(line.value for line in issued) == cost
    stock_up(user, product, 5, 100, place=place)
    entry, (came,) = bring_back(user, [ReturnLine("r:1", "s:1", product.pk, place.warehouse_id, quantity=Decimal(1))])
    assert came.value == back
    assert net_by_role(entry) == {"INVENTORY": back, "COGS": -back}
    with pytest.raises(Refusal, match="Only 1 of this line are still out; 2 cannot come back"):
        bring_back(user, [ReturnLine("r:2", "s:1", product.pk, place.warehouse_id, quantity=Decimal(2))])
    bring_back(user, [ReturnLine("r:2", "s:1", product.pk, place.warehouse_id, quantity=Decimal(1))])
    with pytest.raises(Refusal, match="Only 0"):
        bring_back(user, [ReturnLine("r:3", "s:1", product.pk, place.warehouse_id, quantity=Decimal(1))])


def test_lots_are_issued_at_their_own_cost_and_come_back_as_themselves(place, user):
    product = make_product(place.company, tracking="lot", valuation="average")
    near, far = make_lot(product, "near", DAY + timedelta(days=5)), make_lot(product, "far", DAY + timedelta(days=50))
    stock_up(user, product, 2, 10, place=place, lot=far)
    stock_up(user, product, 2, 30, place=place, lot=near)
    _entry, issued = ship(user, [IssueLine("s:1", product.pk, place.warehouse_id, quantity=Decimal(3))], document_key="s")
    assert sum(line.value for line in issued) == 70
    _entry, back = bring_back(user, [ReturnLine("r:1", "s:1", product.pk, place.warehouse_id, quantity=Decimal(3))])
    assert sorted((line.quantity, line.value) for line in back) == [(1, 10), (2, 60)]
    assert dict(StockLevel.objects.values_list("lot__number", "on_hand")) == {"near": 2, "far": 2}
    with pytest.raises(Refusal, match="tracked by lots"):
        stock_up(user, product, 1, 10, place=place)


def test_a_named_location_and_lot_are_obeyed(place, user):
    product = make_product(place.company)
    other = make_location(place.warehouse, "B1")
    stock_up(user, product, 5, 10, place=place)
    stock_up(user, product, 5, 10, place=other)
    ship(user, [IssueLine("s:1", product.pk, place.warehouse_id, location_id=other.pk, quantity=Decimal(4))], document_key="s")
    assert dict(StockLevel.objects.values_list("location__code", "on_hand")) == {"A1": 5, "B1": 1}


@pytest.mark.parametrize(("code", "digits", "cost"), [("JPY", 0, "3"), ("KWD", 3, "3.333")])
def test_values_have_the_digits_of_the_currency(code, digits, cost):
    Currency.objects.update_or_create(code=code, defaults={"name": code, "symbol": code, "digits": digits})
    company = make_books(make_company(currency=Currency.objects.get(code=code)))
    place, user = make_warehouse(company).locations.get(), make_user(company)
    product = make_product(company)
    stock_up(user, product, 3, Decimal(10) / 3, place=place)
    values = []
    for n in range(3):
        _entry, issued = ship(user, [IssueLine(f"s:{n}", product.pk, place.warehouse_id, quantity=Decimal(1))], document_key=f"s{n}")
        values.append(issued[0].value)
    assert values[0] == Decimal(cost)
    assert sum(values) == Decimal(10)
    assert CostLayer.objects.aggregate(v=Sum("remaining_value"))["v"] == 0


def test_nothing_but_goods_and_nothing_below_zero(place, user):
    product = make_product(place.company)
    for quantity in (Decimal(0), Decimal(-1)):
        with pytest.raises(Refusal, match="above zero"):
            ship(user, [IssueLine("s:1", product.pk, place.warehouse_id, quantity=quantity)], document_key="s")
    service = make_product(place.company, kind="service")
    with pytest.raises(Refusal, match="has no stock"):
        stock_up(user, service, 1, 1, place=place)


def test_goods_without_value_move_without_lines(place, user):
    product = make_product(place.company)
    adjustment = stock_up(user, product, 5, 0, place=place)
    assert StockLevel.objects.get().on_hand == 5
    assert (adjustment.entry.lines.count(), adjustment.number) == (0, adjustment.entry.number)


@pytest.mark.parametrize("lines", [1, 8])
def test_statements(place, user, django_assert_num_queries, lines):
    products = [make_product(place.company) for _n in range(lines)]
    for product in products:
        stock_up(user, product, 9, 10, place=place)
        stock_up(user, product, 9, 12, place=place)
    demands = [Demand(f"o/{p.pk}", p.pk, place.warehouse.site_id, Decimal(10)) for p in products]

    def keep():
        with django_assert_num_queries(1):
            reserve(company_id=place.company_id, document_key="o", demands=demands, actor=user)

    in_unit_of_work(keep, actor=user)
    assert Reservation.objects.filter(status="firm").count() == lines

    def leave():
        entry = begin_entry(company_id=user.company_id, journal_kind="stock", ledger_date=DAY, description="s", actor=user)
        with django_assert_num_queries(4):
            issued = issue(
                company_id=user.company_id, entry=entry, document_key="s", happened_at=noon(DAY), ledger_date=DAY, actor=user, lines=[
                    IssueLine(f"s/{p.pk}", p.pk, place.warehouse_id, quantity=Decimal(10), reservation_key=f"o/{p.pk}") for p in products])
        book(entry, issued, user, sign=-1)

    in_unit_of_work(leave, actor=user)
    assert StockMove.objects.filter(kind="issue").count() == lines


def test_receive_says_what_came(place, user):
    product = make_product(place.company)

    def act():
        entry = begin_entry(company_id=user.company_id, journal_kind="stock", ledger_date=DAY, description="s", actor=user)
        came = receive(company_id=user.company_id, entry=entry, document_key="g", happened_at=noon(DAY), ledger_date=DAY, actor=user,
                       lines=[ReceiptLine("g:1", product.pk, place.pk, Decimal(3), Decimal("3.335"))])
        book(entry, came, user, sign=1)
        return came

    (line,) = in_unit_of_work(act, actor=user)
    assert (line.quantity, line.value, line.true_up) == (3, Decimal("10.01"), 0)
