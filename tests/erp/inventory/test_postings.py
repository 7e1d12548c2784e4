"""Each posting of flows.md 4.3, out of the real services."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from erp.inventory.models import CostLayer, StockMove
from erp.inventory.selectors import stock_of, valuation_by_account
from erp.inventory.services import (
    AdjustmentLineInput,
    cancel_transfer,
    close_transfer_short,
    draft_adjustment,
    draft_transfer,
    receive_transfer,
    send_transfer,
)
from erp.ledger.models import Account, AccountAssignment, JournalEntry
from erp.ledger.selectors import account_totals
from suite.kernel.calendars.models import Period
from suite.kernel.documents.errors import Refusal, TransitionNotAllowed
from suite.kernel.documents.preview import preview
from tests.factories.base import make_product, make_user
from tests.factories.books import make_books, net_by_role
from tests.factories.stock import DAY, adjust, make_location, make_lot, make_warehouse, stock_up
from tests.golden.postings import expected

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return make_warehouse(make_books()).locations.get()


@pytest.fixture
def user(place):
    return make_user(place.company)


@pytest.fixture
def product(place):
    return make_product(place.company)


def posted(**sides) -> dict[str, Decimal]:
    return {role: Decimal(amount) for role, amount in sides.items()}


def books_agree(company) -> None:
    """I8, from outside: the ledger's inventory accounts are worth what the layers are."""
    ledger = {
        account: opening + debit - credit for account, (opening, debit, credit) in account_totals(company.pk, date(2099, 1, 1)).items()
        if Account.objects.get(pk=account).control == "stock"
    }
    stock = valuation_by_account(company.pk, date(2099, 1, 1))
    assert {a: v for a, v in ledger.items() if v} == {a: v for a, v in stock.items() if v}


def test_inv_1_count_loss(place, user, product):
    stock_up(user, product, 5, 10, place=place)
    loss = adjust(user, "count", [(product, -3, None)], place=place)
    assert net_by_role(loss.entry) == expected("INV-1")
    assert loss.number == loss.entry.number
    books_agree(place.company)


def test_inv_2_count_gain_at_present_cost(place, user, product):
    stock_up(user, product, 5, 10, place=place)
    gain = adjust(user, "count", [(product, 1, None)], place=place)
    assert net_by_role(gain.entry) == expected("INV-2")


def test_inv_3_opening_stock(place, user, product):
    opening = adjust(user, "opening", [(product, 50, 10)], place=place)
    assert net_by_role(opening.entry) == expected("INV-3")
    assert StockMove.objects.get().kind == "opening"


def test_inv_4_scrap(place, user, product):
    stock_up(user, product, 5, 10, place=place)
    assert net_by_role(adjust(user, "scrap", [(product, 2, None)], place=place).entry) == expected("INV-4")


def test_inv_5_revaluation_by_standard_cost(place, user):
    product = make_product(place.company, valuation="standard", standard_cost=10)
    stock_up(user, product, 15, 11, place=place)
    up = adjust(user, "revaluation", [(product, 0, 11)], place=place)
    assert net_by_role(up.entry) == expected("INV-5")
    product.refresh_from_db()
    assert product.standard_cost == 11
    down = adjust(user, "revaluation", [(product, 0, 10)], place=place)
    assert net_by_role(down.entry) == expected("INV-5", mirror=True)
    books_agree(place.company)
    with pytest.raises(Refusal, match="actual cost"):
        adjust(user, "revaluation", [(product, 0, "11.01")], place=place)


def test_inv_6_write_down_and_recovery(place, user, product):
    stock_up(user, product, 5, 10, place=place)
    down = adjust(user, "write_down", [(product, 0, None, -20)], place=place)
    assert net_by_role(down.entry) == expected("INV-6")
    assert CostLayer.objects.get().remaining_value == 30
    with pytest.raises(Refusal, match="20"):
        adjust(user, "write_down", [(product, 0, None, 21)], place=place)
    back = adjust(user, "write_down", [(product, 0, None, 20)], place=place)
    assert net_by_role(back.entry) == expected("INV-6", mirror=True)
    books_agree(place.company)


