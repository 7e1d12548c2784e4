"""Each posting of fixed assets (FA-2 to FA-6) out of the real services, against the golden block of its id; and depreciation by day."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from erp.assets.invariants import assets_equal_ledger
from erp.assets.models import AssetClass, AssetMovement, DepreciationRun
from erp.assets.services import (
    capitalise_asset,
    draft_asset,
    impair_asset,
    post_depreciation_run,
    revalue_asset,
    run_depreciation,
    scrap_asset,
    sell_asset,
)
from erp.closing.services import close_period
from erp.ledger.models import JournalEntry
from erp.ledger.services import EntryLine, post_entry
from erp.receivables.models import CustomerInvoice
from suite.kernel.calendars.models import Period
from suite.kernel.documents.errors import Refusal, TransitionNotAllowed
from suite.kernel.taxes.models import Tax
from tests.factories.base import make_customer, make_user
from tests.factories.books import make_books, net_by_role
from tests.golden.postings import chains, expected

pytestmark = pytest.mark.django_db
MAY = date(2026, 5, 31)


class House:
    """A company with one asset: cost 1200, twelve months, straight line, in service on 1 January 2026."""

    def __init__(self, *, on=date(2026, 1, 1), cost="1200", **more) -> None:
        self.company = make_books()
        self.actor = make_user(self.company)
        self.kind = AssetClass.objects.create(company=self.company, code="IT", name="Computers", life_months=12)
        self.bill = post_entry(
            company_id=self.company.pk, journal_kind="general", ledger_date=on, description="Bill", actor=self.actor,
            lines=[EntryLine("CWIP", amount=Decimal(cost)), EntryLine("BANK", amount=-Decimal(cost))],
        )
        asset = draft_asset(
            company_id=self.company.pk, class_id=self.kind.pk, name="Server", cost=Decimal(cost), acquired_on=on, actor=self.actor, **more,
        )
        self.asset = capitalise_asset(asset, actor=self.actor, on=on)

    def period(self, number):
        return Period.objects.get(company=self.company, year__code="2026", number=number)

    def run(self, number):
        return run_depreciation(period=self.period(number), actor=self.actor)

    def sale(self, price, **more):
        return {
            "customer_id": make_customer(self.company).pk, "price": Decimal(price), "tax_id": Tax.objects.get(company=self.company, code="T10").pk,
            "actor": self.actor, "on": MAY, **more,
        }

    def entries_since(self, pk):
        return list(JournalEntry.objects.filter(company=self.company, pk__gt=pk).order_by("pk"))


def last_entry():
    return JournalEntry.objects.order_by("-pk").first().pk


class TestGolden:
    def test_fa_2_placed_in_service(self):
        house = House()
        assert net_by_role(*house.entries_since(house.bill.pk)) == expected("FA-2")

    def test_fa_3_monthly_depreciation(self):
        house = House()
        assert net_by_role(house.run(1).entry) == expected("FA-3")

    def test_fa_4_sold_after_five_months(self):
        house = House()
        for month in range(1, 6):
            house.run(month)
        before = last_entry()

        asset = sell_asset(house.asset, **house.sale("800"))

        assert net_by_role(*house.entries_since(before)) == expected("FA-4")
        assert (asset.status, asset.cost, asset.accumulated) == ("sold", 0, 0)
        assert CustomerInvoice.objects.get(company=house.company).gross == 880
        asset.refresh_from_db()
        assert (asset.status, asset.cost, asset.accumulated) == ("sold", 0, 0)

    def test_fa_4_depreciates_pro_rata_to_the_day_of_sale_first(self):
        house = House()
        house.run(4)
        before = last_entry()
        sell_asset(house.asset, **house.sale("800"))
        assert net_by_role(*house.entries_since(before)) == {
            **expected("FA-4"), "DEPRECIATION_EXPENSE": Decimal(100), "ACCUM_DEPRECIATION": Decimal(400),
        }

    def test_fa_5_scrapped_after_five_months(self):
        house = House()
        house.run(5)
        before = last_entry()
        asset = scrap_asset(house.asset, actor=house.actor, on=MAY)
        assert net_by_role(*house.entries_since(before)) == expected("FA-5")
        assert asset.status == "scrapped"

    def test_fa_6_half_of_it_sold(self):
        house = House()
        house.run(5)
        before = last_entry()
        asset = sell_asset(house.asset, **house.sale("400", share=Decimal("0.5")))
        assert net_by_role(*house.entries_since(before)) == expected("FA-6")
        assert (asset.status, asset.cost, asset.accumulated) == ("in_service", 600, 250)
        house.run(12)
        asset.refresh_from_db()
        assert (asset.status, asset.accumulated) == ("fully_depreciated", 600)
        assert assets_equal_ledger() == []

    def test_the_chain_of_an_asset_ends_at_zero(self):
        roles = next(roles for roles, ids in chains() if "FA-4" in ids)
        house = House()
        for month in range(1, 6):
            house.run(month)
        sell_asset(house.asset, **house.sale("800"))
        sums = net_by_role(*JournalEntry.objects.filter(company=house.company))
        assert {role: sums.get(role, 0) for role in roles} == dict.fromkeys(roles, 0)


class TestRuns:
    def test_a_run_twice_books_nothing_again(self):
        house = House()
        run = house.run(1)
        count = JournalEntry.objects.count()
        assert house.run(1) == run
        with pytest.raises(TransitionNotAllowed):
            post_depreciation_run(run, actor=house.actor)
        assert (JournalEntry.objects.count(), DepreciationRun.objects.count()) == (count, 1)

    def test_a_later_run_catches_up_and_an_earlier_one_finds_nothing(self):
        house = House()
        assert house.run(3).amount == 300
        with pytest.raises(Refusal) as refusal:
            house.run(2)
        assert refusal.value.code == "nothing_to_depreciate"

    def test_first_and_last_month_count_by_days_and_the_end_is_exact(self):
        house = House(on=date(2026, 1, 16), cost="1000")
        assert house.run(1).amount == Decimal("43.01")
        assert house.run(2).amount == Decimal("83.33")
        scrapped = scrap_asset(house.asset, actor=house.actor, on=date(2027, 6, 30))
        assert scrapped.status == "scrapped"
        assert -AssetMovement.objects.get(kind="scrapping").depreciation == 1000
        assert assets_equal_ledger() == []

    def test_a_fully_depreciated_asset_scraps_without_a_further_depreciation(self):
        house = House()
        house.run(12)
        before = AssetMovement.objects.filter(kind="depreciation").count()
        scrap_asset(house.asset, actor=house.actor, on=date(2027, 2, 3))
        assert AssetMovement.objects.filter(kind="depreciation").count() == before

    def test_declining_switches_to_straight_line_and_ends_at_the_salvage_value(self):
        house = House(method="declining", life_months=60, declining_factor=Decimal(2), salvage=Decimal(200), cost="10000")
        assert house.run(12).amount == 4000
        house.asset.refresh_from_db()
        scrap_asset(house.asset, actor=house.actor, on=date(2027, 12, 31))
        assert -AssetMovement.objects.get(kind="scrapping").depreciation == 6400


class TestValues:
    def test_impairment_within_what_is_left_and_the_rest_over_the_life_left(self):
        house = House()
        with pytest.raises(Refusal) as refusal:
            impair_asset(house.asset, actor=house.actor, amount=Decimal(701), on=MAY)
        assert (refusal.value.code, AssetMovement.objects.count()) == ("beyond_depreciable", 1)
        asset = impair_asset(house.asset, actor=house.actor, amount=Decimal(350), on=MAY)
        assert (asset.accumulated, house.run(6).amount) == (850, 50)

    def test_revaluation_goes_to_the_surplus(self):
        house = House()
        before = last_entry()
        revalue_asset(house.asset, actor=house.actor, amount=Decimal(70), on=MAY)
        assert net_by_role(*house.entries_since(before)) == {
            "FA_COST": Decimal(70), "REVALUATION_SURPLUS": Decimal(-70), "DEPRECIATION_EXPENSE": Decimal(500), "ACCUM_DEPRECIATION": Decimal(-500),
        }
        assert house.run(6).amount == 110


class TestDatabase:
    def test_totals_of_an_asset_cannot_be_written_past_its_movements(self):
        house = House()
        with connection.cursor() as cursor:
            cursor.execute("UPDATE erp_asset SET cost = 5, accumulated = 3 WHERE id = %s", [house.asset.pk])
        house.asset.refresh_from_db()
        assert (house.asset.cost, house.asset.accumulated) == (1200, 0)

    @pytest.mark.parametrize("attack", [
        "UPDATE erp_asset SET status = 'draft'", "DELETE FROM erp_assetmovement", "UPDATE erp_assetmovement SET cost = 1",
        "INSERT INTO erp_assetmovement (company_id, asset_id, entry_id, kind, moved_on, cost, salvage, depreciation, proceeds, created_at)"
        " SELECT company_id, asset_id, entry_id, 'impairment', moved_on, 0, 0, 2000, 0, now() FROM erp_assetmovement",
    ])
    def test_attacks_are_refused(self, attack):
        House()
        with pytest.raises(Exception), transaction.atomic(), connection.cursor() as cursor:  # noqa: B017, PT011 - whatever the database says
            cursor.execute(attack)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    def test_no_entry_by_hand_reaches_the_accounts_of_assets(self):
        house = House()
        with pytest.raises((Refusal, IntegrityError)), transaction.atomic():
            post_entry(
                company_id=house.company.pk, journal_kind="general", ledger_date=MAY, description="Wrong", actor=house.actor,
                lines=[EntryLine("FA_COST", amount=Decimal(5)), EntryLine("BANK", amount=Decimal(-5))],
            )
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class TestClosing:
    def test_a_month_does_not_close_while_an_asset_is_behind(self):
        house = House()
        with pytest.raises(Refusal) as refusal:
            close_period(house.period(1), actor=house.actor)
        assert (refusal.value.code, house.period(1).status) == ("depreciation", "open")
        house.run(1)
        assert close_period(house.period(1), actor=house.actor).status == "closed"

    def test_a_run_into_a_closed_month_is_refused(self):
        house = House()
        close_period(house.period(2), actor=house.actor, waive=["depreciation"], reason="later")
        with pytest.raises(Refusal) as refusal:
            house.run(2)
        assert (refusal.value.code, DepreciationRun.objects.count()) == ("period_open", 0)
