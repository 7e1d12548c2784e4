"""Money found on a statement of an account in foreign currency, or changed by the bank as it arrived."""

from datetime import timedelta
from decimal import Decimal

import pytest

from erp.banking.services import enter_statement_line, match_statement_line
from erp.currencies.invariants import check_currencies
from erp.ledger.models import JournalEntry, JournalLine
from tests.erp.receivables.conftest import entry_of, must_be_in_order
from tests.factories.books import net_by_role
from tests.factories.currencies import ForeignTrade, rates
from tests.factories.trade import DAY

pytestmark = pytest.mark.django_db
LATER = DAY + timedelta(days=10)
STATEMENT = LATER + timedelta(days=2)


@pytest.fixture
def foreign():
    made = ForeignTrade()
    rates(made.company, "EUR", {DAY: "1.10", LATER: "1.05", STATEMENT: "1.06"})
    yield made
    must_be_in_order(made)
    assert check_currencies(made.company.pk) == []


def test_a_payment_found_two_days_later_gains_what_the_rate_did(foreign):
    account = foreign.account("EUR", "1011")
    foreign.bill()
    payment = foreign.receive_money("100", on=LATER, account=account, on_statement=False)
    line = enter_statement_line(bank_account=account, booked_on=STATEMENT, amount=Decimal(99), actor=foreign.actor)

    line = match_statement_line(line, actor=foreign.actor, payment_id=payment.pk)

    assert net_by_role(entry_of(line)) == {
        "1011": Decimal("104.94"), "OUTSTANDING_RECEIPTS": -105, "BANK_FEES": Decimal("1.06"), "FX_REALIZED_GAIN": -1}
    assert JournalLine.objects.get(account=account.account_id).amount_currency == 99


def test_money_changed_by_the_bank_on_arrival(foreign):
    foreign.bill()
    payment = foreign.receive_money("100", on=LATER, on_statement=False)
    line = enter_statement_line(bank_account=foreign.bank, booked_on=STATEMENT, amount=Decimal("104.20"), actor=foreign.actor)

    line = match_statement_line(line, actor=foreign.actor, payment_id=payment.pk)

    assert net_by_role(entry_of(line)) == {"BANK": Decimal("104.20"), "OUTSTANDING_RECEIPTS": -105, "FX_REALIZED_LOSS": Decimal("0.80")}


def test_a_fee_on_a_foreign_account_counts_at_the_rate_of_its_day(foreign):
    account = foreign.account("EUR", "1011")
    line = enter_statement_line(bank_account=account, booked_on=STATEMENT, amount=Decimal(-7), actor=foreign.actor)

    line = match_statement_line(line, actor=foreign.actor, account_role="BANK_FEES")

    assert net_by_role(entry_of(line)) == {"1011": Decimal("-7.42"), "BANK_FEES": Decimal("7.42")}


def test_money_of_a_customer_seen_on_a_foreign_account_settles_the_invoice(foreign):
    account = foreign.account("EUR", "1011")
    invoice = foreign.bill()
    line = enter_statement_line(
        bank_account=account, booked_on=LATER, amount=Decimal(100), actor=foreign.actor, party_id=foreign.customer.pk)

    match_statement_line(line, actor=foreign.actor)

    invoice.refresh_from_db()
    assert invoice.payment_status == "paid"
    assert JournalEntry.objects.filter(company=foreign.company, journal__kind="exchange").count() == 1