@pytest.fixture
def other_place(place):
    return make_warehouse(place.company, "WH2").locations.get()


def entry_of(transfer, step):
    return JournalEntry.objects.get(source_key=f"{transfer.key}/{step}")


def transferred(user, product, place, other_place, quantity=4):
    stock_up(user, product, 5, 10, place=place)
    transfer = draft_transfer(
        company_id=place.company_id, origin_id=place.pk, destination_id=other_place.pk, sent_on=DAY, lines=[(product.pk, None, Decimal(quantity))],
        actor=user)
    return send_transfer(transfer, actor=user)


def test_inv_7a_7b_transfer_between_accounts(place, user, product, other_place):
    finished = AccountAssignment.objects.get(company=place.company, role="INVENTORY_FG").account
    AccountAssignment.objects.create(company=place.company, role="INVENTORY", account=finished, warehouse=other_place.warehouse)
    transfer = transferred(user, product, place, other_place)
    assert transfer.status == "in_transit"
    assert net_by_role(entry_of(transfer, "send")) == expected("INV-7a")
    transfer = receive_transfer(transfer, actor=user)
    assert net_by_role(entry_of(transfer, "receive")) == expected("INV-7b")
    assert transfer.status == "done"
    assert transfer.lines.get().value == 40
    books_agree(place.company)


def test_transfer_inside_one_account_has_no_entry(place, user, product, other_place):
    before = JournalEntry.objects.count()
    transfer = receive_transfer(transferred(user, product, place, other_place), actor=user)
    assert JournalEntry.objects.count() == before + 1  # the receipt's
    assert dict(CostLayer.objects.filter(remaining_quantity__gt=0).values_list("warehouse__code", "remaining_value")) == {"WH1": 10, "WH2": 40}
    assert transfer.status == "done"
    books_agree(place.company)


def test_goods_in_transit_are_not_issued_and_come_back_when_cancelled(place, user, product, other_place):
    transfer = transferred(user, product, place, other_place)
    with pytest.raises(Refusal, match="1 of 2 are not free"):
        adjust(user, "scrap", [(product, 2, None)], place=place)
    assert cancel_transfer(transfer, actor=user).status == "cancelled"
    adjust(user, "scrap", [(product, 5, None)], place=place)
    books_agree(place.company)


@pytest.fixture
def other_account(place, other_place):
    """Stock in the second warehouse has its own account, so that goods under way are in transit in the books."""
    finished = AccountAssignment.objects.get(company=place.company, role="INVENTORY_FG").account
    AccountAssignment.objects.create(company=place.company, role="INVENTORY", account=finished, warehouse=other_place.warehouse)


def of_line(transfer, quantity):
    return {transfer.lines.get().pk: Decimal(quantity)}


def test_inv_7b_holds_for_each_part_and_the_rest_stays_in_transit(place, user, product, other_place, other_account):
    transfer = transferred(user, product, place, other_place)

    transfer = receive_transfer(transfer, actor=user, quantities=of_line(transfer, 1))
    line = transfer.lines.get()
    assert (transfer.status, line.received, line.under_way) == ("partially_received", 1, 3)
    assert net_by_role(entry_of(transfer, "receive")) == posted(INVENTORY_FG="10", INVENTORY_IN_TRANSIT="-10")
    assert sorted(product_levels(product)) == [("A1", 1), ("A1", 1), ("TRANSIT", 3)]
    books_agree(place.company)
    transfer = receive_transfer(transfer, actor=user)
    assert (transfer.status, transfer.lines.get().received) == ("done", 4)
    entries = JournalEntry.objects.filter(source_key__startswith=f"{transfer.key}/receive")
    assert sum((net_by_role(entry)["INVENTORY_FG"] for entry in entries), Decimal(0)) == expected("INV-7b")["INVENTORY_FG"]
    books_agree(place.company)


def test_parts_share_the_value_and_the_last_takes_the_residue(place, user, product, other_place, other_account):
    stock_up(user, product, 3, "3.33", place=place)
    transfer = send_transfer(draft_transfer(
        company_id=place.company_id, origin_id=place.pk, destination_id=other_place.pk, sent_on=DAY, lines=[(product.pk, None, Decimal(3))],
        actor=user), actor=user)

    for _part in range(3):
        transfer = receive_transfer(transfer, actor=user, quantities=of_line(transfer, 1))

    values = [layer.remaining_value for layer in CostLayer.objects.filter(warehouse=other_place.warehouse)]
    assert (transfer.status, sum(values)) == ("done", transfer.lines.get().value)
    books_agree(place.company)


