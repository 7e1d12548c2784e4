"""Closing a period: what stands in the way, who may still post, who may reopen, and what races it."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from erp.closing.services import close_period, reopen_period
from erp.ledger.models import JournalEntry
from erp.ledger.services import EntryLine, post_entry
from suite.kernel.audit.models import StatusChange
from suite.kernel.calendars.models import Period
from suite.kernel.documents.errors import Refusal, TransitionNotAllowed
from tests.factories.base import make_user
from tests.factories.books import make_books
from tests.factories.trade import DAY, Trade


def march(company):
    return Period.objects.get(company=company, year__code="2026", number=3)


def rent(company, actor, amount="80", role="BANK"):
    return post_entry(
        company_id=company.pk, journal_kind="general", ledger_date=DAY, description="Rent", actor=actor,
        lines=[EntryLine("EXPENSE", amount=Decimal(amount)), EntryLine(role, amount=-Decimal(amount))],
    )


@pytest.mark.django_db
class TestClosing:
    def test_a_closed_period_takes_nothing_even_from_closers(self):
        company = make_books()
        actor = make_user(company)

        period = close_period(march(company), actor=actor)

        assert (period.status, StatusChange.objects.get().after) == ("closed", "closed")
        with pytest.raises(Refusal) as refusal:
            rent(company, actor)
        assert refusal.value.code == "period_open"
        with pytest.raises(TransitionNotAllowed):
            close_period(period, actor=actor)
        assert JournalEntry.objects.count() == 0

    def test_a_soft_closed_period_is_open_to_closers_only(self):
        company = make_books()
        closer, seller = make_user(company, "finance"), make_user(company, "sales")

        close_period(march(company), actor=closer, is_soft=True)

        with pytest.raises(Refusal):
            rent(company, seller)
        assert rent(company, closer).number == "GEN-2026-00001"

    def test_what_is_not_in_order_stands_in_the_way_until_waived_by_name(self):
        company = make_books()
        actor = make_user(company)
        rent(company, actor, role="SUSPENSE")

        with pytest.raises(Refusal) as refusal:
            close_period(march(company), actor=actor)

        assert (refusal.value.code, "-80" in refusal.value.message) == ("suspense", True)
        assert march(company).status == "open"
        assert close_period(march(company), actor=actor, waive=["suspense"], reason="payer asked").status == "closed"

    def test_a_draft_payment_stands_in_the_way(self):
        trade = Trade()
        trade.payment("10")

        with pytest.raises(Refusal) as refusal:
            close_period(march(trade.company), actor=trade.actor)

        assert refusal.value.code == "draft_payments"

    def test_reopening_takes_four_eyes_and_a_reason(self):
        company = make_books()
        closer, colleague = make_user(company, "finance"), make_user(company, "finance")
        period = close_period(march(company), actor=closer)

        for actor, reason in ((closer, "late bill"), (colleague, " ")):
            with pytest.raises(Refusal):
                reopen_period(period, actor=actor, reason=reason)
        assert march(company).status == "closed"

        assert reopen_period(period, actor=colleague, reason="late bill").status == "open"

    def test_who_may_not_close_does_not(self):
        company = make_books()

        with pytest.raises(PermissionDenied):
            close_period(march(company), actor=make_user(company, "sales"))

        assert march(company).status == "open"


def test_closing_waits_for_postings_and_postings_for_closing(race):
    company = make_books()
    actor = make_user(company)

    outcomes = race(lambda: close_period(march(company), actor=actor), *[lambda: rent(company, actor)] * 6)

    closed, postings = outcomes[0], outcomes[1:]
    assert closed.error is None
    posted = [outcome.value for outcome in postings if outcome.error is None]
    refused = [outcome.error for outcome in postings if outcome.error is not None]
    assert all(isinstance(error, Refusal) and error.code == "period_open" for error in refused), refused
    assert sorted(entry.number for entry in posted) == [f"GEN-2026-{n:05d}" for n in range(1, len(posted) + 1)]
    close = StatusChange.objects.get(after="closed")
    assert all(entry.posted_at < close.at for entry in posted if close.at), date.today()
