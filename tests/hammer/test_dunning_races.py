"""Dunning under real threads: a payment against a run, two runs at once. A new company per repetition."""

from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest

from erp.dunning.models import DunningNoticeLine, DunningRun
from erp.dunning.services import draft_dunning_run, post_dunning_run, propose_dunning_run
from erp.receivables.models import OpenItem
from erp.receivables.services import post_payment
from suite.kernel.documents.errors import BusinessError
from tests.factories.overdue import ISSUED, Overdue
from tests.hammer.crossing import REPETITIONS, deadlocks, must_be_sound, settle

pytestmark = [pytest.mark.hammer, pytest.mark.django_db(transaction=True)]
ON, LATER = ISSUED + timedelta(days=8), ISSUED + timedelta(days=22)


def errors_of(outcomes) -> list[BaseException]:
    return [outcome.error for outcome in outcomes if outcome.error is not None]


def test_a_payment_against_a_run_either_comes_first_or_pays_a_dunned_item(race):
    """Whoever is first: what was paid before the run is not dunned and charged nothing; both end, and the books agree."""
    before = deadlocks()
    for _repetition in range(REPETITIONS):
        trade = Overdue(stock=())
        paid, other = trade.bill("100"), trade.bill("200")
        trade.dun(ON)
        run = trade.propose(LATER)
        item = trade.item(paid)
        outcomes = race(
            partial(post_dunning_run, run, actor=trade.actor),
            partial(post_payment, trade.payment("110", on=LATER), actor=trade.actor, allocations=[(item.pk, Decimal(110))]),
        )
        assert errors_of(outcomes) == []
        item.refresh_from_db()
        run.refresh_from_db()
        dunned = set(DunningNoticeLine.objects.filter(run=run, is_issued=True).values_list("item_id", flat=True))
        assert item.open_amount == 0 and run.status == "posted"
        assert dunned in ({trade.item(other).pk}, {trade.item(other).pk, item.pk})
        notice = run.notices.get()
        assert notice.overdue == (330 if item.pk in dunned else 220)
        charges = OpenItem.objects.filter(document_key=notice.key)
        assert sum(charge.amount for charge in charges) == notice.fee + notice.interest == run.entry.lines.get(debit__gt=0).debit
    settle()
    must_be_sound(before, with_causes=False)


def test_two_runs_at_once_are_one(race):
    before = deadlocks()
    for _repetition in range(REPETITIONS):
        trade = Overdue(stock=())
        trade.bill()

        def run(trade=trade) -> DunningRun:
            made = propose_dunning_run(draft_dunning_run(company_id=trade.company.pk, as_of=ON, actor=trade.actor), actor=trade.actor)
            return post_dunning_run(made, actor=trade.actor)

        outcomes = race(run, run)
        assert all(isinstance(error, BusinessError) for error in errors_of(outcomes))
        runs = list(DunningRun.objects.filter(company=trade.company))
        posted = [one for one in runs if one.status == "posted"]
        # The second is refused while the first is open; where the first had ended before, it has nothing left to issue.
        assert len(posted) == 1 and len(errors_of(outcomes)) == 1
        assert DunningNoticeLine.objects.filter(company=trade.company, is_issued=True).count() == 1
    settle()
    must_be_sound(before, with_causes=False)


def test_the_same_run_posted_twice_at_once_is_posted_once(race):
    before = deadlocks()
    for _repetition in range(REPETITIONS):
        trade = Overdue(stock=())
        trade.bill()
        trade.dun(ON)
        run = trade.propose(LATER)
        outcomes = race(*[partial(post_dunning_run, run, actor=trade.actor)] * 2)
        assert [isinstance(error, BusinessError) for error in errors_of(outcomes)] == [True]
        assert OpenItem.objects.filter(company=trade.company, kind="dunning_fee").count() == 1
    settle()
    must_be_sound(before, with_causes=False)
