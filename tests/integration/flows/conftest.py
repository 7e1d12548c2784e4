"""Journeys through the real services, committed as in earnest; handlers run by draining the outbox."""

from collections.abc import Iterator

import pytest

from suite.kernel.companies.models import Company
from tests.factories.journeys import Trade


@pytest.fixture
def trade(transactional_db) -> Iterator[Trade]:
    """A company that invoices when goods leave; the books must be in order afterwards."""
    trade = Trade()
    yield trade
    trade.must_be_healthy()


@pytest.fixture
def prepaid(transactional_db) -> Iterator[Trade]:
    """A company that invoices when the order is confirmed."""
    trade = Trade(invoice_policy=Company.InvoicePolicy.AT_ORDER)
    yield trade
    trade.must_be_healthy()
