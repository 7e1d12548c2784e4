from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from scm.shipping.models import Shipment, TrackingEvent
from scm.shipping.services import book_shipment, dispatch_shipment
from scm.warehousing.models import PickList
from scm.warehousing.services import draw_pick_list, set_pick_readiness
from tests.factories.base import make_user
from tests.factories.shipping import make_carrier, make_warehouse

Q = Decimal
CHECKS = pytest.mark.parametrize("name", ["shipment_board", "picking", "tracking_entry"])


@pytest.fixture
def page(client, warehouse):
    client.force_login(warehouse.clerk)
    return client


def text_of(answer) -> str:
    return " ".join(answer.content.decode().split())


@CHECKS
def test_a_stranger_is_sent_to_the_sign_in_and_sales_may_see_only_the_board(client, warehouse, name):
    assert client.get(reverse(f"scm:{name}")).status_code == 302

    client.force_login(make_user(warehouse.company, "sales"))

    assert client.get(reverse(f"scm:{name}")).status_code == (200 if name == "shipment_board" else 403)


def test_the_board_shows_each_shipment_in_its_column_with_counts_and_what_comes_next(page, warehouse):
    make_carrier(warehouse.company, "ONE")
    planned = warehouse.plan("5", order=1, promised_on=timezone.localdate() - timedelta(days=2))
    booked = book_shipment(warehouse.plan("5", order=2), actor=warehouse.clerk)
    gone = dispatch_shipment(warehouse.plan("5", order=3), actor=warehouse.clerk)

    answer = page.get(reverse("scm:shipment_board"))

    columns = {column["status"]: (column["number"], [card.pk for card in column["cards"]]) for column in answer.context["columns"]}
    assert columns["planned"] == (1, [planned.pk])
    assert columns["booked"] == (1, [booked.pk])
    assert columns["dispatched"] == (1, [gone.pk])
    assert reverse("scm:shipment_transition", args=[planned.pk, "book"]) in text_of(answer)
    assert "late:" in text_of(answer)


def test_the_board_takes_the_same_number_of_queries_for_many_shipments(planned_anew, page, warehouse):
    def load():
        with CaptureQueriesContext(connection) as captured:
            column = page.get(reverse("scm:shipment_board")).context["columns"][0]
        return len(captured), column["number"], len(column["cards"])

    warehouse.plan("5", order=99)
    load()
    few = load()
    for order in range(29):
        warehouse.plan("5", order=order)

    assert load() == (few[0], 30, 25)


@pytest.mark.parametrize(("query", "found"), [("?q=SO-00002", 1), ("?q=nothing", 0), ("?late=1", 1), ("?site=999", 2), ("?q=%00", 2)])
def test_the_board_is_filtered_by_its_address(page, warehouse, query, found):
    warehouse.plan("5", order=1, promised_on=timezone.localdate() - timedelta(days=1))
    warehouse.plan("5", order=2, promised_on=timezone.localdate() + timedelta(days=9))

    assert page.get(reverse("scm:shipment_board") + query).context["columns"][0]["number"] == found


def test_another_companys_shipments_are_not_there(page, warehouse):
    other = make_warehouse()
    theirs = draw_pick_list(shipment_id=other.plan("5", order=77).pk, actor=other.clerk)

    assert "SO-00077" not in text_of(page.get(reverse("scm:shipment_board")))
    assert "SO-00077" not in text_of(page.get(reverse("scm:picking")))
    assert page.get(reverse("scm:pick", args=[theirs.pk])).status_code == 404
    assert page.post(reverse("scm:pick", args=[theirs.pk]), {"do": "finish"}).status_code == 404
    assert page.post(reverse("scm:picking"), {"shipment": theirs.shipment_id}).status_code == 404


def test_a_shipment_is_picked_packed_and_ready_to_book_with_nothing_but_a_scanner(page, warehouse):
    set_pick_readiness(order_key="crm.order:1", ready={"crm.orderline:11": Q(2)}, actor=warehouse.clerk)
    shipment = warehouse.plan("2")

    drawn = page.post(reverse("scm:picking"), {"shipment": shipment.pk})
    pick_list = PickList.objects.get()
    assert drawn.url == reverse("scm:pick", args=[pick_list.pk])
    for _scan in range(2):
        assert page.post(drawn.url, {"do": "scan", "code": "101"}).status_code == 302
    assert page.post(drawn.url, {"do": "finish"}).status_code == 302
    assert page.post(drawn.url, {"do": "pack", "weight_kg": "3.2", "parcels": "2"}).status_code == 302

    pick_list.refresh_from_db()
    shipment.refresh_from_db()
    assert (pick_list.status, shipment.weight_kg, shipment.parcels.count()) == ("packed", Q("3.2"), 2)
    assert reverse("scm:shipment_transition", args=[shipment.pk, "book"]) in text_of(page.get(drawn.url))