@pytest.mark.parametrize(("loss", "role"), [("count", "INVENTORY_ADJUSTMENT"), ("scrap", "SCRAP_LOSS")])
@pytest.mark.parametrize("is_booked", [True, False])
def test_closing_short_books_what_never_arrived_by_its_reason(request, place, user, product, other_place, loss, role, is_booked):
    if is_booked:
        request.getfixturevalue("other_account")
    transfer = transferred(user, product, place, other_place)
    transfer = receive_transfer(transfer, actor=user, quantities=of_line(transfer, 1))

    transfer = close_transfer_short(transfer, actor=user, loss=loss, reason="Fell off the lorry")

    line, entry = transfer.lines.get(), entry_of(transfer, "close_short")
    assert (transfer.status, transfer.loss, line.received, line.lost, line.under_way) == ("closed_short", loss, 1, 3, 0)
    assert net_by_role(entry) == {role: 30, "INVENTORY_IN_TRANSIT" if is_booked else "INVENTORY": -30}
    assert entry.description == "Fell off the lorry"
    assert set(StockMove.objects.filter(entry=entry).values_list("kind", "quantity", "location__code")) == {(loss, -3, "TRANSIT")}
    books_agree(place.company)
    with pytest.raises(TransitionNotAllowed):
        receive_transfer(transfer, actor=user)


@pytest.mark.parametrize(
    ("asked", "code"), [
        ({"quantities": "5"}, "received_too_much"), ({"quantities": "-1"}, "bad_quantity"), ({"quantities": "0"}, "nothing"),
        ({"quantities": "NaN"}, "bad_quantity"), ({"received_on": date(2026, 3, 1)}, "bad_date"), ({"received_on": date(2999, 1, 1)}, "bad_date"),
    ],
)
def test_a_receipt_that_cannot_be_changes_nothing(place, user, product, other_place, asked, code):
    transfer = transferred(user, product, place, other_place)
    if "quantities" in asked:
        asked = {"quantities": of_line(transfer, asked["quantities"])}
    before = StockMove.objects.count()

    with pytest.raises(Refusal) as refused:
        receive_transfer(transfer, actor=user, **asked)

    assert refused.value.code == code
    assert StockMove.objects.count() == before
    transfer.refresh_from_db()
    assert (transfer.status, transfer.lines.get().received) == ("in_transit", 0)


def test_closing_short_wants_a_reason_and_a_partly_received_transfer_is_not_cancelled(place, user, product, other_place):
    transfer = transferred(user, product, place, other_place)
    with pytest.raises(Refusal, match="Say why"):
        close_transfer_short(transfer, actor=user, loss="count", reason=" ")
    with pytest.raises(Refusal, match="missing or damaged"):
        close_transfer_short(transfer, actor=user, loss="opening", reason="No idea")
    transfer = receive_transfer(transfer, actor=user, quantities=of_line(transfer, 1))
    with pytest.raises(TransitionNotAllowed):
        cancel_transfer(transfer, actor=user)


def test_a_lot_arrives_in_parts_as_itself(place, user, other_place, other_account):
    product = make_product(place.company, tracking="lot")
    lot = make_lot(product, "L1")
    stock_up(user, product, 5, 10, place=place, lot=lot)
    transfer = send_transfer(draft_transfer(
        company_id=place.company_id, origin_id=place.pk, destination_id=other_place.pk, sent_on=DAY, lines=[(product.pk, lot.pk, Decimal(4))],
        actor=user), actor=user)

    receive_transfer(transfer, actor=user, quantities=of_line(transfer, "1.5"))

    assert {(level.lot_id, level.on_hand) for level in stock_of(product) if level.location == other_place} == {(lot.pk, Decimal("1.5"))}
    books_agree(place.company)


