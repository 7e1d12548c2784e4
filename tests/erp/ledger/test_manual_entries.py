"""Entries typed by hand: edited as drafts, posted balanced, reversed by their mirror."""

from datetime import date
from decimal import Decimal

import pytest

from erp.ledger.models import Account, Journal, JournalEntry, JournalLine
from erp.ledger.services import post_manual_entry, reverse_manual_entry
from suite.kernel.calendars.models import Period
from suite.kernel.documents.editing import save_record
from suite.kernel.documents.errors import Refusal, TransitionNotAllowed
from suite.kernel.documents.preview import preview
from tests.factories.base import make_user
from tests.factories.books import make_books, net_by_role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alone")]
DAY = date(2026, 3, 10)


@pytest.fixture
def company():
    return make_books()


@pytest.fixture
def clerk(company):
    return make_user(company, "finance")


def typed(company, clerk, *lines, on=DAY, journal="GEN"):
    entry = JournalEntry(company=company, journal=Journal.objects.get(company=company, code=journal), ledger_date=on, description="Rent")
    rows = [
        JournalLine(account=Account.objects.get(company=company, code=code), debit=max(Decimal(amount), Decimal(0)),
                    credit=max(-Decimal(amount), Decimal(0)))
        for code, amount in lines
    ]
    return save_record(entry, actor=clerk, lines=[("entry", rows, [])])


def test_a_draft_counts_nowhere_and_posts_with_number_and_day(company, clerk):
    entry = typed(company, clerk, ("6100", "80"), ("1010", "-80"))
    assert set(entry.lines.values_list("ledger_date", flat=True)) == {None}

    entry = post_manual_entry(entry, actor=clerk)

    assert (entry.number, entry.status, set(entry.lines.values_list("ledger_date", flat=True))) == ("GEN-2026-00001", "posted", {DAY})
    assert JournalEntry.objects.get().status == "posted"
    assert net_by_role(entry) == {"EXPENSE": Decimal(80), "BANK": Decimal(-80)}


def test_an_unbalanced_entry_stays_a_draft(company, clerk):
    entry = typed(company, clerk, ("6100", "80"), ("1010", "-79.99"))

    with pytest.raises(Refusal) as refusal:
        post_manual_entry(entry, actor=clerk)

    assert (refusal.value.code, "0.01" in refusal.value.message) == ("entry_balances", True)
    assert list(JournalEntry.objects.values_list("status", "number")) == [("draft", None)]


@pytest.mark.parametrize("code", ["1100", "1200", "1270", "2000", "2200", "2210", "1260"])
def test_a_control_account_is_refused_at_saving(company, clerk, code):
    with pytest.raises(Refusal) as refusal:
        typed(company, clerk, ("6100", "80"), (code, "-80"))

    assert refusal.value.code == "control_account"
    assert "control account" in refusal.value.message
    assert JournalEntry.objects.count() == 0


def test_journals_of_documents_take_no_typed_entries(company, clerk):
    with pytest.raises(Refusal):
        typed(company, clerk, ("6100", "80"), ("1010", "-80"), journal="INV")

    assert JournalEntry.objects.count() == 0


def test_a_period_closed_since_the_draft_refuses_it(company, clerk):
    entry = typed(company, clerk, ("6100", "80"), ("1010", "-80"))
    Period.objects.filter(pk=entry.period_id or JournalEntry.objects.get().period_id).update(status="closed")

    with pytest.raises(Refusal) as refusal:
        post_manual_entry(entry, actor=clerk)

    assert refusal.value.code == "period_open"
    assert JournalEntry.objects.get().status == "draft"


def test_a_reversal_mirrors_the_entry_once_and_not_before_it(company, clerk):
    entry = post_manual_entry(typed(company, clerk, ("6100", "80"), ("1010", "-80")), actor=clerk)
    with pytest.raises(Refusal):
        reverse_manual_entry(entry, actor=clerk, on=date(2026, 3, 9))

    reverse_manual_entry(entry, actor=clerk, on=date(2026, 4, 1), reason="double")

    mirror = JournalEntry.objects.get(reverses=entry)
    assert (mirror.ledger_date, net_by_role(entry, mirror)) == (date(2026, 4, 1), {})
    with pytest.raises(Refusal) as refusal:
        reverse_manual_entry(entry, actor=clerk)
    assert refusal.value.code == "reversed_already"
    assert JournalEntry.objects.count() == 2


def test_a_posted_entry_is_not_edited(company, clerk):
    entry = post_manual_entry(typed(company, clerk, ("6100", "80"), ("1010", "-80")), actor=clerk)

    entry.description = "Other"
    with pytest.raises(TransitionNotAllowed):
        save_record(entry, actor=clerk)

    assert JournalEntry.objects.get().description == "Rent"


def test_a_preview_shows_the_lines_and_takes_no_number(company, clerk):
    entry = typed(company, clerk, ("6100", "80"), ("1010", "-80"))

    shown = preview(entry, "post", actor=clerk)
    posted = post_manual_entry(entry, actor=clerk)

    assert shown.ledger == [("6100 General expenses", Decimal(80), Decimal(0)), ("1010 Bank", Decimal(0), Decimal(80))]
    assert posted.number == "GEN-2026-00001"
