"""FX-6 with the functions that bills and payments to suppliers use: items on payables, set against each other."""

from datetime import timedelta
from decimal import Decimal

import pytest

from erp.currencies.invariants import check_currencies
from erp.currencies.services import revalue
from erp.ledger.models import JournalEntry
from erp.ledger.roles import AccountRole
from erp.ledger.services import begin_entry
from erp.receivables.models import OpenItem
from erp.receivables.rules import Plan
from erp.receivables.selectors import posting_facts
from erp.receivables.services.settling import allocate
from erp.receivables.services.writing import open_item, write_plan
from suite.kernel.documents.work import unit_of_work
from suite.kernel.money.selectors import conversion
from tests.erp.receivables.conftest import must_be_in_order
from tests.factories.books import net_by_role
from tests.factories.currencies import ForeignTrade, rates
from tests.factories.trade import DAY
from tests.golden.postings import expected

pytestmark = pytest.mark.django_db
LATER = DAY + timedelta(days=10)


@pytest.fixture
def foreign():
    made = ForeignTrade()
    rates(made.company, "EUR", {DAY: "1.10", LATER: "1.15"})
    yield made
    must_be_in_order(made)
    assert check_currencies(made.company.pk) == []


def owed(trade, amount, other, on, kind) -> OpenItem:
    """An entry over euros on payables against another role, with its open item."""
    company_id = trade.company.pk
    entry = begin_entry(company_id=company_id, journal_kind="general", ledger_date=on, description="payable", actor=trade.actor)
    facts, rate = posting_facts(company_id), conversion(company_id=company_id, currency_id="EUR", on=on)
    plan = Plan()
    for role, sign, party_id in ((AccountRole.AP, 1, trade.customer.pk), (other, -1, None)):
        plan.add(role, sign * rate.to_books(amount), party_id=party_id, currency_id="EUR", amount_currency=sign * amount)
    item = open_item(
        entry, facts, party_id=trade.customer.pk, kind=kind, document_key=f"payable:{entry.pk}", amount=rate.to_books(amount), issued_on=on,
        role=AccountRole.AP, currency_id="EUR", amount_currency=amount,
    )
    write_plan(entry, plan, facts, actor=trade.actor, beside=([item],))
    return OpenItem.objects.get(entry=entry)


def test_FX_6(foreign):
    with unit_of_work(foreign.actor):
        bill = owed(foreign, Decimal(-100), AccountRole.EXPENSE, DAY, "opening")
    with unit_of_work(foreign.actor):
        payment = owed(foreign, Decimal(100), AccountRole.BANK, LATER, "payment")
        allocate([(payment, bill, Decimal(100))], on=LATER)

    assert net_by_role(*JournalEntry.objects.filter(company=foreign.company, ledger_date=LATER)) == expected("FX-6")
    for item in (bill, payment):
        item.refresh_from_db()
        assert (item.open_amount, item.open_currency) == (0, 0)


def test_what_is_owed_to_suppliers_is_revalued_as_a_loss_when_the_rate_rises(foreign):
    with unit_of_work(foreign.actor):
        owed(foreign, Decimal(-100), AccountRole.EXPENSE, DAY, "opening")

    done = revalue(company_id=foreign.company.pk, on=LATER, actor=foreign.actor)

    assert net_by_role(done.entry) == {"AP": -5, "FX_UNREALIZED_LOSS": 5}
