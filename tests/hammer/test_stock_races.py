"""Stock under real threads: nothing oversold, nothing lost, no deadlock. A new company per repetition."""

from collections import Counter
from decimal import Decimal
from random import Random

import pytest
from django.db import connection
from django.db.models import Sum

from erp.inventory.invariants import INVARIANTS
from erp.inventory.models import Location, StockLevel, StockTransfer
from erp.inventory.services import (
    Demand,
    IssueLine,
    allocate_waiting,
    close_transfer_short,
    draft_transfer,
    receive_transfer,
    reserve,
    send_transfer,
)
from erp.ledger.models import AccountAssignment
from suite.kernel.documents.errors import Refusal, TransitionNotAllowed
from suite.kernel.documents.work import in_unit_of_work
from tests.factories.base import make_product, make_user
from tests.factories.books import make_books
from tests.factories.stock import DAY, make_location, make_warehouse, ship, stock_up

pytestmark = [pytest.mark.hammer, pytest.mark.django_db(transaction=True)]
REPEATED = pytest.mark.parametrize("seed", range(20))


def scene(products: int, each: int) -> tuple:
    place: Location = make_warehouse(make_books()).locations.get()
    user = make_user(place.company)
    goods = [make_product(place.company, valuation=method) for method in ("fifo", "average", "fifo")[:products]]
    for product in goods:
        stock_up(user, product, each // 2, 10, place=place)
        stock_up(user, product, each - each // 2, 12, place=place)
    return place, user, goods


def deadlocks() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush(); SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return cursor.fetchone()[0]


def sound(before: int) -> None:
    assert {name: check() for name, check in INVARIANTS.items() if check()} == {}
    assert deadlocks() == before


def keep(user, place, document, quantities):
    def act():
        return reserve(company_id=place.company_id, document_key=document, actor=user, demands=[
            Demand(f"{document}/{product}", product, place.warehouse.site_id, Decimal(quantity)) for product, quantity in quantities])

    return in_unit_of_work(act, actor=user)


@REPEATED
def test_last_ten_units_of_one_item(race, seed):
    place, user, (product,) = scene(1, 10)
    before = deadlocks()
    outcomes = race(*(lambda n=n: keep(user, place, f"o:{n}", [(product.pk, 1)]) for n in range(16)))
    assert [o.error for o in outcomes if o.error] == []
    firm = sum(sum(o.value.firm.values()) for o in outcomes)
    planned = sum(sum(o.value.planned.values()) for o in outcomes)
    assert (firm, planned, StockLevel.objects.get(product=product).reserved) == (10, 6, 10)
    sound(before)


@REPEATED
def test_last_units_of_three_items_in_any_order(race, seed):
    place, user, goods = scene(3, 10)
    before, random = deadlocks(), Random(seed)
    orders = [[(product.pk, random.randint(1, 2)) for product in random.sample(goods, 3)] for _n in range(16)]
    outcomes = race(*(lambda n=n: keep(user, place, f"o:{n}", orders[n]) for n in range(16)))
    assert [o.error for o in outcomes if o.error] == []
    for product in goods:
        asked = sum(quantity for order in orders for pk, quantity in order if pk == product.pk)
        level = StockLevel.objects.get(product=product)
        assert level.reserved == min(asked, 10)
    sound(before)


@REPEATED
def test_sixteen_ship_the_last_ten(race, seed):
    place, user, (product,) = scene(1, 10)
    before = deadlocks()

    def sell(n: int) -> Decimal:
        _entry, issued = ship(user, [IssueLine(f"s:{n}", product.pk, place.warehouse_id, quantity=Decimal(1))], document_key=f"s:{n}")
        return sum(line.value for line in issued)

    outcomes = race(*(lambda n=n: sell(n) for n in range(16)))
    assert Counter(type(o.error) for o in outcomes) == {type(None): 10, Refusal: 6}
    assert sum(o.value for o in outcomes if o.error is None) == 110
    assert StockLevel.objects.get(product=product).on_hand == 0
    sound(before)


@REPEATED
def test_opposite_orders_do_not_lock_each_other_out(race, seed):
    place, user, goods = scene(3, 60)
    before = deadlocks()

    def both(n: int) -> None:
        order = [(product.pk, 1) for product in (goods if n % 2 else goods[::-1])]
        for again in range(5):
            document = f"o:{n}:{again}"
            keep(user, place, document, order)
            ship(user, [IssueLine(f"s:{document}:{pk}", pk, place.warehouse_id, quantity=Decimal(1), reservation_key=f"{document}/{pk}") for pk, _q in order],
                 document_key=f"s:{document}")

    outcomes = race(*(lambda n=n: both(n) for n in range(8)))
    assert [o.error for o in outcomes if o.error] == []
    assert set(StockLevel.objects.filter(product__in=goods).values_list("on_hand", "reserved")) == {(20, 0)}
    sound(before)


@REPEATED
def test_transfers_both_ways_conserve(race, seed):
    place, user, goods = scene(3, 30)  # enough for all eight to send before any receives
    other = make_warehouse(place.company, "WH2").locations.get()
    shelf = make_location(place.warehouse, "B1")
    for product in goods:
        stock_up(user, product, 20, 11, place=other)
        stock_up(user, product, 20, 11, place=shelf)
    before = deadlocks()

    def carry(origin: Location, destination: Location, order: list) -> None:
        for _again in range(2):
            transfer = draft_transfer(
                company_id=place.company_id, origin_id=origin.pk, destination_id=destination.pk, sent_on=DAY, actor=user,
                lines=[(product.pk, None, Decimal(3)) for product in order])
            transfer = send_transfer(transfer, actor=user)
            if transfer.status == "in_transit":
                receive_transfer(transfer, actor=user)

    pairs = [(place, other, goods), (other, place, goods[::-1]), (place, shelf, goods), (shelf, other, goods[::-1])] * 2
    outcomes = race(*(lambda p=p: carry(*p) for p in pairs))
    assert [o.error for o in outcomes if o.error] == []
    for product in goods:
        assert StockLevel.objects.filter(product=product).aggregate(q=Sum("on_hand"))["q"] == 70
    sound(before)


@REPEATED
def test_two_receipts_of_one_transfer(race, seed):
    """Six of ten each: one arrives, the other is told that only four are under way; a third that closes the rest waits for both."""
    place, user, (product,) = scene(1, 10)
    other = make_warehouse(place.company, "WH2").locations.get()
    finished = AccountAssignment.objects.get(company=place.company, role="INVENTORY_FG").account
    AccountAssignment.objects.create(company=place.company, role="INVENTORY", account=finished, warehouse=other.warehouse)
    transfer = send_transfer(draft_transfer(
        company_id=place.company_id, origin_id=place.pk, destination_id=other.pk, sent_on=DAY, actor=user, lines=[(product.pk, None, Decimal(10))],
    ), actor=user)
    line = transfer.lines.get()
    before = deadlocks()

    outcomes = race(*(
        lambda: receive_transfer(StockTransfer.objects.get(pk=transfer.pk), actor=user, quantities={line.pk: Decimal(6)}) for _n in range(4)
    ))

    refused = [o.error for o in outcomes if o.error]
    assert len(refused) == 3 and all(isinstance(error, Refusal) and "only 4 of" in error.message for error in refused)
    line.refresh_from_db()
    assert (line.received, line.under_way) == (6, 4)
    assert StockLevel.objects.get(product=product, location=other).on_hand == 6
    sound(before)

    rest = race(
        lambda: receive_transfer(StockTransfer.objects.get(pk=transfer.pk), actor=user),
        lambda: close_transfer_short(StockTransfer.objects.get(pk=transfer.pk), actor=user, loss="count", reason="Lost"),
    )

    assert [type(o.error) for o in rest if o.error] == [TransitionNotAllowed]
    line.refresh_from_db()
    assert (line.received + line.lost, line.under_way) == (10, 0)
    sound(before)


@REPEATED
def test_receipts_issues_and_waiting_orders_together(race, seed):
    place, user, goods = scene(2, 10)
    before, random = deadlocks(), Random(seed)

    def buy(n: int) -> None:
        stock_up(user, goods[n % 2], 5, random.randint(5, 20), place=place)
        allocate_waiting(company_id=place.company_id, product_ids=[product.pk for product in goods], actor=user)

    def order(n: int) -> None:
        keep(user, place, f"o:{n}", [(product.pk, 4) for product in goods])
        keep(user, place, f"o:{n}", [(goods[n % 2].pk, 3)])

    def sell(n: int) -> None:
        ship(user, [IssueLine(f"s:{n}", goods[n % 2].pk, place.warehouse_id, quantity=Decimal(1), reservation_key=f"o:{n}/{goods[n % 2].pk}")],
             document_key=f"s:{n}")

    runners = [lambda n=n, f=f: f(n) for n in range(5) for f in (buy, order, sell)]
    outcomes = race(*runners)
    assert [o.error for o in outcomes if o.error and not isinstance(o.error, Refusal)] == []
    sound(before)
