"""Assets that come with a bill (FA-1): drafted from its lines, smaller when the supplier credits, gone when the bill is reversed."""

from decimal import Decimal

import pytest
from django.db import transaction

from erp.assets.invariants import assets_equal_ledger
from erp.assets.models import Asset, AssetClass
from erp.assets.services import capitalise_asset
from erp.ledger.models import JournalEntry
from erp.payables.models import SupplierBill
from erp.payables.services import credit_bill, post_bill, reverse_bill
from suite.kernel.documents.errors import Refusal
from suite.kernel.money.models import Currency, ExchangeRate
from tests.factories.books import net_by_role
from tests.factories.payables import DAY, Buying, entry_of
from tests.golden.postings import expected

pytestmark = pytest.mark.django_db


@pytest.fixture
def buying():
    made = Buying()
    made.kind = AssetClass.objects.create(company=made.company, code="IT", name="Computers", life_months=12, salvage_share=Decimal("0.1"))
    yield made
    assert assets_equal_ledger(made.company.pk) == []


def bill_of(buying, price="1200", *, quantity="1", **values) -> SupplierBill:
    return buying.bill(buying.line(price, quantity=quantity, asset_class_id=buying.kind.pk, **values))


def credited(buying, bill, quantity=None):
    """The supplier's credit note of a bill, a draft."""
    units = None if quantity is None else {bill.lines.get().pk: Decimal(quantity)}
    return credit_bill(bill, actor=buying.actor, supplier_reference="CN-1", quantities=units, issued_on=DAY).credit_note


def test_fa_1_bill_of_an_asset(buying):
    bill = bill_of(buying)

    assert net_by_role(entry_of(bill)) == expected("FA-1")
    asset = Asset.objects.get(company=buying.company)
    assert (asset.status, asset.cost, asset.salvage, asset.asset_class, asset.acquired_on) == ("draft", 1200, 120, buying.kind, DAY)
    assert (asset.bill_line, asset.supplier, bill.lines.get().asset) == (bill.lines.get(), buying.supplier, asset)


def test_fa_1_then_fa_2_leaves_nothing_under_construction(buying):
    bill = bill_of(buying)
    capitalise_asset(Asset.objects.get(), actor=buying.actor, on=DAY)
    assert net_by_role(*JournalEntry.objects.filter(company=buying.company)) == {"FA_COST": 1200, "INPUT_TAX": 120, "AP": -1320}
    assert bill.status == "posted"


def test_a_line_on_assets_under_construction_needs_no_flag(buying):
    buying.bill(buying.line("500", account="CWIP"), buying.line("40"))
    assert Asset.objects.get().cost == 500


def test_a_credit_note_makes_the_draft_smaller_and_a_whole_one_takes_it_away(buying):
    bill = bill_of(buying, "300", quantity="4")
    note = post_bill(credited(buying, bill, "1"), actor=buying.actor)
    assert net_by_role(entry_of(note)) == {"CWIP": -300, "INPUT_TAX": -30, "AP": 330}
    asset = Asset.objects.get()
    assert (asset.cost, asset.salvage) == (900, 90)
    rest = credit_bill(bill, actor=buying.actor, supplier_reference="CN-2", issued_on=DAY).credit_note
    post_bill(rest, actor=buying.actor)
    assert not Asset.objects.exists()
    assert net_by_role(*JournalEntry.objects.filter(company=buying.company)) == {}


def test_the_credit_note_of_an_asset_in_service_is_refused_and_nothing_is_posted(buying):
    bill = bill_of(buying)
    note = credited(buying, bill)
    capitalise_asset(Asset.objects.get(), actor=buying.actor, on=DAY)
    before = list(JournalEntry.objects.values())
    with pytest.raises(Refusal) as refusal, transaction.atomic():
        post_bill(note, actor=buying.actor)
    assert refusal.value.code == "asset_in_service"
    assert refusal.value.message.endswith("is in service; the credit note was not posted.")
    note.refresh_from_db()
    assert (note.status, Asset.objects.get().cost, list(JournalEntry.objects.values())) == ("draft", 1200, before)


def test_a_credit_note_that_does_not_say_which_asset_is_refused(buying):
    bill_of(buying)
    note = buying.draft(buying.line("1200", asset_class_id=buying.kind.pk), reference="CN-9", kind="credit_note")
    with pytest.raises(Refusal) as refusal, transaction.atomic():
        post_bill(note, actor=buying.actor)
    assert (refusal.value.code, Asset.objects.get().cost) == ("asset_not_named", 1200)


def test_an_asset_billed_in_foreign_currency_costs_what_the_books_have_under_construction(buying):
    dollar, _made = Currency.objects.get_or_create(code="USD", defaults={"name": "Dollar", "symbol": "$", "digits": 2})
    ExchangeRate.objects.create(company=buying.company, currency=dollar, rate=Decimal("0.91357"), valid_from=DAY)
    bill = buying.bill(
        buying.line("333.33", asset_class_id=buying.kind.pk), buying.line("33.33", tax=buying.tax_20, asset_class_id=buying.kind.pk), currency_id="USD")
    assert sum(asset.cost for asset in Asset.objects.all()) == net_by_role(entry_of(bill))["CWIP"]


def test_a_reversed_bill_takes_its_draft_along_but_not_an_asset_in_service(buying):
    first = bill_of(buying)
    reverse_bill(first, actor=buying.actor, on=DAY)
    assert not Asset.objects.exists()
    second = bill_of(buying)
    capitalise_asset(Asset.objects.get(), actor=buying.actor, on=DAY)
    with pytest.raises(Refusal) as refusal, transaction.atomic():
        reverse_bill(second, actor=buying.actor, on=DAY)
    second.refresh_from_db()
    assert (refusal.value.code, second.status) == ("asset_in_service", "posted")
