from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import permutations

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from scm.carriers.models import CarrierStatusCode
from scm.shipping.models import Shipment, TrackingEvent
from scm.shipping.rules import meaning_of
from scm.shipping.services import (
    book_shipment,
    catch_up_tracking,
    deliver_shipment,
    dispatch_shipment,
    record_tracking,
    report_shipment_exception,
)
from scm.shipping.signals import shipment_delivered
from suite.kernel.audit.models import StatusChange
from suite.kernel.documents.errors import Refusal
from tests.factories.base import make_user
from tests.factories.shipping import make_carrier

MORNING = datetime(2026, 11, 3, 8, tzinfo=UTC)


@pytest.fixture
def carrier(warehouse):
    return make_carrier(warehouse.company, "ONE")


@pytest.fixture
def gone(warehouse, carrier):
    """A shipment that left on 2 November 2026, with tracking number T1."""
    booked = book_shipment(warehouse.plan("5"), actor=warehouse.clerk, carrier_id=carrier.pk, tracking_number="T1")
    return dispatch_shipment(booked, actor=warehouse.clerk, dispatched_on=date(2026, 11, 2))


@pytest.fixture
def report(warehouse, carrier):
    def record(code, hour=0, external_id=None, **values):
        return record_tracking(
            company_id=warehouse.company.pk, carrier_id=carrier.pk, tracking_number=values.pop("number", "T1"),
            external_id=external_id or f"{code}-{hour}", code=code, happened_at=MORNING + timedelta(hours=hour),
            actor=values.pop("actor", warehouse.clerk), **values,
        )

    return record


def status_of(shipment) -> str:
    return Shipment.objects.get(pk=shipment.pk).status


def test_reports_lead_the_shipment_to_its_delivery(gone, report):
    seen = []
    for hour, code in enumerate(("IT", "OFD", "DELIVERED")):
        report(code, hour)
        seen.append(status_of(gone))

    assert seen == ["in_transit", "out_for_delivery", "delivered"]
    assert Shipment.objects.get(pk=gone.pk).delivered_at == MORNING + timedelta(hours=2)
    assert list(StatusChange.objects.order_by("pk").values_list("action", flat=True)) == [
        "book", "dispatch", "in_transit", "out_for_delivery", "deliver",
    ]


def test_the_same_report_twice_is_one_row_and_one_change(gone, report):
    first, is_new = report("IT", external_id="E1")
    again, is_new_again = report("IT", external_id="E1")

    assert (is_new, is_new_again, again.pk, TrackingEvent.objects.count()) == (True, False, first.pk, 1)
    assert StatusChange.objects.filter(action="in_transit").count() == 1


def test_a_delivery_is_announced_once_however_often_it_is_reported(gone, report):
    told = []

    def hear(sender, document, act, **facts):
        told.append(act.payload["lines"])

    shipment_delivered.connect(hear)
    try:
        report("DELIVERED", 3, "a")
        report("DELIVERED", 3, "a")
        report("DELIVERED", 4, "b")
    finally:
        shipment_delivered.disconnect(hear)

    assert [[line["quantity"] for line in lines] for lines in told] == [["5"]]


@pytest.mark.parametrize("order", list(permutations(range(4)))[::3])
def test_whatever_order_reports_come_in_the_newest_one_says_where_the_shipment_is(gone, report, order):
    story = [("IT", 0), ("OFD", 1), ("EX", 2), ("IT", 3)]

    for place in order:
        report(*story[place])

    assert status_of(gone) == "in_transit"
    assert TrackingEvent.objects.count() == 4


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_delivered_stays_delivered_whatever_comes_late(gone, report, order):
    story = [("OFD", 1), ("DELIVERED", 2), ("EX", 3)]

    for place in order:
        report(*story[place])

    assert status_of(gone) == "delivered"


def test_a_report_for_information_moves_nothing(gone, report):
    event, _is_new = report("LABEL-PRINTED")

    assert (event.meaning, status_of(gone)) == ("information", "dispatched")


