"""Each posting of flows.md 4.3, out of the real services."""

from datetime import date
from decimal import Decimal

import pytest

from erp.inventory.models import CostLayer, StockMove
from erp.inventory.selectors import stock_of, valuation_by_account
from erp.inventory.services import AdjustmentLineInput, cancel_transfer, draft_adjustment, draft_transfer, receive_transfer, send_transfer
from erp.ledger.models import Account, AccountAssignment, JournalEntry
from erp.ledger.selectors import account_totals
from suite.kernel.calendars.models import Period
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.preview import preview
from tests.factories.base import make_product, make_user
from tests.factories.books import make_books, net_by_role
from tests.factories.stock import DAY, adjust, make_location, make_warehouse, stock_up
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
