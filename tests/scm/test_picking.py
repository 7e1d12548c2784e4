from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from scm.shipping.models import Shipment
from scm.shipping.services import book_shipment, dispatch_shipment
from scm.warehousing.models import PickList
from scm.warehousing.services import (
    close_pick_list,
    draw_pick_list,
    finish_picking,
    follow_shipment,
    pack_pick_list,
    reopen_pick_list,
    scan,
    set_pick_readiness,
    set_picked,
)
from suite.kernel.documents.errors import Refusal, TransitionNotAllowed
from suite.kernel.products.models import Barcode
from tests.factories.base import make_user
from tests.factories.shipping import lines_of, make_carrier

Q = Decimal


@pytest.fixture
def ready(warehouse):
    def tell(*quantities, order=1):
        facts = {f"crm.orderline:{order}{position}": Q(quantity) for position, quantity in enumerate(quantities, 1)}
        return set_pick_readiness(order_key=f"crm.order:{order}", ready=facts, actor=warehouse.clerk)

    return tell


def draw(warehouse, shipment) -> PickList:
    return draw_pick_list(shipment_id=shipment.pk, actor=warehouse.clerk)


def picked(pick_list) -> list[Decimal]:
    return list(pick_list.lines.order_by("position").values_list("picked", flat=True))


@pytest.mark.parametrize(
    ("quantities", "status"), [((), "waiting"), (("0", "0"), "waiting"), (("5", "1"), "partially_ready"), (("5", "3"), "ready")],
)
def test_a_pick_list_says_what_of_it_is_ready_even_when_stock_spoke_first(warehouse, ready, quantities, status):
    ready(*quantities)

    pick_list = draw(warehouse, warehouse.plan("5", "3"))

    assert (pick_list.status, pick_list.number[:3]) == (status, "PL-")
    assert [line.quantity for line in pick_list.lines.order_by("position")] == [Q(5), Q(3)]


def test_stock_that_comes_later_makes_the_list_ready(warehouse, ready):
    pick_list = draw(warehouse, warehouse.plan("5"))

    ready("5")

    pick_list.refresh_from_db()
    assert pick_list.status == "ready"


def test_lines_that_stock_does_not_name_are_not_ready(warehouse, ready):
    ready("5", "3")
    pick_list = draw(warehouse, warehouse.plan("5", "3"))

    ready("4")

    pick_list.refresh_from_db()
    assert pick_list.status == "partially_ready"
    assert [line.ready for line in pick_list.lines.order_by("position")] == [Q(4), Q(0)]


def test_drawing_twice_is_one_list(warehouse):
    shipment = warehouse.plan("5")

    assert draw(warehouse, shipment).pk == draw(warehouse, shipment).pk


def test_scanning_a_barcode_counts_its_package_and_an_article_number_counts_one(warehouse):
    Barcode.objects.create(company=warehouse.company, product=warehouse.first, code="4006381333931", quantity=4)
    pick_list = draw(warehouse, warehouse.plan("5", "3"))

    scan(pick_list_id=pick_list.pk, code="4006381333931", actor=warehouse.clerk)
    scan(pick_list_id=pick_list.pk, code="101", actor=warehouse.clerk)
    scan(pick_list_id=pick_list.pk, code=" 102 ", quantity=Q(2), actor=warehouse.clerk)

    assert picked(pick_list) == [Q(5), Q(2)]


@pytest.mark.parametrize(
    ("code", "message"), [("nonsense", "no barcode or article number"), ("", "no barcode"), ("102", "is not on"), ("101", "more than the 1 wanted")],
)
def test_a_wrong_scan_says_what_is_wrong_and_counts_nothing(warehouse, code, message):
    pick_list = draw(warehouse, warehouse.plan("1"))
    if code == "101":
        scan(pick_list_id=pick_list.pk, code=code, actor=warehouse.clerk)
    before = picked(pick_list)

    with pytest.raises(Refusal, match=message):
        scan(pick_list_id=pick_list.pk, code=code, actor=warehouse.clerk)

    assert picked(pick_list) == before


def test_finishing_without_a_scan_takes_all(warehouse):
    shipment = warehouse.plan("5", "3")

    pick_list = finish_picking(draw(warehouse, shipment), actor=warehouse.clerk)

    assert (pick_list.status, pick_list.picked_by) == ("picked", warehouse.clerk)
    assert list(shipment.lines.order_by("position").values_list("picked", flat=True)) == [Q(5), Q(3)]


