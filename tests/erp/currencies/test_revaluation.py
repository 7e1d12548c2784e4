"""Revaluation at the end of a period against the golden blocks of its ids, once, and back on day 1."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from erp.closing.selectors import checklist
from erp.currencies.invariants import check_currencies
from erp.currencies.models import Revaluation
from erp.currencies.services import post_revaluation, revalue, value_draft
from erp.ledger.models import JournalEntry
from erp.receivables.models import OpenItem
from erp.receivables.selectors import items_as_of
from suite.kernel.calendars.models import Period
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.work import unit_of_work
from tests.erp.receivables.conftest import must_be_in_order
from tests.factories.books import net_by_role
from tests.factories.currencies import ForeignTrade, rates
from tests.factories.trade import DAY
from tests.golden.postings import expected

pytestmark = pytest.mark.django_db
END = date(2026, 3, 31)
NEXT = END + timedelta(days=1)


@pytest.fixture
def foreign():
    made = ForeignTrade()
    rates(made.company, "EUR", {DAY: "1.10", END: "1.20", NEXT: "1.05"})
    yield made
    must_be_in_order(made)
    assert check_currencies(made.company.pk) == []


def run(trade, on=END) -> Revaluation | None:
    return revalue(company_id=trade.company.pk, on=on, actor=trade.actor)


def test_FX_4_and_FX_5(foreign):
    foreign.bill()

    done = run(foreign)

    assert net_by_role(done.entry) == expected("FX-4")
    assert net_by_role(done.reversal) == expected("FX-5")
    assert (done.entry.ledger_date, done.reversal.ledger_date, done.reversal.reverses_id) == (END, NEXT, done.entry_id)
    assert (done.status, done.gain, done.loss) == ("posted", 10, 0)


def test_FX_1_FX_4_FX_5_and_FX_2_leave_nothing(foreign):
    invoice = foreign.bill()
    run(foreign)

    foreign.receive_money("100", on=NEXT)

    net = net_by_role(*JournalEntry.objects.filter(company=foreign.company, ledger_date__gte=DAY))
    assert net == {"BANK": 105, "REVENUE": -110, "FX_REALIZED_LOSS": 5}
    assert foreign.open(invoice) == 0
    assert not OpenItem.objects.filter(company=foreign.company).exclude(open_amount=0).exists()


def test_running_it_twice_does_nothing(foreign):
    foreign.bill()
    run(foreign)
    before = JournalEntry.objects.count()

    assert run(foreign) is None
    assert JournalEntry.objects.count() == before


def test_what_was_posted_late_is_added_alone(foreign):
    foreign.bill()
    run(foreign)
    foreign.bill("50")

    done = run(foreign)

    assert (done.gain, done.lines.count()) == (5, 1)


def test_a_fall_is_a_loss(foreign):
    rates(foreign.company, "EUR", {END: "1.04"})
    foreign.bill()

    assert net_by_role(run(foreign).entry) == {"AR": -6, "FX_UNREALIZED_LOSS": 6}


def test_the_open_items_of_the_day_say_what_the_account_says(foreign):
    foreign.bill()
    run(foreign)

    assert sum(row["left"] for row in items_as_of(foreign.company.pk, END)) == 120
    assert sum(row["left"] for row in items_as_of(foreign.company.pk, NEXT)) == 110


def test_what_is_paid_after_the_day_is_valued_as_it_stood(foreign):
    foreign.bill()
    foreign.receive_money("60", on=NEXT)

    done = run(foreign)

    assert (done.lines.get().amount_currency, done.gain) == (100, 10)


def test_advances_are_not_revalued(foreign):
    foreign.receive_money("50", on=DAY, kind="advance")

    assert run(foreign) is None


def test_gains_beyond_a_year_wait_where_the_law_says_so(foreign):
    foreign.company.reval_gains = "within_one_year"
    foreign.company.save()
    rates(foreign.company, "GBP", {DAY: "1.30", END: "1.20"})
    far = {"payment_term_id": far_term(foreign)}
    foreign.bill(**far)
    foreign.bill("10")
    foreign.bill(code="GBP", **far)

    done = run(foreign)

    assert (done.gain, done.loss) == (1, 10)


def far_term(trade):
    from suite.kernel.terms.models import PaymentTerm, PaymentTermShare
    term = PaymentTerm.objects.create(company=trade.company, code="FAR", name="400 days")
    PaymentTermShare.objects.create(company=trade.company, term=term, percent=100, days=400)
    return term.pk


def test_bank_accounts_are_revalued_for_good(foreign):
    account = foreign.account("EUR", "1011")
    foreign.bill()
    foreign.receive_money("100", on=DAY, account=account)

    done = run(foreign)

    assert done.entry is None and done.reversal is None
    assert net_by_role(done.money_entry) == {"1011": 10, "FX_REALIZED_GAIN": -10}
    assert run(foreign) is None
    assert run(foreign, NEXT).loss == 15


def test_a_draft_shows_what_posting_would_book(foreign):
    foreign.bill()
    draft = Revaluation.objects.create(company=foreign.company, valued_on=END)
    with unit_of_work(foreign.actor):
        value_draft(draft, actor=foreign.actor)
    draft.refresh_from_db()
    line = draft.lines.get()
    assert (draft.gain, line.carried, line.valued, line.difference, line.rate) == (10, 110, 120, 10, Decimal("1.2"))
    before = JournalEntry.objects.count()

    done = post_revaluation(draft, actor=foreign.actor)

    assert done.number.startswith("REV-") and JournalEntry.objects.count() == before + 2


def test_a_missing_rate_is_named_and_nothing_is_booked(foreign):
    foreign.bill()
    before = JournalEntry.objects.count()
    from suite.kernel.money.models import ExchangeRate
    ExchangeRate.objects.filter(company=foreign.company).delete()

    with pytest.raises(Refusal) as refusal:
        run(foreign)

    assert (refusal.value.code, JournalEntry.objects.count(), Revaluation.objects.count()) == ("rate_missing", before, 0)


def test_a_closed_next_period_refuses_the_whole(foreign):
    foreign.bill()
    Period.objects.filter(company=foreign.company, year__code="2026", number=4).update(status="closed")
    before = JournalEntry.objects.count()

    with pytest.raises(Refusal) as refusal:
        run(foreign)

    assert refusal.value.code == "period_open"
    assert (JournalEntry.objects.count(), Revaluation.objects.count()) == (before, 0)


def test_foreign_accounts_on_one_ledger_account_are_refused(foreign):
    rates(foreign.company, "GBP", {DAY: "1.3"})
    foreign.account("EUR", "1011")
    foreign.account("GBP", "1011")

    with pytest.raises(Refusal) as refusal:
        run(foreign)

    assert refusal.value.code == "shared_account"


@pytest.mark.parametrize("attack", [
    "UPDATE erp_revaluation SET gain = 99",
    "DELETE FROM erp_revaluation",
    "UPDATE erp_revaluationline SET valued = valued + 1, difference = difference + 1",
    "DELETE FROM erp_revaluationline",
])
def test_a_posted_revaluation_never_changes(foreign, attack):
    foreign.bill()
    run(foreign)

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(attack)


def test_a_period_closes_when_its_foreign_currency_is_valued(foreign):
    foreign.bill()
    march = Period.objects.get(company=foreign.company, year__code="2026", number=3)
    (before,) = [check for check in checklist(march) if check.name == "revaluation"]
    assert before.findings == ("EUR 100.000: 110.000 → 120.00",) or before.findings

    run(foreign)

    (after,) = [check for check in checklist(march) if check.name == "revaluation"]
    assert after.is_in_order
