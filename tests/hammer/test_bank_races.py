"""The bank under real threads (reliability.md §4, 4): a line, or a payment, is matched exactly once, whoever is at it."""

from datetime import date
from decimal import Decimal
from functools import partial

import pytest
from django.db import IntegrityError

from erp.banking.models import StatementLine, StatementMatch
from erp.banking.services import enter_statement_line, match_statement_line
from erp.banking.services.unaided import match_unaided
from erp.ledger.models import JournalEntry
from suite.kernel.documents.errors import BusinessError
from tests.factories.books import net_by_role
from tests.factories.payables import DAY, Buying
from tests.hammer.crossing import REPETITIONS, deadlocks, must_be_sound, settle

pytestmark = [pytest.mark.hammer, pytest.mark.django_db(transaction=True)]


def line_of(buying: Buying, amount: str, text: str = "") -> StatementLine:
    return enter_statement_line(
        bank_account=buying.bank, booked_on=DAY, amount=Decimal(amount), actor=buying.actor, text=text, party_id=buying.supplier.pk)


def ledger(buying: Buying) -> dict:
    return net_by_role(*JournalEntry.objects.filter(company=buying.company))


def refused(outcomes) -> list[bool]:
    return [isinstance(one.error, (BusinessError, IntegrityError)) for one in outcomes if one.error is not None]


def test_two_people_match_the_same_line(race):
    """One says it pays the bill, the other that it is a fee."""
    before = deadlocks()
    for _repetition in range(REPETITIONS):
        buying = Buying()
        buying.bill()
        line = line_of(buying, "-110")

        outcomes = race(
            partial(match_statement_line, line, actor=buying.actor), partial(match_statement_line, line, actor=buying.second, account_role="BANK_FEES"))

        assert refused(outcomes) == [True]
        assert StatementMatch.objects.filter(line=line).count() == 1
        assert ledger(buying)["BANK"] == -110
    settle()
    must_be_sound(before, with_causes=False)


def test_one_payment_is_found_on_one_of_two_lines(race):
    before = deadlocks()
    for _repetition in range(REPETITIONS):
        buying = Buying()
        payment = buying.pay("50", kind="advance")
        lines = [line_of(buying, "-50") for _ in range(2)]

        outcomes = race(*(partial(match_statement_line, line, actor=buying.actor, supplier_payment_id=payment.pk) for line in lines))

        assert refused(outcomes) == [True]
        assert sorted(StatementLine.objects.filter(company=buying.company).values_list("status", flat=True)) == ["matched", "open"]
        assert ledger(buying)["BANK"] == -50
    settle()
    must_be_sound(before, with_causes=False)


def test_two_lines_never_pay_more_than_a_bill_has(race):
    before = deadlocks()
    for _repetition in range(REPETITIONS):
        buying = Buying()
        bill = buying.bill()
        item = buying.items(bill)[0]
        lines = [line_of(buying, "-80", f"part {part}") for part in (1, 2)]

        outcomes = race(*(partial(match_statement_line, line, actor=buying.actor) for line in lines))

        item.refresh_from_db()
        assert refused(outcomes) == []
        assert (item.open_amount, ledger(buying)["BANK"]) == (0, -160)
    settle()
    must_be_sound(before, with_causes=False)


def test_two_runs_at_once_match_every_line_once(race):
    before = deadlocks()
    for _repetition in range(REPETITIONS):
        buying = Buying()
        for number in range(8):
            buying.bill(reference=f"R-1000{number}", on=date(2026, 3, 1 + number))
            line_of(buying, "-110", f"R-1000{number}")

        outcomes = race(*(partial(match_unaided, company_id=buying.company.pk, actor=actor, batch=3) for actor in (buying.actor, buying.second)))

        assert [one.error for one in outcomes] == [None, None]
        assert StatementLine.objects.filter(company=buying.company, status="matched").count() == 8
        assert ledger(buying)["BANK"] == -880
    settle()
    must_be_sound(before, with_causes=False)