def test_a_short_pick_is_what_leaves_and_the_rest_is_the_next_wave(warehouse):
    shipment = warehouse.plan("5", "3")
    pick_list = draw(warehouse, shipment)
    line = pick_list.lines.get(product=warehouse.first)
    set_picked(line_id=line.pk, quantity=Q(2), reason="Shelf empty", actor=warehouse.clerk)
    finish_picking(pick_list, actor=warehouse.clerk)

    dispatch_shipment(shipment, actor=warehouse.clerk)

    assert lines_of(shipment) == [("crm.orderline:11", Q(2), Q(2))]
    assert lines_of(Shipment.objects.get(wave=2)) == [("crm.orderline:11", Q(3), Q(0)), ("crm.orderline:12", Q(3), Q(0))]
    assert pick_list.lines.get(pk=line.pk).short_reason == "Shelf empty"


def test_picking_nothing_or_more_than_wanted_is_refused(warehouse):
    pick_list = draw(warehouse, warehouse.plan("5"))
    line = pick_list.lines.get()

    with pytest.raises(Refusal, match="Nothing was picked"):
        finish_picking(pick_list, quantities={line.pk: Q(0)}, actor=warehouse.clerk)
    with pytest.raises(Refusal, match="more than the 5 wanted"):
        finish_picking(pick_list, quantities={line.pk: Q(6)}, actor=warehouse.clerk)

    pick_list.refresh_from_db()
    assert pick_list.status == "waiting"


def test_packing_gives_weight_and_parcels_and_booking_uses_them(warehouse):
    make_carrier(warehouse.company, "ONE")
    shipment = warehouse.plan("5")
    pick_list = finish_picking(draw(warehouse, shipment), actor=warehouse.clerk)

    pack_pick_list(pick_list, weight_kg=Q("4.2"), parcels=3, actor=warehouse.clerk)
    booked = book_shipment(shipment, actor=warehouse.clerk)

    assert (booked.weight_kg, booked.freight_cost) == (Q("4.2"), Q("6.90"))
    assert [parcel.weight_kg for parcel in booked.parcels.all()] == [Q("1.4")] * 3


def test_a_dispatched_shipment_closes_its_list_and_its_ready_goods_are_gone(warehouse, ready):
    ready("3")
    shipment = warehouse.plan("5")
    pick_list = draw(warehouse, shipment)
    dispatch_shipment(shipment, quantities={shipment.lines.get().pk: Q(3)}, actor=warehouse.clerk)

    follow_shipment(shipment_id=shipment.pk, actor=warehouse.clerk)

    pick_list.refresh_from_db()
    assert pick_list.status == "done"
    assert draw(warehouse, Shipment.objects.get(wave=2)).status == "waiting"


def test_a_cancelled_shipment_cancels_its_list(warehouse):
    shipment = warehouse.plan("5")
    pick_list = draw(warehouse, shipment)
    warehouse.plan_lines([])

    follow_shipment(shipment_id=shipment.pk, actor=warehouse.clerk)

    pick_list.refresh_from_db()
    assert pick_list.status == "cancelled"


def test_an_order_that_wants_more_opens_its_picked_list_again(warehouse, ready):
    ready("5", "2")
    shipment = warehouse.plan("5")
    pick_list = finish_picking(draw(warehouse, shipment), actor=warehouse.clerk)
    warehouse.plan("5", "2")

    follow_shipment(shipment_id=shipment.pk, actor=warehouse.clerk)

    pick_list.refresh_from_db()
    assert pick_list.status == "ready"
    assert picked(pick_list) == [Q(5), Q(0)]


def test_a_line_that_left_the_order_leaves_the_list(warehouse):
    shipment = warehouse.plan("5", "3")
    pick_list = draw(warehouse, shipment)

    warehouse.plan("5")
    follow_shipment(shipment_id=shipment.pk, actor=warehouse.clerk)

    assert [line.product for line in pick_list.lines.all()] == [warehouse.first]


def test_a_picked_list_counts_no_more_until_it_is_opened_again(warehouse):
    pick_list = finish_picking(draw(warehouse, warehouse.plan("5")), quantities=None, actor=warehouse.clerk)

    with pytest.raises(TransitionNotAllowed):
        scan(pick_list_id=pick_list.pk, code="101", actor=warehouse.clerk)
    reopen_pick_list(pick_list, actor=warehouse.clerk)

    set_picked(line_id=pick_list.lines.get().pk, quantity=Q(4), actor=warehouse.clerk)
    assert picked(pick_list) == [Q(4)]


def test_a_list_is_not_closed_while_its_goods_are_here(warehouse):
    with pytest.raises(Refusal, match="has not left"):
        close_pick_list(draw(warehouse, warehouse.plan("5")), actor=warehouse.clerk)


def test_a_shipment_that_left_has_nothing_to_pick(warehouse):
    shipment = dispatch_shipment(warehouse.plan("5"), actor=warehouse.clerk)

    with pytest.raises(Refusal, match="nothing to pick"):
        draw(warehouse, shipment)


def test_sales_may_not_pick(warehouse):
    pick_list = draw(warehouse, warehouse.plan("5"))

    with pytest.raises(PermissionDenied):
        scan(pick_list_id=pick_list.pk, code="101", actor=make_user(warehouse.company, "sales"))
