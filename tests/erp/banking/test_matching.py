"""A line of the bank statement is matched with a payment, a customer or an account."""

from decimal import Decimal

import pytest

from erp.banking.models import StatementLine
from erp.banking.services import enter_statement_line, match_statement_line, open_bank_account
from erp.ledger.models import JournalEntry
from suite.kernel.documents.errors import Refusal, TransitionNotAllowed
from tests.factories.books import net_by_role
from tests.factories.trade import DAY, Trade
from tests.golden.postings import expected

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alone")]


@pytest.fixture
def trade():
    return Trade()


def statement(trade, amount, **values):
    return enter_statement_line(bank_account=trade.bank, booked_on=DAY, amount=Decimal(amount), actor=trade.actor, **values)


def test_a_bank_fee_BNK_1(trade):
    line = match_statement_line(statement(trade, "-3"), actor=trade.actor, account_role="BANK_FEES")

    assert net_by_role(line.entry) == expected("BNK-1")
    with pytest.raises(TransitionNotAllowed):
        match_statement_line(line, actor=trade.actor, account_role="BANK_FEES")


def test_a_card_payout_less_its_fee_BNK_3(trade):
    payment = trade.pay("110")

    line = match_statement_line(statement(trade, "106.70"), actor=trade.actor, payment_id=payment.pk)

    assert net_by_role(line.entry) == expected("BNK-3")


def test_money_of_a_known_customer_settles_the_invoice_it_names(trade):
    first, second = (trade.invoice(trade.line("5", "20", kind="service")) for _ in range(2))

    line = match_statement_line(statement(trade, "110", text=f"Thank you {second.number}", party_id=trade.customer.pk), actor=trade.actor)

    assert net_by_role(line.entry) == {"BANK": Decimal(110), "AR": Decimal(-110)}
    assert (trade.open(first), trade.open(second), line.payment.status) == (110, 0, "matched")


@pytest.mark.parametrize("amount", ["111", "-110", "0.01"])
def test_amounts_that_do_not_fit_are_refused(trade, amount):
    payment = trade.pay("0.01" if amount == "0.01" else "110")
    line = statement(trade, "0.02" if amount == "0.01" else amount)
    before = JournalEntry.objects.count()

    with pytest.raises(Refusal) as refusal:
        match_statement_line(line, actor=trade.actor, payment_id=payment.pk)

    assert refusal.value.code == "amounts_differ"
    assert JournalEntry.objects.count() == before
    assert StatementLine.objects.get().status == "open"


def test_a_line_that_nobody_explains_stays_open(trade):
    with pytest.raises(Refusal):
        match_statement_line(statement(trade, "5"), actor=trade.actor)

    assert StatementLine.objects.get().status == "open"


def test_a_control_account_takes_no_line(trade):
    with pytest.raises(Refusal) as refusal:
        match_statement_line(statement(trade, "5"), actor=trade.actor, account_role="AR")

    assert refusal.value.code == "control_account"


def test_a_refund_leaves_the_bank(trade):
    trade.pay("120")
    refund = trade.pay("10", kind="refund")
    assert net_by_role(refund.entry) == {"AR": Decimal(10), "OUTSTANDING_PAYMENTS": Decimal(-10)}

    line = match_statement_line(statement(trade, "-10"), actor=trade.actor, payment_id=refund.pk)

    assert net_by_role(line.entry) == {"OUTSTANDING_PAYMENTS": Decimal(10), "BANK": Decimal(-10)}


def test_a_known_line_and_account_are_not_entered_twice(trade):
    one, two = statement(trade, "5", external_id="b1"), statement(trade, "5", external_id="b1")
    assert one.pk == two.pk
    assert open_bank_account(company=trade.company, actor=trade.actor, code="BANK", name="Again").pk == trade.bank.pk
