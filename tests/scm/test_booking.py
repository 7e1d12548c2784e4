from decimal import Decimal

import pytest

from scm.carriers.selectors import rate
from scm.shipping.rules import sscc
from scm.shipping.services import book_shipment
from suite.kernel.documents.errors import Refusal
from tests.factories.shipping import make_carrier

Q = Decimal


def test_the_cheapest_carrier_wins_and_says_why(warehouse):
    make_carrier(warehouse.company, "DEAR", rates=[("", "30", "19.00")])
    cheap = make_carrier(warehouse.company, "CHEAP", rates=[("", "5", "6.90"), ("", "30", "14.50")])

    answer = rate(company_id=warehouse.company.pk, weight_kg=Q("4"), country="Mexico")

    assert (answer.carrier, answer.price) == (cheap, Q("6.90"))
    assert answer.reason == "Cheapest of 2 for 4 kg: CHEAP: 6.90 (up to 5 kg, everywhere)"
    assert answer.considered == ("CHEAP: 6.90 (up to 5 kg, everywhere)", "DEAR: 19.00 (up to 30 kg, everywhere)")


def test_a_rate_for_the_country_stands_before_the_rate_for_everywhere(warehouse):
    make_carrier(warehouse.company, "ONE", rates=[("", "5", "6.90"), ("Mexico", "10", "22.00")])

    assert rate(company_id=warehouse.company.pk, weight_kg=Q("4"), country="mexico").price == Q("22.00")
    assert rate(company_id=warehouse.company.pk, weight_kg=Q("4"), country="Spain").price == Q("6.90")


def test_the_narrowest_band_that_holds_the_weight_counts_its_upper_end_included(warehouse):
    make_carrier(warehouse.company, "ONE")

    assert [rate(company_id=warehouse.company.pk, weight_kg=Q(kg)).price for kg in ("5", "5.001", "30")] == [Q("6.90"), Q("14.50"), Q("14.50")]
    assert rate(company_id=warehouse.company.pk, weight_kg=Q("30.001")) is None


def test_carriers_of_another_company_and_inactive_ones_are_not_asked(warehouse):
    make_carrier(warehouse.company, "GONE", is_active=False)
    make_carrier(type(warehouse.company).objects.create(code="OTHER", name="Other", currency=warehouse.company.currency), "THEIRS")

    assert rate(company_id=warehouse.company.pk, weight_kg=Q("1")) is None


def test_booking_chooses_by_the_weight_of_the_goods_and_numbers_the_parcels(warehouse):
    carrier = make_carrier(warehouse.company, "ONE", service="Standard", tracking_url="https://one.example/t/{number}")

    shipment = book_shipment(warehouse.plan("4", "2"), actor=warehouse.clerk, parcels=2)

    parcels = list(shipment.parcels.all())
    assert (shipment.status, shipment.carrier, shipment.service) == ("booked", carrier, "Standard")
    assert (shipment.weight_kg, shipment.freight_cost) == (Q("7"), Q("14.50"))
    assert [parcel.weight_kg for parcel in parcels] == [Q("3.5"), Q("3.5")]
    assert shipment.tracking_number == parcels[0].sscc
    assert shipment.tracking_page == f"https://one.example/t/{parcels[0].sscc}"


def test_the_clerk_may_name_carrier_and_number_even_where_no_rate_is_known(warehouse):
    carrier = make_carrier(warehouse.company, "HAND", rates=[])

    shipment = book_shipment(warehouse.plan("4"), actor=warehouse.clerk, carrier_id=carrier.pk, tracking_number="1Z 999")

    assert (shipment.tracking_number, shipment.freight_cost) == ("1Z 999", Q(0))
    assert "price unknown" in shipment.freight_reason


def test_without_any_rate_the_booking_is_refused_and_nothing_changes(warehouse):
    shipment = warehouse.plan("4")

    with pytest.raises(Refusal, match="was not booked"):
        book_shipment(shipment, actor=warehouse.clerk)

    shipment.refresh_from_db()
    assert (shipment.status, shipment.carrier, shipment.parcels.count()) == ("planned", None, 0)


def test_booking_again_replaces_the_booking_and_keeps_the_parcel_numbers(warehouse):
    make_carrier(warehouse.company, "ONE")
    other = make_carrier(warehouse.company, "TWO", rates=[("", "30", "40.00")])
    shipment = book_shipment(warehouse.plan("4"), actor=warehouse.clerk)

    again = book_shipment(shipment, actor=warehouse.clerk, carrier_id=other.pk)

    assert (again.carrier, again.freight_cost, again.tracking_number) == (other, Q("40.00"), shipment.tracking_number)


def test_a_parcel_number_has_the_check_digit_of_gs1():
    # The example of the GS1 General Specifications: 0 0614141 123456789 with check digit 0.
    assert sscc("0614141", 123456789, extension=0) == "006141411234567890"
    with pytest.raises(ValueError, match="no parcel numbers left"):
        sscc("2000000", 10**9)
