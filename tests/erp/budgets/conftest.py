"""A company that budgets."""

import pytest

from tests.factories.budgets import Budgeting


@pytest.fixture
def house(db, alone) -> Budgeting:
    return Budgeting()
