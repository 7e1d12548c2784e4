"""Lots from proposal to customer and back: scm asks, stock answers, and what left is what was named."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from crm.orders.models import Order
from erp.inventory.models import CostLayer, StockLevel, StockMove
from erp.inventory.selectors import free_stock
from integration.outbox.sweep import drain
from scm.shipping.forms import DispatchForm
from scm.shipping.invariants import INVARIANTS
from scm.shipping.models import Shipment, ShipmentLot
from scm.shipping.printouts import print_delivery_note
from scm.shipping.services import LotQuantity, dispatch_shipment, return_shipment_to_sender
from scm.warehousing.services import draw_pick_list, finish_picking, scan, set_picked
from suite.kernel.documents.errors import Refusal
from tests.factories.base import make_product
from tests.factories.stock import make_location, make_lot, stock_up

Q = Decimal
LATER, SOON, GONE = (timezone.localdate() + timedelta(days=days) for days in (400, 40, -1))


class Cheese:
    """Ten to ship of a product with lots: 4 of a lot that expires soon at 10, 20 of a later one at 12, 9 that have expired."""

    def __init__(self, trade) -> None:
        self.trade = trade
        self.product = make_product(trade.company, sku="CHEESE", name="Cheese", tracking="lot")
        self.other = make_product(trade.company, sku="WINE", name="Wine", tracking="lot")
        self.shelf = make_location(trade.place.warehouse, "B7")
        self.later = self.lot("L-LATER", LATER, 20, 12)
        self.soon = self.lot("L-SOON", SOON, 4, 10, place=self.shelf)
        self.gone = self.lot("L-GONE", GONE, 9, 8)
        self.wine = make_lot(self.other, "W-1", LATER)
        drain()

    def lot(self, number, expires_on, quantity, cost, *, place=None):
        lot = make_lot(self.product, number, expires_on)
        stock_up(self.trade.boss, self.product, quantity, cost, place=place or self.trade.place, on=date(2026, 1, 5), lot=lot)
        return lot

    def order(self, quantity=10):
        order = self.trade.confirm((self.product, quantity), order_date=timezone.localdate())
        return order, self.trade.open_shipment(order)

    def picking(self, quantity=10):
        order, shipment = self.order(quantity)
        pick_list = draw_pick_list(shipment_id=shipment.pk, actor=self.trade.boss)
        return shipment, pick_list, pick_list.lines.get()

    def scan(self, pick_list, lot, quantity=None, code="cheese"):
        return scan(pick_list_id=pick_list.pk, code=code, lot=lot, quantity=quantity, actor=self.trade.boss)


@pytest.fixture
def cheese(trade):
    yield Cheese(trade)
    drain()


def lots_of(shipment, *fields):
    return list(ShipmentLot.objects.filter(shipment=shipment).order_by("expires_on", "pk").values_list("number", *fields))


def on_hand(product):
    rows = StockLevel.objects.filter(product=product).exclude(on_hand=0)
    return {(row.lot.number, row.location.code): row.on_hand for row in rows.select_related("lot", "location")}


def test_the_pick_list_proposes_first_expiry_first_per_place_and_never_what_has_expired(cheese):
    shipment, pick_list, line = cheese.picking()

    assert lots_of(shipment, "place", "proposed") == [("L-SOON", "B7", Q(4)), ("L-LATER", "A1", Q(6))]
    assert line.place == "B7 L-SOON, A1 L-LATER"
    assert (pick_list.status, line.ready) == ("ready", Q(10))
    assert free_stock(cheese.trade.company.pk, [cheese.product.pk])[cheese.product.pk] == 14


def test_an_article_with_lots_asks_for_the_lot_and_counts_nothing(cheese):
    shipment, pick_list, line = cheese.picking()

    with pytest.raises(Refusal, match="tracked by lots") as refused:
        cheese.scan(pick_list, "")

    assert (refused.value.field, refused.value.code) == ("lot", "lot_missing")
    assert lots_of(shipment, "picked") == [("L-SOON", 0), ("L-LATER", 0)]


@pytest.mark.parametrize(
    ("lot", "says"), [
        ("NEVER-SEEN", "is no lot of CHEESE"), ("L-GONE", "expired on"), ("W-1", "is of WINE Wine, not of CHEESE Cheese"),
    ],
)
def test_a_wrong_lot_is_refused_at_its_field_and_nothing_changes(cheese, lot, says):
    shipment, pick_list, line = cheese.picking()

    with pytest.raises(Refusal, match=says) as refused:
        cheese.scan(pick_list, lot)

    line.refresh_from_db()
    assert refused.value.field == "lot" and "Nothing was counted" in refused.value.message and refused.value.hint
    assert (line.picked, lots_of(shipment, "picked")) == (0, [("L-SOON", 0), ("L-LATER", 0)])


def test_a_lot_reserved_for_another_order_is_not_free(cheese):
    cheese.order(24)  # all that is good is kept for it
    shipment, pick_list, line = cheese.picking(1)

    with pytest.raises(Refusal, match="Nothing of lot L-SOON of CHEESE Cheese is free here"):
        cheese.scan(pick_list, "L-SOON")

    assert lots_of(shipment) == []


def test_a_line_is_split_over_lots_and_what_was_taken_changes_the_proposal(cheese):
    shipment, pick_list, line = cheese.picking()

    cheese.scan(pick_list, "l-later", Q(3))
    assert lots_of(shipment, "picked", "proposed") == [("L-SOON", 0, Q(4)), ("L-LATER", Q(3), Q(3))]
    scan(pick_list_id=pick_list.pk, code="L-SOON", actor=cheese.trade.boss)  # the lot's label alone: its line is the only one that asks
    line = set_picked(line_id=line.pk, quantity=Q(6), lot="L-LATER", actor=cheese.trade.boss)

    assert (line.picked, lots_of(shipment, "picked", "proposed")) == (Q(7), [("L-SOON", Q(1), Q(3)), ("L-LATER", Q(6), 0)])
    with pytest.raises(Refusal, match="11 is more than the 10 wanted") as refused:
        cheese.scan(pick_list, "L-LATER", Q(4))
    assert refused.value.field == "quantity"
    set_picked(line_id=line.pk, quantity=Q(5), lot="L-LATER", actor=cheese.trade.boss)
    with pytest.raises(Refusal, match="only 4 are free"):
        cheese.scan(pick_list, "L-SOON", Q("3.5"))
    assert set_picked(line_id=line.pk, quantity=Q(0), lot="L-SOON", actor=cheese.trade.boss).picked == Q(5)


def test_finishing_wants_every_lot_counted(cheese):
    _shipment, pick_list, line = cheese.picking()

    with pytest.raises(Refusal, match="Cheese is tracked by lots"):
        finish_picking(pick_list, actor=cheese.trade.boss)
    with pytest.raises(Refusal, match="Cheese is tracked by lots"):
        finish_picking(pick_list, actor=cheese.trade.boss, quantities={line.pk: Q(10)})

    cheese.scan(pick_list, "L-LATER", Q(10))
    assert finish_picking(pick_list, actor=cheese.trade.boss).status == "picked"


def test_what_was_picked_leaves_lot_by_lot_and_comes_back_as_it_left(cheese):
    shipment, pick_list, _line = cheese.picking()
    cheese.scan(pick_list, "L-LATER", Q(8))
    cheese.scan(pick_list, "L-SOON", Q(2))
    finish_picking(pick_list, actor=cheese.trade.boss)

    shipment = dispatch_shipment(shipment, actor=cheese.trade.boss)
    drain()

    assert lots_of(shipment, "shipped") == [("L-SOON", Q(2)), ("L-LATER", Q(8))]
    assert on_hand(cheese.product) == {("L-SOON", "B7"): 2, ("L-LATER", "A1"): 12, ("L-GONE", "A1"): 9}
    issued = StockMove.objects.filter(document_key=shipment.key, kind="issue").order_by("lot__expires_on")
    assert [(move.lot.number, move.location.code, move.quantity, move.values.get().value) for move in issued] == [
        ("L-SOON", "B7", -2, -20), ("L-LATER", "A1", -8, -96),
    ]
    assert "firm" not in cheese.trade.reserved(Order.objects.get(number=shipment.order_number, company=cheese.trade.company))
    note = print_delivery_note(shipment)
    assert note.content[:4] == b"%PDF"

    return_shipment_to_sender(shipment, actor=cheese.trade.boss)
    drain()

    back = StockMove.objects.filter(document_key=shipment.key, kind="return")
    assert {(move.lot.number, move.quantity, move.values.get().value) for move in back} == {("L-SOON", 2, 20), ("L-LATER", 8, 96)}
    layers = CostLayer.objects.filter(product=cheese.product, remaining_quantity__gt=0)
    assert sum(layer.remaining_value for layer in layers if layer.lot == cheese.soon) == 40


def test_a_dispatch_names_the_line_whose_lots_are_missing_or_wrong(cheese):
    _order, shipment = cheese.order()
    line = shipment.lines.get()

    def refused(**asked):
        with pytest.raises(Refusal) as error:
            dispatch_shipment(shipment, actor=cheese.trade.boss, **asked)
        assert Shipment.objects.get(pk=shipment.pk).status == "planned"
        assert lots_of(shipment) == []
        return error.value.code, error.value.field, error.value.message

    field = f"lots/{line.pk}"
    assert refused() == ("lot_missing", field, f"Line 1, {line}: its lots are missing; nothing was dispatched.")
    assert refused(lots={line.pk: [LotQuantity("L-SOON", Q(4))]})[:2] == ("lots_differ", field)
    assert refused(lots={line.pk: [LotQuantity("L-SOON", Q(10))]})[:2] == ("lot_short", field)
    assert refused(lots={line.pk: [LotQuantity("L-GONE", Q(10))]})[:2] == ("lot_refused", field)
    assert refused(lots={line.pk: [LotQuantity("L-SOON", Q(-4))]})[1] == field
    assert refused(lots={line.pk + 1: [LotQuantity("L-SOON", Q(4))]})[1] == f"lots/{line.pk + 1}"

    dispatch_shipment(
        shipment, actor=cheese.trade.boss, quantities={line.pk: Q(6)}, lots={line.pk: [LotQuantity("L-SOON", Q(4)), LotQuantity("L-LATER", Q(2))]},
    )
    assert lots_of(shipment, "shipped") == [("L-SOON", Q(4)), ("L-LATER", Q(2))]


def test_a_lot_that_expired_after_it_was_picked_does_not_leave(cheese):
    shipment, pick_list, _line = cheese.picking(2)
    cheese.scan(pick_list, "L-SOON", Q(2))
    finish_picking(pick_list, actor=cheese.trade.boss)
    cheese.soon.expires_on = GONE
    cheese.soon.save()

    with pytest.raises(Refusal, match="Line 1: Lot L-SOON of CHEESE Cheese expired"):
        dispatch_shipment(shipment, actor=cheese.trade.boss)


def test_lots_that_left_never_change(cheese):
    shipment, pick_list, _line = cheese.picking(2)
    cheese.scan(pick_list, "L-SOON", Q(2))
    finish_picking(pick_list, actor=cheese.trade.boss)
    dispatch_shipment(shipment, actor=cheese.trade.boss)

    for attack in ("UPDATE scm_shipmentlot SET number = 'X'", "DELETE FROM scm_shipmentlot"):
        with pytest.raises(DatabaseError, match="no longer change"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(attack)


def test_the_doctor_names_lots_that_do_not_make_up_what_was_counted_or_left(cheese):
    shipment, pick_list, line = cheese.picking(2)
    cheese.scan(pick_list, "L-SOON", Q(2))
    check = INVARIANTS["shipping: lots make up what left"]
    assert check() == []

    ShipmentLot.objects.filter(shipment=shipment).update(picked=1)
    assert check() == [f"pick list line {line.pk} counted 2.000000, its lots 1.000000"]
    ShipmentLot.objects.filter(shipment=shipment).update(picked=2, shipped=1)
    assert "shipped 0.000000, its lots 1.000000" in check()[0]
    ShipmentLot.objects.filter(shipment=shipment).update(shipped=0)


def test_the_dispatch_form_offers_the_lots_and_says_at_the_field_what_is_wrong(cheese, client):
    _order, shipment = cheese.order()
    line = shipment.lines.get()
    name = f"lots_{line.pk}"
    form = DispatchForm(document=shipment, user=cheese.trade.boss)
    assert form.fields[name].initial == "L-SOON: 4\nL-LATER: 6"
    assert "L-SOON (B7" in form.fields[name].help_text and "L-GONE" not in form.fields[name].help_text
    client.force_login(cheese.trade.boss)
    url = reverse("scm:shipment_transition", args=[shipment.pk, "dispatch"])
    assert "L-SOON: 4" in client.get(url).content.decode()

    def answer(lots, quantity="10"):
        return client.post(url, {f"line_{line.pk}": quantity, name: lots})

    for lots, says in {
        "": "Say which lots leave", "L-SOON: many": "is not a lot with its quantity", "L-SOON\nL-LATER: 6": "each needs its quantity",
        "L-GONE": "expired on", "NEVER: 10": "is no lot of CHEESE",
    }.items():
        refused = answer(lots)
        assert refused.status_code == 422
        assert any(says in problem for problem in refused.context["form"].errors[name]), lots
    assert answer("L-LATER").status_code == 302
    assert lots_of(shipment, "shipped") == [("L-LATER", Q(10))]


def test_the_api_takes_lots_and_points_at_the_line(cheese, client):
    _order, shipment = cheese.order()
    line = shipment.lines.get()
    client.force_login(cheese.trade.boss)
    url = f"/api/v1/scm/shipments/{shipment.pk}/dispatch/"

    refused = client.post(url, {}, content_type="application/json")
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, f"/lots/{line.pk}")
    body = {"lots": {str(line.pk): [{"lot": "L-SOON", "quantity": "4"}, {"lot": "L-LATER", "quantity": "6"}]}}
    done = client.post(url, body, content_type="application/json")

    assert done.status_code == 200, done.content
    assert [(lot["number"], Q(lot["shipped"])) for lot in done.json()["lots"]] == [("L-SOON", 4), ("L-LATER", 6)]


def test_the_scan_page_asks_for_the_lot_and_keeps_what_was_typed(cheese, client):
    shipment, pick_list, line = cheese.picking()
    client.force_login(cheese.trade.boss)
    url = reverse("scm:pick", args=[pick_list.pk])
    assert "L-SOON" in client.get(url).content.decode()

    asked = client.post(url, {"do": "scan", "code": "CHEESE"}, headers={"HX-Request": "true"})
    assert asked.context["asks_lot"] and 'id="lot"' in asked.content.decode() and 'value="CHEESE"' in asked.content.decode()
    wrong = client.post(url, {"do": "scan", "code": "CHEESE", "lot": "W-1"}, headers={"HX-Request": "true"})
    assert 'id="lot-problem"' in wrong.content.decode() and 'value="W-1"' in wrong.content.decode()
    counted = client.post(url, {"do": "scan", "code": "CHEESE", "lot": "L-SOON"}, headers={"HX-Request": "true"})
    assert counted.context["counted"].picked == 1
    by_hand = client.post(url, {"do": "count", "line": line.pk, "lot": "L-GONE", "quantity": "2"})
    assert by_hand.status_code == 422 and "expired on" in by_hand.content.decode()
    client.post(url, {"do": "count", "line": line.pk, "lot": "L-LATER", "quantity": "2"})
    assert lots_of(shipment, "picked") == [("L-SOON", 1), ("L-LATER", 2)]
