"""Bills for a time to come: prepaid (P2P-19), released month by month (P2P-20), by the line of the bill itself."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import transaction

from erp.ledger.models import JournalEntry
from erp.payables.services import credit_bill, post_bill, reverse_bill
from erp.schedules.invariants import check_deferrals
from erp.schedules.models import Deferral
from erp.schedules.services import release_deferral, run_schedules
from suite.kernel.documents.errors import Refusal
from tests.factories.base import make_user
from tests.factories.books import net_by_role
from tests.factories.payables import Buying, entry_of
from tests.golden.postings import expected

pytestmark = pytest.mark.django_db
NEW_YEAR = date(2026, 1, 1)
YEAR = {"deferral_from": NEW_YEAR, "deferral_until": date(2026, 12, 31)}


@pytest.fixture
def buying():
    made = Buying()
    yield made
    assert check_deferrals(made.company.pk) == []


def insurance(buying, **values):
    return buying.bill(buying.line("1200", tax=buying.no_tax, **{**YEAR, **values}), on=NEW_YEAR)


def test_p2p_19_annual_insurance_then_p2p_20_each_month(buying):
    bill = insurance(buying)
    assert net_by_role(entry_of(bill)) == expected("P2P-19")
    deferral = Deferral.objects.get(company=buying.company)
    assert (deferral.status, deferral.amount, deferral.is_moved, deferral.bill_line, deferral.party) == (
        "active", 1200, False, bill.lines.get(), buying.supplier)

    assert run_schedules(company_id=buying.company.pk, on=date(2026, 1, 31), actor=buying.actor) == (1, [])
    assert net_by_role(deferral.instalments.get(position=1).entry) == expected("P2P-20")
    run_schedules(company_id=buying.company.pk, on=date(2026, 12, 31), actor=buying.actor)
    assert net_by_role(*JournalEntry.objects.filter(company=buying.company)) == {"AP": -1200, "EXPENSE": 1200}


def test_the_account_of_the_line_bears_the_parts(buying):
    insurance(buying, account="BANK_FEES")
    run_schedules(company_id=buying.company.pk, on=date(2026, 1, 31), actor=buying.actor)
    assert net_by_role(*JournalEntry.objects.filter(company=buying.company)) == {"AP": -1200, "PREPAID": 1100, "BANK_FEES": 100}


def test_whoever_may_post_the_bill_need_not_know_deferrals(buying):
    clerk = make_user(buying.company, "accountant")
    bill = buying.draft(buying.line("1200", tax=buying.no_tax, **YEAR), on=NEW_YEAR)
    post_bill(bill, actor=clerk)
    assert Deferral.objects.get().status == "active"


def test_a_reversed_bill_cancels_its_deferral_unless_a_part_is_released(buying):
    bill = insurance(buying)
    reverse_bill(bill, actor=buying.actor, on=NEW_YEAR)
    assert Deferral.objects.get().status == "cancelled"
    assert run_schedules(company_id=buying.company.pk, on=date(2026, 12, 31), actor=buying.actor) == (0, [])

    second = insurance(buying)
    run_schedules(company_id=buying.company.pk, on=date(2026, 1, 31), actor=buying.actor)
    with pytest.raises(Refusal) as refusal, transaction.atomic():
        reverse_bill(second, actor=buying.actor, on=date(2026, 2, 1))
    second.refresh_from_db()
    assert (refusal.value.code, second.status) == ("deferral_released", "posted")


def test_a_credit_note_waits_until_the_rest_is_released_and_then_meets_the_cost(buying):
    bill = insurance(buying)
    note = credit_bill(bill, actor=buying.actor, supplier_reference="CN-1", issued_on=date(2026, 3, 1)).credit_note
    with pytest.raises(Refusal) as refusal, transaction.atomic():
        post_bill(note, actor=buying.actor)
    assert refusal.value.code == "deferral_not_released"
    release_deferral(Deferral.objects.get(), actor=buying.actor, on=date(2026, 3, 1))
    post_bill(note, actor=buying.actor)
    assert net_by_role(*JournalEntry.objects.filter(company=buying.company)) == {}


@pytest.mark.parametrize("values", [
    {"deferral_until": None}, {"deferral_until": date(2025, 12, 31)}, {"deferral_from": None},
])
def test_a_time_without_both_ends_in_order_is_refused(buying, values):
    with pytest.raises(Refusal) as refusal:
        buying.draft(buying.line("1200", **{**YEAR, **values}))
    assert (refusal.value.code, refusal.value.field) == ("bill_line_time_has_both_ends", "deferral_until")


def test_a_time_that_is_over_before_the_bill_is_refused_and_nothing_posted(buying):
    bill = buying.draft(buying.line("1200", deferral_from=date(2025, 1, 1), deferral_until=date(2025, 12, 31)), on=NEW_YEAR)
    with pytest.raises(Refusal) as refusal, transaction.atomic():
        post_bill(bill, actor=buying.actor)
    assert refusal.value.field == "booked_on"
    assert not JournalEntry.objects.filter(company=buying.company).exists()
    assert Decimal(bill.lines.get().net) == 1200
