"""Chains of postings end at zero on the accounts they pass through; and each posting of this part of the design has its test."""

from decimal import Decimal
from pathlib import Path

import pytest

from tests.golden.postings import POSTINGS, chains

COVERED = (
    *(f"O2C-{number}" for number in (*range(1, 14), 16, *range(20, 29))), "O2C-1s", "O2C-8p", "O2C-9t", "L2O-3", "L2O-4", "CLS-1", "RMA-1", "RMA-2",
    "RMA-3", "FX-1", "FX-2", "FX-3", "FX-8", "FX-9",
)


@pytest.mark.parametrize("posting", POSTINGS)
def test_a_posting_balances(posting):
    assert sum(amount for _role, amount in POSTINGS[posting]) == 0


@pytest.mark.parametrize(("roles", "ids"), chains())
def test_a_chain_ends_at_zero(roles, ids):
    for role in roles:
        assert sum((amount for posting in ids for name, amount in POSTINGS[posting] if name == role), Decimal(0)) == 0, role


@pytest.mark.parametrize("posting", COVERED)
def test_a_posting_has_its_test(posting):
    assert any(f'"{posting}"' in path.read_text() for path in Path(__file__).parent.glob("test_postings_*.py"))
