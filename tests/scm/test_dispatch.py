from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from scm.shipping.invariants import INVARIANTS
from scm.shipping.models import Shipment, ShipmentLine
from scm.shipping.services import cancel_shipment, dispatch_shipment, return_shipment_to_sender
from scm.shipping.signals import shipment_cancelled, shipment_dispatched, shipment_dispatching, shipment_returning
from suite.kernel.audit.models import StatusChange
from suite.kernel.documents.errors import Refusal, TransitionNotAllowed
from tests.factories.base import make_user
from tests.factories.shipping import lines_of
from tests.scm.test_planning import statements

Q = Decimal


@pytest.fixture
def heard():
    """What the signals told, in order."""
    told, connected = [], []

    def listen(signal, function=None):
        def receive(sender, document, act, **facts):
            told.append((document, act, facts))
            if function:
                function(document, act, facts)

        signal.connect(receive)
        connected.append((signal, receive))
        return told

    yield listen
    for signal, receive in connected:
        signal.disconnect(receive)


def line(shipment, position=1) -> ShipmentLine:
    return shipment.lines.get(position=position)


def test_dispatch_ships_all_that_was_planned(warehouse):
    shipment = dispatch_shipment(warehouse.plan("5", "3"), actor=warehouse.clerk)

    assert shipment.status == "dispatched"
    assert shipment.dispatched_on == timezone.now().date()
    assert lines_of(shipment) == [("crm.orderline:11", Q(5), Q(5)), ("crm.orderline:12", Q(3), Q(3))]
    assert Shipment.objects.count() == 1


def test_what_stays_behind_is_a_new_planned_shipment_of_the_next_wave(warehouse):
    shipment = warehouse.plan("5", "3", order=42, promised_on=date(2026, 12, 3))

    shipment = dispatch_shipment(shipment, actor=warehouse.clerk, quantities={line(shipment).pk: Q(2)})

    rest = Shipment.objects.get(wave=2)
    assert (rest.status, rest.source_key, rest.backorder_of_id) == ("planned", "crm.order:42/2", shipment.pk)
    assert (rest.ship_to, rest.promised_on, rest.order_number) == (shipment.ship_to, date(2026, 12, 3), "SO-00042")
    assert lines_of(shipment) == [("crm.orderline:421", Q(2), Q(2))]
    assert lines_of(rest) == [("crm.orderline:421", Q(3), Q(0)), ("crm.orderline:422", Q(3), Q(0))]


def test_receivers_of_dispatching_see_quantities_and_dates_and_only_what_leaves(warehouse, heard):
    told = heard(shipment_dispatching)
    shipment = warehouse.plan("5", "3")

    dispatch_shipment(shipment, actor=warehouse.clerk, quantities={line(shipment).pk: Q(2)}, dispatched_on=date(2026, 11, 2))

    document, act, facts = told[0]
    assert (document.dispatched_on, document.dispatched_at) == (date(2026, 11, 2), datetime(2026, 11, 2, 12, tzinfo=UTC))
    assert [(item.order_line_key, item.shipped) for item in facts["lines"]] == [("crm.orderline:11", Q(2))]
    assert act.payload["lines"] == [{"order_line_key": "crm.orderline:11", "line_key": facts["lines"][0].key, "quantity": "2"}]
    assert act.payload["backorder"] == Shipment.objects.get(wave=2).key


def test_a_receiver_that_refuses_leaves_everything_as_it_was(warehouse, heard):
    def refuse(document, act, facts):
        raise Refusal("No stock")

    heard(shipment_dispatching, refuse)
    shipment = warehouse.plan("5")

    with pytest.raises(Refusal, match="No stock"):
        dispatch_shipment(shipment, actor=warehouse.clerk, quantities={line(shipment).pk: Q(2)})

    shipment.refresh_from_db()
    assert (shipment.status, shipment.dispatched_on) == ("planned", None)
    assert lines_of(shipment) == [("crm.orderline:11", Q(5), Q(0))]
    assert (Shipment.objects.count(), StatusChange.objects.count()) == (1, 0)


def test_the_fact_is_announced_after_the_shipment_is_saved(warehouse, heard):
    seen = []
    heard(shipment_dispatched, lambda document, act, facts: seen.append(Shipment.objects.get(pk=document.pk).status))

    dispatch_shipment(warehouse.plan("5"), actor=warehouse.clerk)

    assert seen == ["dispatched"]


def test_more_than_planned_is_refused(warehouse):
    shipment = warehouse.plan("5")

    with pytest.raises(Refusal, match="6 is more than the 5 planned"):
        dispatch_shipment(shipment, actor=warehouse.clerk, quantities={line(shipment).pk: Q(6)})

    assert lines_of(shipment) == [("crm.orderline:11", Q(5), Q(0))]


def test_more_than_planned_goes_within_the_companys_tolerance_and_not_beyond(warehouse):
    warehouse.company.over_delivery_percent = Q(10)
    warehouse.company.save()
    shipment = warehouse.plan("50")

    with pytest.raises(Refusal):
        dispatch_shipment(shipment, actor=warehouse.clerk, quantities={line(shipment).pk: Q("55.5")})
    dispatch_shipment(shipment, actor=warehouse.clerk, quantities={line(shipment).pk: Q("55")})

    assert lines_of(shipment) == [("crm.orderline:11", Q(50), Q(55))]


