"""Recurring entries, accruals, deferrals and reversals: by the calendar, once, and whole."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from erp.ledger.models import Account, Journal, JournalEntry
from erp.ledger.services import EntryLine, post_entry
from erp.schedules.models import Accrual, Deferral, RecurringEntry, RecurringEntryLine, ScheduledReversal
from erp.schedules.rules import occurrences, parts_of
from erp.schedules.services import (
    activate_deferral,
    activate_recurring_entry,
    post_accrual,
    post_occurrence,
    release_deferral,
    run_schedules,
    stop_recurring_entry,
)
from erp.schedules.services.deferrals import plan_deferral, post_part
from integration.trace.selectors import orphans
from suite.kernel.calendars.models import Period
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.preview import preview
from suite.kernel.documents.work import in_unit_of_work
from tests.factories.base import make_user
from tests.factories.books import make_books, net_by_role
from tests.golden.postings import expected


@pytest.fixture
def company(db):
    return make_books()


@pytest.fixture
def actor(company):
    return make_user(company)


def account(company, code):
    return Account.objects.get(company=company, code=code)


def rent(company, actor, *, first_on=date(2026, 1, 31), **values) -> RecurringEntry:
    template = RecurringEntry.objects.create(
        company=company, name="Rent", journal=Journal.objects.get(company=company, kind="general"), first_on=first_on, **values)
    for place, (code, debit, credit) in enumerate((("6100", 80, 0), ("1010", 0, 80)), 1):
        RecurringEntryLine.objects.create(company=company, template=template, position=place, account=account(company, code), debit=debit, credit=credit)
    return activate_recurring_entry(template, actor=actor)


def deferral(company, actor, *, activated=True, **values) -> Deferral:
    made = Deferral.objects.create(**{
        "company": company, "description": "Insurance", "amount": Decimal(1200), "booked_on": date(2026, 1, 1), "starts_on": date(2026, 1, 1),
        "ends_on": date(2026, 12, 31), **values})
    in_unit_of_work(lambda: plan_deferral(made, actor=actor), actor=actor)
    return activate_deferral(made, actor=actor) if activated else made


def run(company, actor, on):
    return run_schedules(company_id=company.pk, on=on, actor=actor)


class TestRecurring:
    def test_a_31st_falls_on_the_last_day_of_short_months_and_comes_back(self):
        assert list(occurrences(date(2026, 1, 31), "month", date(2026, 4, 1))) == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)]
        assert list(occurrences(date(2024, 2, 29), "year", date(2028, 12, 31)))[-1] == date(2028, 2, 29)

    def test_catches_up_after_downtime_without_doubles(self, company, actor):
        rent(company, actor)

        assert run(company, actor, date(2026, 4, 15)) == (3, [])
        assert run(company, actor, date(2026, 4, 15)) == (0, [])

        assert [entry.ledger_date for entry in JournalEntry.objects.order_by("ledger_date")] == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)]

    def test_what_falls_into_a_closed_period_stays_due_and_the_rest_is_posted(self, company, actor):
        rent(company, actor)
        Period.objects.filter(company=company, starts_on=date(2026, 2, 1)).update(status="closed")

        posted, refused = run(company, actor, date(2026, 3, 31))

        assert (posted, [item.due_on for item, _why in refused]) == (2, [date(2026, 2, 28)])

    def test_posts_only_on_its_days_while_active(self, company, actor):
        template = rent(company, actor)

        with pytest.raises(Refusal):
            post_occurrence(template=template, on=date(2026, 1, 30), actor=actor)
        stop_recurring_entry(template, actor=actor)
        with pytest.raises(Refusal):
            post_occurrence(template=template, on=date(2026, 1, 31), actor=actor)
        assert JournalEntry.objects.count() == 0

    def test_an_unbalanced_template_and_a_control_account_are_refused(self, company, actor):
        template = rent(company, actor)
        stop_recurring_entry(template, actor=actor)
        line = template.lines.first()
        RecurringEntryLine.objects.filter(pk=line.pk).update(debit=81)
        with pytest.raises(Refusal) as refusal:
            activate_recurring_entry(template, actor=actor)
        assert refusal.value.code == "entry_balances"
        RecurringEntryLine.objects.filter(pk=line.pk).update(debit=80, account=account(company, "1100"))
        with pytest.raises(Refusal) as refusal:
            activate_recurring_entry(template, actor=actor)
        assert refusal.value.code == "control_account"
        assert RecurringEntry.objects.get().status == "stopped"

    def test_a_reversing_one_is_mirrored_on_the_first_day_of_the_next_period(self, company, actor):
        rent(company, actor, is_reversing=True, last_on=date(2026, 1, 31))

        assert run(company, actor, date(2026, 1, 31))[0] == 1
        assert run(company, actor, date(2026, 2, 1))[0] == 1
        assert run(company, actor, date(2026, 3, 1))[0] == 0

        there, back = JournalEntry.objects.order_by("pk")
        assert (back.reverses_id, back.ledger_date) == (there.pk, date(2026, 2, 1))
        assert net_by_role(there, back) == {}


class TestAccruals:
    def test_cls_4_and_its_reversal_on_day_one(self, company, actor):
        accrual = Accrual.objects.create(company=company, accrued_on=date(2026, 3, 31), amount=Decimal(80), description="Cleaning")

        accrual = post_accrual(accrual, actor=actor)

        assert net_by_role(accrual.entry) == expected("CLS-4")
        assert ScheduledReversal.objects.get().reverse_on == date(2026, 4, 1)
        assert run(company, actor, date(2026, 3, 31))[0] == 0
        assert run(company, actor, date(2026, 4, 2))[0] == 1
        assert net_by_role(accrual.entry, accrual.entry.reversed_by) == {}

    def test_preview_shows_what_is_then_posted(self, company, actor):
        accrual = Accrual.objects.create(company=company, accrued_on=date(2026, 3, 31), amount=Decimal(80), description="Cleaning")

        effect = preview(accrual, "post", actor=actor)

        assert sorted(effect.ledger) == [("2120 Accrued expenses", Decimal(0), Decimal(80)), ("6100 General expenses", Decimal(80), Decimal(0))]
        assert (JournalEntry.objects.count(), ScheduledReversal.objects.count()) == (0, 0)


class TestDeferrals:
    def test_parts_make_up_the_whole_to_the_cent(self):
        parts = parts_of(Decimal(100), date(2026, 1, 15), date(2026, 7, 14), by_days=True)

        assert (len(parts), sum(part.amount for part in parts)) == (7, Decimal(100))
        assert (parts[0].due_on, parts[-1].due_on) == (date(2026, 1, 31), date(2026, 7, 14))
        assert parts[0].amount < parts[1].amount + Decimal(2)

    def test_p2p_20_prepaid_expense_released_month_by_month(self, company, actor):
        made = deferral(company, actor)

        assert net_by_role(made.entry) == {"PREPAID": Decimal(1200), "EXPENSE": Decimal(-1200)}
        assert run(company, actor, date(2026, 1, 31))[0] == 1
        assert net_by_role(made.instalments.get(position=1).entry) == expected("P2P-20")
        assert run(company, actor, date(2026, 12, 31))[0] == 11
        assert Deferral.objects.get().status == "done"
        assert net_by_role(*JournalEntry.objects.all()) == {}

    def test_p2p_20_of_a_bill_booked_on_prepaid_already(self, company, actor):
        made = deferral(company, actor, is_moved=False)

        assert made.entry is None
        run(company, actor, date(2026, 1, 31))
        assert net_by_role(*JournalEntry.objects.all()) == expected("P2P-20")

    def test_deferred_revenue_waits_on_its_clearing_account_and_leaves_nothing(self, company, actor):
        made = deferral(company, actor, kind="revenue", amount=Decimal(100), ends_on=date(2026, 3, 31))

        assert net_by_role(made.entry) == {"REVENUE": Decimal(100), "DEFERRED_REVENUE": Decimal(-100)}
        run(company, actor, date(2026, 3, 31))
        assert [part.amount for part in made.instalments.all()] == [Decimal("33.34"), Decimal("33.33"), Decimal("33.33")]
        assert net_by_role(*JournalEntry.objects.all()) == {}

    def test_the_rest_is_released_at_once_when_a_contract_ends(self, company, actor):
        made = deferral(company, actor)
        run(company, actor, date(2026, 2, 28))

        made = release_deferral(made, actor=actor, on=date(2026, 3, 15))

        assert made.status == "done"
        assert net_by_role(*JournalEntry.objects.all()) == {}
        assert run(company, actor, date(2026, 12, 31))[0] == 0

    def test_the_database_keeps_the_parts_whole_and_the_posted_ones_as_they_are(self, company, actor):
        made = deferral(company, actor)
        run(company, actor, date(2026, 1, 31))
        for attack in (
            "UPDATE erp_deferralinstalment SET amount = 99 WHERE position = 2",
            "UPDATE erp_deferralinstalment SET amount = 99 WHERE position = 1",
            "DELETE FROM erp_deferralinstalment WHERE position = 5",
            f"UPDATE erp_deferral SET amount = 1300 WHERE id = {made.pk}",
            f"UPDATE erp_deferral SET status = 'draft' WHERE id = {made.pk}",
            f"DELETE FROM erp_deferral WHERE id = {made.pk}",
        ):
            with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(attack)
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_an_entry_with_a_document_is_not_scheduled_for_reversal(company, actor):
    from erp.schedules.services.reversals import refuse_entries_that_cannot_be_mirrored

    entry = post_entry(
        company_id=company.pk, journal_kind="general", ledger_date=date(2026, 3, 10), description="x", actor=actor, source_key="some:1",
        lines=[EntryLine("EXPENSE", amount=Decimal(5)), EntryLine("BANK", amount=Decimal(-5))])

    with pytest.raises(Refusal) as refusal:
        refuse_entries_that_cannot_be_mirrored(ScheduledReversal(company=company, entry=entry, reverse_on=date(2026, 4, 1)), actor=actor)

    assert refusal.value.code == "entry_of_document"


def test_what_the_calendar_posts_belongs_to_the_trace(company, actor):
    rent(company, actor, last_on=date(2026, 1, 31), is_reversing=True)
    made = deferral(company, actor, ends_on=date(2026, 1, 31), description="One month")

    for _hour in range(2):
        run_schedules(company_id=company.pk, on=date(2026, 2, 1), actor=actor)

    made.refresh_from_db()
    assert (JournalEntry.objects.filter(status="posted").count(), made.status) == (4, "done")
    assert orphans(company.pk) == {}


def test_the_next_part_of_a_deferral_is_posted_by_hand_in_order(company, actor):
    made = deferral(company, actor)

    post_part(made, actor=actor)
    post_part(made, actor=actor)

    assert list(made.instalments.exclude(entry=None).values_list("position", flat=True)) == [1, 2]
