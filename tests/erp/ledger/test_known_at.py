"""N7, I18: a report for a past known-at time never changes; what lies between two of them is exactly what was posted between."""

import random
import threading
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.utils import timezone

from erp.knowledge.models import KnownEntry
from erp.knowledge.selectors import known_until
from erp.ledger.models import JournalEntry, JournalLine
from erp.ledger.reports import balance_sheet, general_ledger, journal, profit_and_loss, trial_balance
from erp.ledger.selectors import account_totals
from erp.ledger.services import EntryLine, post_entry, roll_up_balances
from erp.receivables.reports import aged_receivables, customer_statement, open_items
from suite.kernel.documents.work import in_unit_of_work
from tests.factories.base import make_user
from tests.factories.books import make_books
from tests.factories.trade import Trade

ACCOUNTS = ("BANK", "EXPENSE", "REVENUE", "SHARE_CAPITAL", "SUSPENSE", "CWIP")
START, END = date(2026, 1, 1), date(2026, 12, 31)


def shown(table):
    """What a report says; where its rows lead names the time it is known at."""
    return [{name: value for name, value in row.items() if name != "link"} for row in table.rows], dict(table.totals or {})


def everything(company, account, known):
    """Each ledger report of the year as known at a time."""
    year = {"starts_on": START, "ends_on": END}
    return [shown(report(company_id=company.pk, known_at=known, **asked)) for report, asked in (
        (trial_balance, {"on": END, "starts_on": date(2026, 3, 1)}), (profit_and_loss, {**year, "compare": "year"}),
        (balance_sheet, {"on": END, "compare": "period"}), (journal, year), (general_ledger, {**year, "account": account}),
    )]


def post_some(company, actor, rng, count):
    """Random balanced entries anywhere in the year; some of them far back."""
    for _n in range(count):
        debit, credit = rng.sample(ACCOUNTS, 2)
        amount = Decimal(rng.randint(1, 99999)) / 100
        post_entry(
            company_id=company.pk, journal_kind="general", ledger_date=START + timedelta(days=rng.randrange(365)), description="Random", actor=actor,
            lines=[EntryLine(debit, amount=amount), EntryLine(credit, amount=-amount)],
        )


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_report_of_the_past_stays_and_the_difference_is_what_was_posted_between(seed):
    rng = random.Random(seed)
    company = make_books()
    actor = make_user(company)
    kept = []
    for round_number in range(4):
        post_some(company, actor, rng, 12)
        if round_number == 1:
            roll_up_balances()
        now = timezone.now()
        account = JournalLine.objects.filter(company=company).order_by("pk").first().account
        kept.append((now, account, everything(company, account, now), everything(company, account, None), set(
            JournalEntry.objects.filter(company=company, status="posted").values_list("pk", flat=True))))

    for now, account, then, live, entries in kept:
        assert then == live, "as known at a time is what the report said at that time"
        assert everything(company, account, now) == then, "and it never changes"
        found = JournalEntry.objects.filter(company=company).exclude(known__known_at__gt=now)
        assert set(found.values_list("pk", flat=True)) == entries

    (early, *_rest, before), (late, *_rest, after) = kept[0], kept[2]
    sums = {}
    for line in JournalLine.objects.filter(entry__in=after - before):
        sums[line.account_id] = sums.get(line.account_id, Decimal(0)) + line.debit - line.credit
    at = {known: account_totals(company.pk, END, known_at=known) for known in (early, late)}
    difference = {
        account: at[late].get(account, (0, 0, 0))[1] - at[late].get(account, (0, 0, 0))[2]
        - at[early].get(account, (0, 0, 0))[1] + at[early].get(account, (0, 0, 0))[2] for account in {*at[early], *at[late]}
    }
    assert {account: amount for account, amount in difference.items() if amount} == {account: amount for account, amount in sums.items() if amount}


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("alone")
def test_receivables_as_known_before_a_payment_still_show_the_invoice():
    trade = Trade(stock=((100, "10"),))
    trade.draft()
    trade.ship()
    trade.invoice_shipment()
    before = timezone.now()
    owed = [shown(report) for report in _receivables(trade, before)]
    trade.pay("110")

    assert [shown(report) for report in _receivables(trade, before)] == owed
    assert aged_receivables(company_id=trade.company.pk, on=END, known_at=before).totals["total"] == 110
    assert aged_receivables(company_id=trade.company.pk, on=END).totals["total"] == 0
    assert open_items(company_id=trade.company.pk, on=END).rows == []


def _receivables(trade, known):
    company_id = trade.company.pk
    return (
        aged_receivables(company_id=company_id, on=END, known_at=known), open_items(company_id=company_id, on=END, known_at=known),
        customer_statement(company_id=company_id, customer=trade.customer, starts_on=START, ends_on=END, known_at=known),
    )


@pytest.mark.django_db(transaction=True)
def test_a_report_waits_for_a_posting_under_way_so_that_it_cannot_appear_in_the_past_later():
    company = make_books()
    actor = make_user(company)
    posted, may_commit, answers = threading.Event(), threading.Event(), []

    def post_slowly():
        try:
            def act():
                post_entry(
                    company_id=company.pk, journal_kind="general", ledger_date=date(2026, 5, 5), description="Slow", actor=actor,
                    lines=[EntryLine("EXPENSE", amount=Decimal(5)), EntryLine("BANK", amount=Decimal(-5))],
                )

            with transaction.atomic():
                in_unit_of_work(act, actor=actor)
                posted.set()
                may_commit.wait(10)
        finally:
            connection.close()

    def ask():
        try:
            posted.wait(10)
            known = timezone.now()
            until = known_until(company.pk, known)
            answers.append((until, account_totals(company.pk, END, known_at=until)))
        finally:
            connection.close()

    threads = [threading.Thread(target=post_slowly), threading.Thread(target=ask)]
    for thread in threads:
        thread.start()
    posted.wait(10)
    threads[1].join(0.5)
    assert threads[1].is_alive(), "the report waits while an entry that took its time is not committed"
    may_commit.set()
    for thread in threads:
        thread.join(10)
    ((until, totals),) = answers
    assert KnownEntry.objects.get(company=company).known_at <= until
    assert sorted(debit - credit for _opening, debit, credit in totals.values()) == [-5, 5]
    assert account_totals(company.pk, END, known_at=until) == totals
