"""Ten people press at the same moment; each effect happens once. Every repetition has a company of its own."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from scm.shipping.models import Shipment, ShipmentLine, TrackingEvent
from scm.shipping.services import (
    book_shipment,
    cancel_open_shipments,
    dispatch_shipment,
    plan_shipment,
    record_tracking,
)
from scm.shipping.services.planning import PlannedLine
from scm.warehousing.models import PickList
from scm.warehousing.services import draw_pick_list
from suite.kernel.audit.models import StatusChange
from suite.kernel.documents.errors import Refusal, TransitionNotAllowed
from tests.factories.shipping import make_carrier, make_warehouse

pytestmark = pytest.mark.hammer
THREADS, REPETITIONS = 10, 20
Q = Decimal


@pytest.fixture(params=range(REPETITIONS))
def warehouse(transactional_db, alone, request):
    return make_warehouse()


def only(error_type, outcomes):
    errors = [outcome.error for outcome in outcomes if outcome.error is not None]
    assert all(isinstance(error, error_type) for error in errors), errors
    return [outcome.value for outcome in outcomes if outcome.error is None]


def shipped_in_all() -> Decimal:
    return sum((line.shipped for line in ShipmentLine.objects.all()), Q(0))


def planned_in_all() -> Decimal:
    return sum((line.quantity for line in ShipmentLine.objects.exclude(shipment__status="cancelled")), Q(0))


def test_ten_people_dispatch_the_same_shipment_and_it_leaves_once(warehouse, race):
    shipment = warehouse.plan("5", "3")

    done = only(TransitionNotAllowed, race(lambda: dispatch_shipment(shipment, actor=warehouse.clerk), times=THREADS))

    assert len(done) == 1
    assert shipped_in_all() == Q(8)
    assert StatusChange.objects.filter(action="dispatch").count() == 1


def test_ten_people_dispatch_the_same_part_and_there_is_one_backorder(warehouse, race):
    shipment = warehouse.plan("5", "3")
    quantities = {shipment.lines.get(position=1).pk: Q(2)}

    done = only(
        TransitionNotAllowed, race(lambda: dispatch_shipment(shipment, actor=warehouse.clerk, quantities=quantities), times=THREADS),
    )

    assert len(done) == 1
    assert (shipped_in_all(), planned_in_all(), Shipment.objects.count()) == (Q(2), Q(8), 2)


def test_the_same_order_planned_ten_times_at_once_is_one_shipment(warehouse, race):
    done = only((), race(lambda: warehouse.plan("5", "3"), times=THREADS))

    assert len({shipment.pk for shipment in done}) == 1
    assert (Shipment.objects.count(), planned_in_all()) == (1, Q(8))


def test_planning_while_a_part_leaves_neither_loses_nor_doubles_a_piece(warehouse, race):
    shipment = warehouse.plan("5")
    quantities = {shipment.lines.get().pk: Q(2)}
    line = [PlannedLine("crm.orderline:11", warehouse.first.pk, "Oak shelf", Q(6))]

    def plan():
        return plan_shipment(
            company_id=warehouse.company.pk, order_key="crm.order:1", order_number="SO-1", customer_id=warehouse.customer.pk,
            site_id=warehouse.site.pk, ship_to="", lines=line, actor=warehouse.clerk, are_totals=True,
        )

    only(TransitionNotAllowed, race(plan, lambda: dispatch_shipment(shipment, actor=warehouse.clerk, quantities=quantities), times=4))

    assert (shipped_in_all(), planned_in_all()) == (Q(2), Q(6))


def test_two_shipments_of_an_order_split_at_once_get_waves_of_their_own(warehouse, race):
    first = warehouse.plan("5", "3")
    second = Shipment.objects.get(pk=first.pk)
    second.pk, second.wave, second.source_key, second.number = None, 2, "crm.order:1/2", "SH-99999"
    second.save(force_insert=True)
    ShipmentLine.objects.filter(shipment=first, position=2).update(shipment=second)
    parts = [(shipment, {shipment.lines.get().pk: Q(1)}) for shipment in (first, second)]

    only((), race(*(
        lambda shipment=shipment, quantities=quantities: dispatch_shipment(shipment, actor=warehouse.clerk, quantities=quantities)
        for shipment, quantities in parts
    )))

    assert sorted(Shipment.objects.values_list("wave", flat=True)) == [1, 2, 3, 4]
    assert (shipped_in_all(), planned_in_all()) == (Q(2), Q(8))


def test_cancelling_the_order_while_it_leaves_has_one_winner(warehouse, race):
    shipment = warehouse.plan("5")

    only((TransitionNotAllowed, Refusal), race(
        lambda: dispatch_shipment(shipment, actor=warehouse.clerk),
        lambda: cancel_open_shipments(company_id=warehouse.company.pk, order_key="crm.order:1", actor=warehouse.clerk), times=5,
    ))

    shipment.refresh_from_db()
    assert (shipment.status, shipped_in_all()) in {("dispatched", Q(5)), ("cancelled", Q(0))}


def test_the_carrier_tells_the_same_ten_times_at_once_and_it_counts_once(warehouse, race):
    carrier = make_carrier(warehouse.company)
    booked = book_shipment(warehouse.plan("5"), actor=warehouse.clerk, carrier_id=carrier.pk, tracking_number="T1")
    dispatch_shipment(booked, actor=warehouse.clerk, dispatched_on=date(2026, 11, 2))

    done = only((), race(lambda: record_tracking(
        company_id=warehouse.company.pk, carrier_id=carrier.pk, tracking_number="T1", external_id="E1", code="DELIVERED",
        happened_at=datetime(2026, 11, 3, tzinfo=UTC), actor=warehouse.clerk,
    ), times=THREADS))

    assert sorted(is_new for _event, is_new in done) == [False] * 9 + [True]
    assert (TrackingEvent.objects.count(), StatusChange.objects.filter(action="deliver").count()) == (1, 1)


def test_ten_people_draw_the_same_pick_list_and_there_is_one(warehouse, race):
    shipment = warehouse.plan("5", "3")

    done = only((), race(lambda: draw_pick_list(shipment_id=shipment.pk, actor=warehouse.clerk), times=THREADS))

    assert len({pick_list.pk for pick_list in done}) == PickList.objects.count() == 1
    assert PickList.objects.get().lines.count() == 2
