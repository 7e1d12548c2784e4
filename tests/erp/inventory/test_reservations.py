"""Keeping stock for orders: firm where it is free, planned where it is not, and who comes first."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from erp.inventory.models import Location, Reservation, StockLevel
from erp.inventory.selectors import free_stock, low_stock, promise
from erp.inventory.services import Demand, IssueLine, allocate_waiting, release, reserve
from suite.kernel.calendars.models import Holiday, WorkCalendar
from suite.kernel.documents.errors import Refusal
from suite.kernel.sites.models import Site
from tests.factories.base import make_product, make_user
from tests.factories.books import make_books
from tests.factories.stock import DAY, adjust, make_location, make_lot, make_warehouse, ship, stock_up

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> Location:
    return make_warehouse(make_books()).locations.get()


@pytest.fixture
def user(place):
    return make_user(place.company)


@pytest.fixture
def product(place):
    return make_product(place.company)


@pytest.fixture
def keep(place, user, product):
    def run(document: str, *quantities, of=None, wanted_on=None):
        demands = [
            Demand(f"{document}/{n}", (of or product).pk, place.warehouse.site_id, Decimal(q), wanted_on) for n, q in enumerate(quantities, 1) if q
        ]
        result = reserve(company_id=place.company_id, document_key=document, demands=demands, actor=user)
        return [(result.firm[d.line_key], result.planned[d.line_key]) for d in demands]

    return run


def live(document: str) -> dict[str, Decimal]:
    rows = Reservation.objects.filter(document_key=document, status__in=("firm", "planned"))
    sums: dict[str, Decimal] = {}
    for status, quantity in rows.values_list("status", "quantity"):
        sums[status] = sums.get(status, 0) + quantity
    return sums


def test_firm_what_is_free_and_plan_the_rest(place, user, product, keep):
    stock_up(user, product, 5, 10, place=place)
    assert keep("o:1", 3) == [(3, 0)]
    assert keep("o:2", 3) == [(2, 1)]
    level = StockLevel.objects.get()
    assert (level.on_hand, level.reserved, level.available) == (5, 5, 0)
    assert free_stock(place.company_id, [product.pk]) == {product.pk: 0}


def test_repeating_changes_nothing_and_less_releases(place, user, product, keep):
    stock_up(user, product, 5, 10, place=place)
    assert keep("o:1", 3, 4) == keep("o:1", 3, 4) == [(3, 0), (2, 2)]
    assert Reservation.objects.count() == 3
    assert keep("o:1", 3, 1) == [(3, 0), (1, 0)]
    assert keep("o:1", 0, 1) == [(1, 0)]
    assert StockLevel.objects.get().reserved == 1
    release(company_id=place.company_id, document_key="o:1", actor=user)
    assert (StockLevel.objects.get().reserved, live("o:1")) == (0, {})


def test_another_product_on_the_line_releases_the_first(place, user, product, keep):
    other = make_product(place.company)
    stock_up(user, product, 5, 10, place=place)
    stock_up(user, other, 5, 10, place=place)
    keep("o:1", 3)
    keep("o:1", 2, of=other)
    assert dict(StockLevel.objects.values_list("product", "reserved")) == {product.pk: 0, other.pk: 2}


def test_arrived_stock_goes_by_wanted_date_then_arrival(place, user, product, keep):
    keep("o:late", 4, wanted_on=date(2026, 5, 1))
    keep("o:early", 4, wanted_on=date(2026, 4, 1))
    keep("o:whenever", 4)
    stock_up(user, product, 6, 10, place=place)
    got = allocate_waiting(company_id=place.company_id, product_ids=[product.pk], actor=user)
    assert got == {"o:early": {"o:early/1": 4}, "o:late": {"o:late/1": 2}}
    assert live("o:late") == {"firm": 2, "planned": 2}
    assert allocate_waiting(company_id=place.company_id, product_ids=[product.pk], actor=user) == {}


def test_nobody_jumps_the_queue(place, user, product, keep):
    keep("o:first", 4)
    stock_up(user, product, 5, 10, place=place)
    assert keep("o:second", 4) == [(1, 3)]
    assert live("o:first") == {"firm": 4}


def test_first_expiry_first_and_only_stock_places_of_the_site(place, user):
    product = make_product(place.company, tracking="lot")
    far, near, gone = (make_lot(product, n, DAY + timedelta(days=d)) for n, d in (("far", 90), ("near", 30), ("gone", -1)))
    for lot in (far, near, gone):
        stock_up(user, product, 2, 10, place=place, lot=lot)
    quarantine = make_location(place.warehouse, "Q1", kind="quarantine")
    stock_up(user, product, 9, 10, place=quarantine, lot=far)
    elsewhere = make_warehouse(place.company, "WH9", site=Site.objects.create(company=place.company, code="OTHER", name="Other"))
    stock_up(user, product, 9, 10, place=elsewhere.locations.get(), lot=far)
    result = reserve(company_id=place.company_id, document_key="o:1", actor=user,
                     demands=[Demand("l:1", product.pk, place.warehouse.site_id, Decimal(5), DAY)])
    assert (result.firm["l:1"], result.planned["l:1"]) == (4, 1)
    assert dict(Reservation.objects.filter(status="firm").values_list("level__lot__number", "quantity")) == {"near": 2, "far": 2}


def test_a_site_without_warehouse_is_refused(place, user, product):
    nowhere = Site.objects.create(company=place.company, code="X", name="Nowhere")
    with pytest.raises(Refusal, match="no active warehouse"):
        reserve(company_id=place.company_id, document_key="o:1", actor=user, demands=[Demand("l:1", product.pk, nowhere.pk, Decimal(1))])


def test_issue_consumes_its_own_reservations(place, user, product, keep):
    stock_up(user, product, 5, 10, place=place)
    keep("o:1", 4)
    keep("o:2", 4)
    ship(user, [IssueLine("s:1", product.pk, place.warehouse_id, quantity=Decimal(3), reservation_key="o:1/1")], document_key="s")
    level = StockLevel.objects.get()
    assert (level.on_hand, level.reserved, live("o:1"), live("o:2")) == (2, 2, {"firm": 1}, {"firm": 1, "planned": 3})
    assert Reservation.objects.get(status="consumed").quantity == 3


def test_issue_from_free_stock_ends_what_the_line_waited_for(place, user, product, keep):
    keep("o:1", 4)
    stock_up(user, product, 5, 10, place=place)
    ship(user, [IssueLine("s:1", product.pk, place.warehouse_id, quantity=Decimal(4), reservation_key="o:1/1")], document_key="s")
    assert live("o:1") == {}


def test_issue_never_takes_what_others_reserved_and_names_them(place, user, product, keep):
    stock_up(user, product, 5, 10, place=place)
    keep("o:1", 4)
    with pytest.raises(Refusal, match=r"2 of 3 are not free\. Reserved for o:1\. Nothing was moved\.") as refused:
        ship(user, [IssueLine("s:1", product.pk, place.warehouse_id, quantity=Decimal(3), reservation_key="o:2/1")], document_key="s")
    assert "release a reservation" in str(refused.value.hint)
    assert StockLevel.objects.get().on_hand == 5


def test_a_loss_below_the_reservations_makes_the_youngest_wait(place, user, product, keep):
    stock_up(user, product, 5, 10, place=place)
    keep("o:1", 2)
    keep("o:2", 3)
    adjust(user, "count", [(product, -2, None)], place=place)
    assert (live("o:1"), live("o:2")) == ({"firm": 2}, {"firm": 1, "planned": 2})


def test_promise_says_when_and_why(place, user, product, django_assert_num_queries):
    site = place.warehouse.site
    site.calendar = WorkCalendar.objects.create(company=place.company, code="W", name="Week")
    site.save()
    Holiday.objects.create(company=place.company, calendar=site.calendar, day=date(2026, 3, 3), name="Day off")
    stock_up(user, product, 5, 10, place=place)
    service = make_product(place.company, kind="service")
    with django_assert_num_queries(1):
        answers = promise(company_id=place.company_id, site_id=site.pk, on=DAY, needs=[
            (1, product.pk, Decimal(3)), (2, product.pk, Decimal(3)), (3, service.pk, Decimal(1))])
    assert answers[1] == (date(2026, 3, 4), "In stock: 5 free at MAIN.")
    assert answers[2] == (date(2026, 3, 13), "2 of 3 free at MAIN; the rest after 7 working days of supply.")
    assert answers[3] == (DAY, "No stock needed.")


def test_promise_counts_no_stock_that_earlier_orders_wait_for(place, user, product, keep):
    keep("o:1", 4)
    stock_up(user, product, 5, 10, place=place)
    on, reason = promise(company_id=place.company_id, site_id=place.warehouse.site_id, needs=[(1, product.pk, Decimal(2))], on=DAY)[1]
    assert reason == "1 of 2 free at MAIN; the rest after 7 working days of supply. Earlier orders wait for 4."
    assert on > DAY


def test_low_stock(place, user, product, keep):
    product.reorder_point = 4
    product.save()
    stock_up(user, product, 5, 10, place=place)
    assert low_stock(place.company_id) == []
    keep("o:1", 7)
    (low,) = low_stock(place.company_id)
    assert (low.on_hand, low.reserved, low.waiting, low.short) == (5, 5, 2, 6)