@pytest.mark.parametrize("raw", ["received = 5", "received = 3, lost = 2", "lost = -1"])
def test_the_database_keeps_a_receipt_within_what_was_sent(place, user, product, other_place, raw):
    transfer = transferred(user, product, place, other_place)
    with pytest.raises(IntegrityError, match="transfer_received_within_sent"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE erp_stocktransferline SET {raw} WHERE transfer_id = {transfer.pk}")


def test_a_transfer_is_received_and_closed_on_its_page_and_by_the_api(client, place, user, product, other_place):
    transfer = transferred(user, product, place, other_place)
    line = transfer.lines.get()
    client.force_login(user)
    page = reverse("erp:stocktransfer_transition", args=[transfer.pk, "receive"])
    assert "4 of 4 pcs under way" in client.get(page).content.decode()
    refused = client.post(page, {f"quantities_{line.pk}": "9"})
    assert refused.status_code == 422
    assert "only 4 of" in refused.context["form"].errors[f"quantities_{line.pk}"][0]

    assert client.post(page, {f"quantities_{line.pk}": "1"}).status_code == 302

    api = f"/api/v1/erp/stock-transfers/{transfer.pk}"
    done = client.post(f"{api}/receive/", {"quantities": {str(line.pk): "2"}}, content_type="application/json").json()
    assert (done["status"], [Decimal(row["received"]) for row in done["lines"]]) == ("partially_received", [3])
    refused = client.post(f"{api}/close_short/", {"loss": "count", "reason": ""}, content_type="application/json")
    assert refused.status_code in (400, 422)
    assert client.post(reverse("erp:stocktransfer_transition", args=[transfer.pk, "close_short"]), {"loss": "scrap", "reason": "Wet"}).status_code == 302
    assert "Closed short" in client.get(reverse("erp:stocktransfer_detail", args=[transfer.pk])).content.decode()


def test_transfer_inside_a_warehouse_moves_at_once(place, user, product):
    other = make_location(place.warehouse, "B1")
    assert transferred(user, product, place, other).status == "done"
    assert dict(product_levels(product)) == {"A1": 1, "B1": 4}
    books_agree(place.company)


def product_levels(product):
    return [(level.location.code, level.on_hand) for level in stock_of(product)]


def test_a_closed_period_moves_the_books_not_the_goods(place, user, product):
    Period.objects.filter(company=place.company, starts_on__lt=date(2026, 4, 1)).update(status="closed")
    stock_up(user, product, 5, 10, place=place, on=date(2026, 3, 2))
    move = StockMove.objects.get()
    assert (move.effective_at.date(), move.ledger_date, move.entry.ledger_date) == (date(2026, 3, 2), date(2026, 4, 1), date(2026, 4, 1))
    Period.objects.filter(company=place.company).update(status="closed")
    with pytest.raises(Refusal, match="No period is open"):
        stock_up(user, product, 5, 10, place=place)


def test_below_zero_is_trued_up_by_the_next_receipt(place, user, product):
    stock_up(user, product, 1, 10, place=place)
    place.allow_negative = True
    place.save()
    loss = adjust(user, "scrap", [(product, 3, None)], place=place)
    assert net_by_role(loss.entry) == posted(SCRAP_LOSS=30, INVENTORY=-30)
    books_agree(place.company)
    opening = adjust(user, "opening", [(product, 5, 12)], place=place)
    assert net_by_role(opening.entry) == posted(INVENTORY=56, INVENTORY_ADJUSTMENT=4, OPENING_BALANCE_EQUITY=-60)
    books_agree(place.company)
    assert sum(layer.remaining_value for layer in CostLayer.objects.all()) == 36


def test_preview_shows_levels_and_books_and_keeps_nothing(place, user, product):
    adjustment = draft_adjustment(
        company_id=place.company_id, kind="opening", warehouse_id=place.warehouse_id, happened_on=DAY, actor=user,
        lines=[AdjustmentLineInput(product.pk, place.pk, Decimal(5), Decimal(10))])
    seen = preview(adjustment, "post", actor=user)
    assert seen.stock == [(f"{product} @ WH1/A1", Decimal(5))]
    assert len(seen.ledger) == 2
    assert not StockMove.objects.exists()
