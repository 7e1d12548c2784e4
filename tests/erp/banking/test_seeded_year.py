"""A year of lines against their truth: 95 % match unaided, and what matches unaided is right."""

import pytest

from erp.banking.invariants import check_parts
from erp.banking.models import StatementLine
from erp.banking.services.unaided import match_unaided
from tests.factories.bank_year import make_bank_year

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alone")]


def test_a_seeded_year_matches_unaided_and_right():
    year = make_bank_year()

    matched = match_unaided(company_id=year.trade.company.pk, actor=year.trade.actor)

    lines = list(StatementLine.objects.prefetch_related("parts__payment"))
    done = [line for line in lines if line.status == "matched"]
    wrong = [(line.pk, line.text, line.amount, line.reasons) for line in done if not year.right(line)]
    left = [(line.text, line.counterparty_name, line.amount) for line in lines if line.status == "open"]
    assert (matched.matched, matched.refused) == (len(done), [])
    assert wrong == []
    assert len(done) / len(lines) >= 0.95, (len(done), len(lines), left)
    assert check_parts() == []
