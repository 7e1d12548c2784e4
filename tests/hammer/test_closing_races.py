"""The end of a month under real threads: depreciation, revaluation and forecasts started twice, one draft posted by many."""

from datetime import date
from decimal import Decimal
from functools import partial

import pytest

from erp.assets.models import Asset, AssetClass, AssetMovement, DepreciationRun
from erp.assets.services import capitalise_asset, draft_asset, run_depreciation
from erp.currencies.models import Revaluation
from erp.currencies.services import revalue
from erp.forecasting.models import CashForecast, CashForecastWeek
from erp.forecasting.services import take_cash_forecast
from erp.ledger.models import Account, Journal, JournalEntry, JournalLine
from erp.ledger.roles import AccountRole
from erp.ledger.selectors import balance_of
from erp.ledger.services import post_manual_entry
from suite.kernel.calendars.models import Period
from suite.kernel.documents.errors import BusinessError
from tests.factories.base import make_user
from tests.factories.books import make_books
from tests.factories.currencies import ForeignTrade, rates
from tests.factories.trade import DAY
from tests.hammer.crossing import REPETITIONS, deadlocks, must_be_sound, settle

pytestmark = [pytest.mark.hammer, pytest.mark.django_db(transaction=True)]
END = date(2026, 3, 31)


def errors_of(outcomes) -> list[BaseException]:
    return [outcome.error for outcome in outcomes if outcome.error is not None]


def test_a_depreciation_run_started_eight_times_depreciates_once(race):
    before = deadlocks()
    for _repetition in range(REPETITIONS):
        company = make_books()
        actor = make_user(company)
        kind = AssetClass.objects.create(company=company, code="IT", name="Computers", life_months=12)
        asset = capitalise_asset(
            draft_asset(company_id=company.pk, class_id=kind.pk, name="Server", cost=Decimal(1200), acquired_on=date(2026, 3, 1), actor=actor),
            actor=actor, on=date(2026, 3, 1),
        )
        period = Period.objects.get(company=company, starts_on=date(2026, 3, 1), is_closing=False)
        outcomes = race(partial(run_depreciation, period=period, actor=actor), times=8)
        assert errors_of(outcomes) == []
        run = DepreciationRun.objects.get(company=company)
        assert {outcome.value.pk for outcome in outcomes} == {run.pk}
        assert AssetMovement.objects.filter(asset=asset, kind="depreciation").count() == 1
        assert Asset.objects.get(pk=asset.pk).accumulated == run.amount > 0
        assert balance_of(company.pk, AccountRole.ACCUM_DEPRECIATION, END) == -run.amount
    settle()
    must_be_sound(before, with_causes=False)


def test_a_revaluation_started_eight_times_values_once(race):
    before = deadlocks()
    for _repetition in range(REPETITIONS):
        trade = ForeignTrade(stock=())
        rates(trade.company, "EUR", {DAY: "1.10", END: "1.20"})
        trade.bill()
        outcomes = race(partial(revalue, company_id=trade.company.pk, on=END, actor=trade.actor), times=8)
        assert all(isinstance(error, BusinessError) for error in errors_of(outcomes)), errors_of(outcomes)
        posted = Revaluation.objects.filter(company=trade.company, status="posted").exclude(entry=None)
        assert posted.count() == 1
        assert balance_of(trade.company.pk, AccountRole.AR, END) == Decimal(120)
        assert balance_of(trade.company.pk, AccountRole.AR, date(2026, 4, 1)) == Decimal(110)
    settle()
    must_be_sound(before, with_causes=False)


def test_one_draft_posted_by_eight_gets_one_number(race):
    before = deadlocks()
    for _repetition in range(REPETITIONS):
        company = make_books()
        actor = make_user(company)
        entry = JournalEntry.objects.create(
            company=company, journal=Journal.objects.get(company=company, kind="general"), ledger_date=END, description="By hand", created_by=actor)
        for position, (code, debit, credit) in enumerate((("6100", 5, 0), ("1010", 0, 5)), 1):
            JournalLine.objects.create(
                company=company, entry=entry, position=position, account=Account.objects.get(company=company, code=code), debit=debit, credit=credit)
        outcomes = race(partial(post_manual_entry, entry, actor=actor), times=8)
        errors = errors_of(outcomes)
        assert len(errors) == 7
        assert all(isinstance(error, BusinessError) for error in errors), errors
        assert list(JournalEntry.objects.filter(company=company).values_list("status", "sequence")) == [("posted", 1)]
    settle()
    must_be_sound(before, with_causes=False)


def test_a_days_forecast_taken_by_eight_is_kept_once(race):
    before = deadlocks()
    for _repetition in range(REPETITIONS):
        company = make_books()
        actor = make_user(company)
        outcomes = race(partial(take_cash_forecast, company_id=company.pk, on=END, actor=actor), times=8)
        assert errors_of(outcomes) == []
        assert CashForecast.objects.filter(company=company).count() == 1
        assert CashForecastWeek.objects.filter(company=company).count() == 13
    must_be_sound(before, with_causes=False)