@pytest.mark.parametrize(
    ("quantities", "message"),
    [({}, "Nothing of"), ({"line": Q(0)}, "Nothing of"), ({"line": Q(-1)}, "below zero"), ({"line": Q("NaN")}, "below zero"),
     ({999999: Q(1)}, "is not on"), ({"line": "many"}, "not a number")],
)
def test_quantities_that_make_no_sense_are_refused(warehouse, quantities, message):
    shipment = warehouse.plan("5")
    given = {line(shipment).pk if key == "line" else key: value for key, value in quantities.items()}

    with pytest.raises(Refusal, match=message):
        dispatch_shipment(shipment, actor=warehouse.clerk, quantities=given)

    assert lines_of(shipment) == [("crm.orderline:11", Q(5), Q(0))]


def test_goods_do_not_leave_tomorrow(warehouse):
    with pytest.raises(Refusal, match="in the future"):
        dispatch_shipment(warehouse.plan("5"), actor=warehouse.clerk, dispatched_on=timezone.now().date() + timedelta(days=2))


def test_a_dispatched_shipment_is_not_dispatched_again(warehouse):
    shipment = dispatch_shipment(warehouse.plan("5"), actor=warehouse.clerk)

    with pytest.raises(TransitionNotAllowed):
        dispatch_shipment(shipment, actor=warehouse.clerk)


def test_sales_may_not_dispatch(warehouse):
    with pytest.raises(PermissionDenied):
        dispatch_shipment(warehouse.plan("5"), actor=make_user(warehouse.company, "sales"))


def test_a_partial_dispatch_takes_at_most_twelve_statements_of_its_own(planned_anew, warehouse):
    shipment = warehouse.plan("5", "3")
    warehouse.clerk.has_perm("scm.dispatch_shipment")
    StatusChange.objects.count()
    quantities = {line(shipment).pk: Q(2)}

    with CaptureQueriesContext(connection) as captured:
        dispatch_shipment(shipment, actor=warehouse.clerk, quantities=quantities)

    assert len(statements(captured)) <= 14  # content type and event ids are read once per process


def test_cancelling_tells_what_was_planned(warehouse, heard):
    told = heard(shipment_cancelled)

    shipment = cancel_shipment(warehouse.plan("5"), actor=warehouse.clerk, reason="Customer changed his mind")

    assert shipment.status == "cancelled"
    assert told[0][1].payload["lines"][0]["quantity"] == "5"
    assert StatusChange.objects.get().reason == "Customer changed his mind"


def test_a_shipment_that_comes_back_asks_for_its_goods_to_be_taken_back(warehouse, heard):
    told = heard(shipment_returning)
    shipment = dispatch_shipment(warehouse.plan("5"), actor=warehouse.clerk, dispatched_on=date(2026, 11, 2))

    shipment = return_shipment_to_sender(shipment, actor=warehouse.clerk, returned_on=date(2026, 11, 9), reason="Refused")

    document, act, facts = told[0]
    assert (shipment.status, document.returned_on) == ("returned", date(2026, 11, 9))
    assert [(item.order_line_key, item.shipped) for item in facts["lines"]] == [("crm.orderline:11", Q(5))]


def test_goods_do_not_come_back_before_they_left(warehouse):
    shipment = dispatch_shipment(warehouse.plan("5"), actor=warehouse.clerk, dispatched_on=date(2026, 11, 2))

    with pytest.raises(Refusal, match="between the day of dispatch and today"):
        return_shipment_to_sender(shipment, actor=warehouse.clerk, returned_on=date(2026, 11, 1))


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE scm_shipmentline SET quantity = quantity + 1", "UPDATE scm_shipmentline SET shipped = 0",
        "UPDATE scm_shipmentline SET order_line_key = 'crm.orderline:99'", "DELETE FROM scm_shipmentline",
        "INSERT INTO scm_shipmentline (company_id, position, shipment_id, order_line_key, product_id, description, quantity, picked, shipped,"
        " over_allowed, location_key) SELECT company_id, 9, shipment_id, 'x', product_id, '', 1, 0, 1, 0, ''"
        " FROM scm_shipmentline",
        "UPDATE scm_shipment SET status = 'planned', dispatched_at = NULL, dispatched_on = NULL",
        "UPDATE scm_shipment SET dispatched_on = dispatched_on - 30", "UPDATE scm_shipment SET order_key = 'crm.order:99'",
        "DELETE FROM scm_shipment",
    ],
)
def test_the_database_keeps_a_dispatched_shipment_as_it_left(warehouse, attack):
    dispatch_shipment(warehouse.plan("5"), actor=warehouse.clerk)

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(attack)


def test_the_checks_of_shipping_are_quiet_after_partial_and_full_dispatch_and_name_the_guilty_line(warehouse):
    shipment = warehouse.plan("5", "3")
    dispatch_shipment(shipment, actor=warehouse.clerk, quantities={line(shipment).pk: Q(2)})
    assert {name: check() for name, check in INVARIANTS.items()} == dict.fromkeys(INVARIANTS, [])

    rest = Shipment.objects.get(wave=2)
    ShipmentLine.objects.filter(shipment=rest, position=1).update(shipped=1)

    assert len(INVARIANTS["shipping: shipped within plan"]()) == 1
