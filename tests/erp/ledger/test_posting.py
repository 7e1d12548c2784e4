"""An entry is balanced, numbered without gaps, chained, and never changed afterwards."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection

from erp.ledger.models import Account, JournalEntry, JournalLine, JournalTail, UnrolledEntry
from erp.ledger.roles import AccountRole
from erp.ledger.selectors import account_totals
from erp.ledger.services import EntryLine, begin_entry, post_entry, roll_up_balances
from suite.kernel.calendars.models import Period
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.work import unit_of_work
from tests.factories.base import make_user
from tests.factories.books import make_books, net_by_role

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 10)


def post(company, actor, amount="80", on=DAY, **values):
    return post_entry(
        company_id=company.pk, journal_kind="general", ledger_date=on, description="Rent", actor=actor,
        lines=[EntryLine(AccountRole.EXPENSE, amount=Decimal(amount)), EntryLine(AccountRole.BANK, amount=-Decimal(amount))], **values,
    )


@pytest.fixture
def company():
    return make_books()


@pytest.fixture
def actor(company):
    return make_user(company)


def test_an_entry_gets_the_next_number_of_its_journal_and_year(company, actor):
    first, second, other_year = post(company, actor), post(company, actor), post(company, actor, on=date(2025, 12, 31))

    assert [first.number, second.number, other_year.number] == ["GEN-2026-00001", "GEN-2026-00002", "GEN-2025-00001"]
    assert first.status == "posted"
    assert net_by_role(first) == {"EXPENSE": Decimal("80.00"), "BANK": Decimal("-80.00")}
    assert JournalTail.objects.get(journal=first.journal, year__code="2026").last_number == 2


def test_a_rolled_back_posting_leaves_no_gap(company, actor):
    post(company, actor)
    with pytest.raises(ValueError, match="changed my mind"), unit_of_work(actor):
        post(company, actor)
        raise ValueError("changed my mind")

    assert post(company, actor).number == "GEN-2026-00002"


def test_each_hash_covers_the_one_before(company, actor):
    first, second = post(company, actor), post(company, actor, "81")
    with connection.cursor() as cursor:
        cursor.execute("SELECT sha256(%s::bytea || convert_to(erp_entry_text(%s, %s), 'UTF8'))", [bytes(first.hash), second.pk, second.number])
        expected = cursor.fetchone()[0]

    assert bytes(second.hash) == bytes(expected)
    assert bytes(first.hash) != bytes(second.hash)


def test_unbalanced_lines_are_refused_and_nothing_is_written(company, actor):
    with pytest.raises(Refusal) as refusal:
        post_entry(
            company_id=company.pk, journal_kind="general", ledger_date=DAY, description="", actor=actor,
            lines=[EntryLine(AccountRole.EXPENSE, amount=Decimal(80)), EntryLine(AccountRole.BANK, amount=Decimal("-79.99"))],
        )

    assert refusal.value.code == "entry_balances"
    assert JournalEntry.objects.count() == JournalLine.objects.count() == 0


def test_a_missing_role_is_named(company, actor):
    Account.objects.get(company=company, code="6100").assignments.all().delete()

    with pytest.raises(Refusal) as refusal:
        post(company, actor)

    assert "Expenses" in refusal.value.message
    assert "EXPENSE" in refusal.value.hint
    assert JournalEntry.objects.count() == 0


@pytest.mark.parametrize(("status", "code"), [("closed", "period_open"), ("soft_closed", "period_soft_closed")])
def test_a_closed_period_takes_nothing(company, status, code):
    Period.objects.filter(company=company, number=3, year__code="2026").update(status=status)
    clerk = make_user(company, "sales")

    with pytest.raises(Refusal) as refusal:
        post(company, clerk)

    assert refusal.value.code == code
    assert JournalEntry.objects.count() == 0


def test_a_closer_posts_into_a_soft_closed_period(company, actor):
    Period.objects.filter(company=company, number=3, year__code="2026").update(status="soft_closed")

    assert post(company, actor).number == "GEN-2026-00001"


def test_the_same_source_gives_the_same_entry(company, actor):
    first, second = post(company, actor, source_key="x:1"), post(company, actor, source_key="x:1")

    assert first.pk == second.pk
    assert JournalEntry.objects.count() == 1


def test_posting_sends_three_statements_and_a_lookup_of_roles(company, actor, django_assert_num_queries):
    actor.has_perm("kernel.close_period")
    with django_assert_num_queries(6):
        post(company, actor)


def test_balances_rolled_up_or_not_say_the_same(company, actor):
    for on in (date(2025, 12, 31), date(2026, 2, 27), DAY, date(2026, 3, 31)):
        post(company, actor, on=on)
    expense = Account.objects.get(company=company, code="6100").pk
    dates = [date(2025, 12, 30), date(2025, 12, 31), date(2026, 2, 28), date(2026, 3, 10), date(2026, 3, 30), date(2026, 3, 31), date(2026, 4, 1)]

    before = [account_totals(company.pk, on).get(expense, (0, 0, 0))[1] for on in dates]
    assert roll_up_balances(2) == 2
    between = [account_totals(company.pk, on).get(expense, (0, 0, 0))[1] for on in dates]
    assert roll_up_balances() == 2
    after = [account_totals(company.pk, on).get(expense, (0, 0, 0))[1] for on in dates]

    assert before == between == after == [0, 80, 160, 240, 240, 320, 320]
    assert UnrolledEntry.objects.count() == 0


@pytest.mark.parametrize("rolled_up", [0, 3, 100])
def test_balances_equal_the_lines_on_every_day_with_and_without_closing(company, actor, rolled_up):
    days = [date(2026, 1, 1), date(2026, 1, 15), date(2026, 1, 16), date(2026, 1, 17), date(2026, 1, 31), date(2026, 2, 1), date(2026, 12, 20)]
    for number, on in enumerate(days, 1):
        post(company, actor, str(number), on=on)
    post_entry(
        company_id=company.pk, journal_kind="closing", ledger_date=date(2026, 12, 31), description="", actor=actor, is_closing=True,
        lines=[EntryLine(AccountRole.EXPENSE, amount=Decimal(-28)), EntryLine(AccountRole.RETAINED_EARNINGS, amount=Decimal(28))],
    )
    roll_up_balances(rolled_up)
    expense = Account.objects.get(company=company, code="6100").pk

    for offset in range(-2, 400):
        on = date(2026, 1, 1) + timedelta(days=offset)
        expected = sum(number for number, day in enumerate(days, 1) if day <= on)
        assert account_totals(company.pk, on, with_closing=False).get(expense, (0, 0, 0))[1:] == (expected, 0), on
        closed = 28 if on >= date(2026, 12, 31) else 0
        assert account_totals(company.pk, on).get(expense, (0, 0, 0))[1:] == (expected, closed), on


def test_a_draft_left_behind_is_refused_at_commit(company, actor):
    account = Account.objects.get(company=company, code="6100")
    with pytest.raises(Exception, match="belongs to no posted entry"), unit_of_work(actor):
        entry = begin_entry(company_id=company.pk, journal_kind="general", ledger_date=DAY, description="", actor=actor)
        JournalLine.objects.create(company=company, entry=entry, account=account, debit=1, ledger_date=DAY)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