def test_a_wrong_scan_says_so_on_the_page_and_counts_nothing(page, warehouse):
    pick_list = draw_pick_list(shipment_id=warehouse.plan("2").pk, actor=warehouse.clerk)
    url = reverse("scm:pick", args=[pick_list.pk])

    answer = page.post(url, {"do": "scan", "code": "4711"})
    part = page.post(url, {"do": "scan", "code": "4711"}, headers={"HX-Request": "true"})

    assert answer.status_code == 422
    assert "no barcode or article number we know" in text_of(answer)
    assert (part.status_code, "<html" in text_of(part)) == (200, False)
    assert pick_list.lines.get().picked == 0


@pytest.mark.parametrize("what", [{"do": "count", "line": "x", "quantity": "1"}, {"do": "scan"}, {"do": "count", "quantity": "NaN"}])
def test_a_broken_form_is_a_clear_refusal(page, warehouse, what):
    pick_list = draw_pick_list(shipment_id=warehouse.plan("2").pk, actor=warehouse.clerk)

    assert page.post(reverse("scm:pick", args=[pick_list.pk]), what).status_code == 422


def test_who_may_look_but_not_pick_gets_no_buttons_and_403(client, warehouse):
    pick_list = draw_pick_list(shipment_id=warehouse.plan("2").pk, actor=warehouse.clerk)
    client.force_login(make_user(warehouse.company, "manager"))
    url = reverse("scm:pick", args=[pick_list.pk])

    assert 'value="scan"' not in text_of(client.get(url))
    assert client.post(url, {"do": "scan", "code": "101"}).status_code == 403


def test_the_dispatch_page_asks_a_quantity_per_line_and_sends_the_rest_later(page, warehouse):
    shipment = warehouse.plan("5", "3")
    first, second = shipment.lines.order_by("position")
    url = reverse("scm:shipment_transition", args=[shipment.pk, "dispatch"])
    assert "planned 5 pcs" in text_of(page.get(url))

    answer = page.post(url, {f"line_{first.pk}": "2", f"line_{second.pk}": "3", "token": "t1"})

    assert answer.status_code == 302
    shipment.refresh_from_db()
    assert shipment.status == "dispatched"
    assert [line.quantity for line in Shipment.objects.get(wave=2).lines.all()] == [Q(3)]


def test_the_record_page_offers_delivery_note_and_labels_as_files(page, warehouse):
    make_carrier(warehouse.company, "ONE")
    shipment = book_shipment(warehouse.plan("5"), actor=warehouse.clerk)

    for slug, name in (("delivery-note", "delivery-note"), ("label", "label")):
        url = reverse("scm:shipment_print", args=[shipment.pk, slug])
        assert url in text_of(page.get(reverse("scm:shipment_detail", args=[shipment.pk])))
        answer = page.get(url)
        assert answer.content.startswith(b"%PDF-")
        assert answer["Content-Disposition"] == f'attachment; filename="{name}-{shipment.number}.pdf"'
        assert answer["Content-Security-Policy"] == "sandbox"


def test_a_report_entered_by_hand_moves_the_shipment_once(page, warehouse):
    carrier = make_carrier(warehouse.company, "ONE")
    shipment = dispatch_shipment(
        book_shipment(warehouse.plan("5"), actor=warehouse.clerk, tracking_number="T1"), actor=warehouse.clerk,
    )
    report = {"carrier": carrier.pk, "tracking_number": "T1", "code": "IT", "happened_at": timezone.localtime().strftime("%Y-%m-%dT%H:%M")}

    for _again in range(2):
        assert page.post(reverse("scm:tracking_entry"), report).status_code == 302
    refused = page.post(reverse("scm:tracking_entry"), {**report, "happened_at": "2099-01-01T00:00"})

    shipment.refresh_from_db()
    assert (shipment.status, TrackingEvent.objects.count(), refused.status_code) == ("in_transit", 1, 422)


def test_a_carrier_reports_by_the_api_and_the_same_event_twice_answers_200(page, warehouse):
    make_carrier(warehouse.company, "ONE")
    dispatch_shipment(book_shipment(warehouse.plan("5"), actor=warehouse.clerk, tracking_number="T1"), actor=warehouse.clerk)
    body = {
        "carrier": "ONE", "tracking_number": "T1", "external_id": "E1", "code": "DELIVERED",
        "happened_at": timezone.now().isoformat(), "description": "A. Trujillo",
    }

    first = page.post("/api/v1/scm/tracking-events/", body, content_type="application/json")
    again = page.post("/api/v1/scm/tracking-events/", body, content_type="application/json")
    keyed = page.post("/api/v1/scm/tracking-events/", body, content_type="application/json", headers={"Idempotency-Key": "K1"})
    unknown = page.post("/api/v1/scm/tracking-events/", {**body, "carrier": "NOBODY"}, content_type="application/json")

    assert [answer.status_code for answer in (first, again, keyed, unknown)] == [201, 200, 200, 422]
    assert first.json()["id"] == again.json()["id"]
    assert Shipment.objects.get().status == "delivered"
    assert TrackingEvent.objects.count() == 1
