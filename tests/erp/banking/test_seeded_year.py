"""A year of lines against their truth: 95 % match unaided, and what matches unaided is right."""

from datetime import date

import pytest
from django.db.models import Q

from erp.banking.invariants import check_parts, check_proofs
from erp.banking.models import BankAccount, BankStatement, StatementLine, StatementMatch
from erp.banking.services import match_statement_line, prove_statement, reconcile_statement
from erp.banking.services.unaided import match_unaided
from erp.receivables.models import Allocation, OpenItem
from suite.kernel.documents.work import unit_of_work
from suite.kernel.documents.writing import insert_row
from tests.factories.bank_year import make_bank_year

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alone")]


def test_a_seeded_year_matches_unaided_and_right():
    year = make_bank_year()

    matched = match_unaided(company_id=year.trade.company.pk, actor=year.trade.actor)

    lines = list(StatementLine.objects.prefetch_related("parts__payment", "parts__supplier_payment"))
    done = [line for line in lines if line.status == "matched"]
    wrong = [(line.pk, line.text, line.amount, line.reasons) for line in done if not year.right(line)]
    left = [(line.text, line.counterparty_name, line.amount) for line in lines if line.status == "open"]
    assert (matched.matched, matched.refused) == (len(done), [])
    assert wrong == []
    assert len(done) / len(lines) >= 0.95, (len(done), len(lines), left)
    assert check_parts() == []
    _every_line_is_the_cause_of_what_it_posted(done)
    _prove_the_closing_balances(year)


def _prove_the_closing_balances(year):
    """What is left goes to suspense; then both accounts are reconciled, and the database agrees that the ledger shows what the bank shows."""
    actor, company = year.trade.actor, year.trade.company
    for bank in BankAccount.objects.filter(company=company, is_cash=False):
        lines = StatementLine.objects.filter(bank_account=bank)
        with unit_of_work(actor):
            statement = insert_row(BankStatement(
                company=company, bank_account=bank, number=f"YEAR-{bank.code}", format="csv", starts_on=date(2026, 1, 1), ends_on=date(2027, 1, 31),
                opening_balance=0, closing_balance=sum(line.amount for line in lines), difference=0, file_hash=bank.code, status="imported"))
            lines.update(statement=statement)
        for line in lines.filter(status="open"):
            match_statement_line(line, actor=actor, account_role="SUSPENSE")
        done = reconcile_statement(statement, actor=actor)
        assert (done.status, prove_statement(done).difference) == ("reconciled", 0)
    assert check_proofs() == []


def _every_line_is_the_cause_of_what_it_posted(done):
    """In one batch, yet each line by itself: its entries, payments, items and allocations name one event, and no two lines the same."""
    seen = {}
    for part in StatementMatch.objects.filter(line__in=done).exclude(kind=StatementMatch.Kind.PAYMENT).select_related("entry", "payment", "supplier_payment"):
        payment = part.payment or part.supplier_payment
        causes = {part.entry.cause, *([payment.cause] if payment else []), *OpenItem.objects.filter(entry=part.entry).values_list("cause", flat=True)}
        own = OpenItem.objects.filter(entry=part.entry).values("pk")
        causes |= set(Allocation.objects.filter(Q(debit_item__in=own) | Q(credit_item__in=own)).values_list("cause", flat=True))
        assert len(causes) == 1, (part.line, causes)
        seen.setdefault(causes.pop(), set()).add(part.line_id)
    assert [lines for lines in seen.values() if len(lines) > 1] == []
    assert None not in seen