def test_the_carriers_own_codes_stand_before_the_usual_names(warehouse, carrier, gone, report):
    CarrierStatusCode.objects.create(company=warehouse.company, carrier=carrier, code="47", meaning="out_for_delivery")

    report("47")

    assert status_of(gone) == "out_for_delivery"
    assert meaning_of("Out for delivery", {}) == "out_for_delivery"
    assert meaning_of("IT", {"IT": "information"}) == "information"


def test_a_report_that_comes_before_the_dispatch_is_recorded_waits_for_it(warehouse, carrier, report):
    report("IT")
    booked = book_shipment(warehouse.plan("5"), actor=warehouse.clerk, carrier_id=carrier.pk, tracking_number="T1")
    report("OFD", 1)
    assert status_of(booked) == "booked"

    dispatch_shipment(booked, actor=warehouse.clerk, dispatched_on=date(2026, 11, 2))
    catch_up_tracking(shipment_id=booked.pk, actor=warehouse.clerk)

    assert status_of(booked) == "out_for_delivery"


def test_an_exception_tells_the_new_day_and_a_later_report_ends_it(gone, report):
    report("EX", 0, description="Lorry broke down", expected_on=date(2026, 11, 6))
    stuck = Shipment.objects.get(pk=gone.pk)
    assert (stuck.status, stuck.expected_on) == ("exception", date(2026, 11, 6))
    assert StatusChange.objects.get(action="report_exception").reason == "Lorry broke down"

    report("DELIVERED", 5)

    assert status_of(gone) == "delivered"


def test_a_person_may_report_delivery_and_trouble_too(warehouse, gone):
    report_shipment_exception(gone, actor=warehouse.clerk, reason="Nobody at home")

    delivered = deliver_shipment(gone, actor=warehouse.clerk, received_by="A. Trujillo")

    assert (delivered.status, delivered.received_by) == ("delivered", "A. Trujillo")


def test_a_delivery_before_the_dispatch_is_refused(warehouse, gone):
    with pytest.raises(Refusal, match="between dispatch and now"):
        deliver_shipment(gone, actor=warehouse.clerk, delivered_at=datetime(2026, 11, 1, 23, tzinfo=UTC))

    assert status_of(gone) == "dispatched"


@pytest.mark.parametrize(
    ("values", "message"), [({"external_id": ""}, "needed"), ({"code": ""}, "needed"), ({"carrier_id": 0}, "not known")],
)
def test_a_report_without_its_facts_is_refused(warehouse, carrier, gone, values, message):
    facts = {
        "company_id": warehouse.company.pk, "carrier_id": carrier.pk, "tracking_number": "T1", "external_id": "E1", "code": "IT",
        "happened_at": MORNING, "actor": warehouse.clerk,
    }

    with pytest.raises(Refusal, match=message):
        record_tracking(**{**facts, **values})
    with pytest.raises(Refusal, match="future"):
        record_tracking(**{**facts, "happened_at": timezone.now() + timedelta(hours=1)})

    assert TrackingEvent.objects.count() == 0


def test_another_companys_carrier_is_not_known(warehouse, gone, report):
    other = make_carrier(type(warehouse.company).objects.create(code="OTHER", name="Other", currency=warehouse.company.currency), "THEIRS")

    with pytest.raises(Refusal, match="not known"):
        record_tracking(
            company_id=warehouse.company.pk, carrier_id=other.pk, tracking_number="T1", external_id="E1", code="IT", happened_at=MORNING,
            actor=warehouse.clerk,
        )


def test_finance_may_not_report(warehouse, gone, report):
    with pytest.raises(PermissionDenied):
        report("IT", actor=make_user(warehouse.company, "finance"))


def test_reports_are_never_changed_or_deleted_in_the_database(gone, report):
    report("IT")

    for attack in ("UPDATE scm_trackingevent SET code = 'DELIVERED'", "DELETE FROM scm_trackingevent"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(attack)


def test_weights_and_quantities_are_decimals(gone):
    assert isinstance(gone.lines.get().shipped, Decimal)
