"""Budgets under real threads: of two that take the last of a blocked budget one is refused; of two versions one is active."""

from datetime import date
from decimal import Decimal
from functools import partial

import pytest

from erp.budgets.models import Budget
from erp.budgets.selectors import variance_of
from erp.budgets.services import CommittedLine, activate_budget, approve_budget, commit_budget
from erp.ledger.models import JournalEntry
from erp.ledger.services import post_manual_entry
from suite.kernel.documents.errors import Refusal
from tests.factories.budgets import DAY, RENT, Budgeting
from tests.hammer.crossing import REPETITIONS, deadlocks

pytestmark = [pytest.mark.hammer, pytest.mark.django_db(transaction=True)]
BLOCK = {"control_actual": "block", "control_order": "block"}


def errors_of(outcomes) -> list[BaseException]:
    return [outcome.error for outcome in outcomes if outcome.error is not None]


@pytest.mark.parametrize("span", ["period", "year"])
def test_two_postings_never_both_take_the_last_of_a_blocked_budget(race, span):
    """70 of 100 each, in two journals' worth of lines that name the accounts in opposite order: one is refused, no deadlock."""
    before = deadlocks()
    house = Budgeting()
    for _repetition in range(REPETITIONS):
        house = Budgeting()
        budget = house.active(*(house.cell("100", month=1 if span == "year" else 3, value=value) for value in (None, "1")), **BLOCK, control_span=span)
        entries = [house.typed("70"), house.typed("70")]
        outcomes = race(*(partial(post_manual_entry, entry, actor=house.accountant) for entry in entries))
        assert [getattr(error, "code", error) for error in errors_of(outcomes)] == ["budget_exceeded"]
        assert JournalEntry.objects.filter(company=house.company, status="posted").count() == 1
        assert [row.actual for row in variance_of(budget.pk, date(2026, 1, 1), DAY) if row.actual] == [70]
    assert deadlocks() == before


def test_an_order_and_a_posting_never_both_take_the_last(race):
    before = deadlocks()
    for _repetition in range(REPETITIONS):
        house = Budgeting()
        budget = house.active(house.cell("100"), **BLOCK, control_span="period")
        entry, account = house.typed("70"), house.account(RENT)
        outcomes = race(
            partial(post_manual_entry, entry, actor=house.accountant),
            partial(commit_budget, company_id=house.company.pk, source_key="scm.purchaseorder:1", level="order", actor=house.accountant,
                    lines=[CommittedLine(account.pk, Decimal(70), DAY)]),
        )
        assert [getattr(error, "code", error) for error in errors_of(outcomes)] == ["budget_exceeded"]
        assert [row.actual + row.committed for row in variance_of(budget.pk, date(2026, 1, 1), DAY) if row.actual or row.committed] == [70]
    assert deadlocks() == before


def test_the_same_order_committed_by_many_stands_once(race):
    for _repetition in range(REPETITIONS):
        house = Budgeting()
        budget = house.active(house.cell("100"), **BLOCK, control_span="period")
        commit = partial(
            commit_budget, company_id=house.company.pk, source_key="scm.purchaseorder:1", level="order", actor=house.accountant,
            lines=[CommittedLine(house.account(RENT).pk, Decimal(60), DAY)])
        assert errors_of(race(*[commit] * 4)) == []
        assert [row.committed for row in variance_of(budget.pk, date(2026, 1, 1), DAY) if row.committed] == [60]


def test_two_versions_activated_at_once_leave_one_active(race):
    for _repetition in range(REPETITIONS):
        house = Budgeting()
        versions = [approve_budget(house.draft(), actor=house.controller) for _number in range(2)]
        errors = errors_of(race(*(partial(activate_budget, version, actor=house.controller) for version in versions)))
        assert all(isinstance(error, Refusal) for error in errors), errors
        assert Budget.objects.filter(company=house.company, status="active").count() == 1
