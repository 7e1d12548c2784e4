"""Each posting of settling an invoice (discount, tolerance, loss, bounce, overpayment) against the golden block of its id."""

from datetime import date
from decimal import Decimal

import pytest

from erp.banking.services import enter_statement_line, match_statement_line
from erp.ledger.models import JournalEntry
from erp.receivables.selectors import credit_of
from erp.receivables.services import (
    allocate_payment,
    reverse_payment,
    transfer_payment,
    write_off,
)
from suite.kernel.terms.models import PaymentTerm, PaymentTermShare
from tests.erp.receivables.conftest import entry_of
from tests.factories.base import make_customer
from tests.factories.books import net_by_role
from tests.factories.trade import DAY, Trade
from tests.golden.postings import POSTINGS, expected

pytestmark = pytest.mark.django_db


def discounted(trade, percent="5", *, reduces_tax=False):
    term = PaymentTerm.objects.create(
        company=trade.company, code="5-10", name="5 % in 10 days", discount_percent=Decimal(percent), discount_days=10, discount_reduces_tax=reduces_tax)
    PaymentTermShare.objects.create(company=trade.company, term=term, percent=100, days=30)
    return term.pk


def test_O2C_10(trade):
    invoice = trade.invoice(trade.line("1", "1000", kind="service", tax=trade.no_tax), payment_term_id=discounted(trade))

    payment = trade.pay("950", cash=True, on=date(2026, 3, 20), allocations=[(trade.items(invoice)[0].pk, Decimal(950))])

    assert net_by_role(entry_of(payment)) == expected("O2C-10")
    invoice.refresh_from_db()
    assert (invoice.payment_status, trade.open(invoice), trade.open(payment)) == ("paid", 0, 0)


def test_O2C_10_a_day_late_leaves_the_rest_open(trade):
    invoice = trade.invoice(trade.line("1", "1000", kind="service", tax=trade.no_tax), payment_term_id=discounted(trade))

    trade.pay("950", cash=True, on=date(2026, 3, 21), allocations=[(trade.items(invoice)[0].pk, Decimal(950))])

    invoice.refresh_from_db()
    assert (invoice.payment_status, trade.open(invoice)) == ("partial", 50)


def test_O2C_11(trade):
    invoice = trade.invoice(trade.line("1", "1000", kind="service"), payment_term_id=discounted(trade, reduces_tax=True))

    payment = trade.pay("1045", cash=True, on=date(2026, 3, 20))

    assert net_by_role(entry_of(payment)) == expected("O2C-11")
    assert trade.open(invoice) == 0


def test_O2C_12():
    trade = Trade(payment_tolerance=Decimal("0.01"))
    invoice = trade.invoice(trade.line("5", "20", kind="service"))

    payment = trade.pay("109.99", cash=True)

    assert net_by_role(entry_of(payment)) == expected("O2C-12")
    assert trade.open(invoice) == 0


def test_O2C_13(trade):
    invoice = trade.invoice(trade.line("5", "20", kind="service"))

    invoice = write_off(invoice, actor=trade.actor, on=DAY)

    entry = JournalEntry.objects.get(company=trade.company, description__startswith="Write-off")
    assert net_by_role(entry) == expected("O2C-13")
    invoice.refresh_from_db()
    assert (invoice.payment_status, trade.open(invoice)) == ("written_off", 0)


def test_O2C_13_before_relief_is_granted_the_loss_bears_the_tax(trade):
    invoice = trade.invoice(trade.line("5", "20", kind="service"))

    write_off(invoice, actor=trade.actor, on=DAY, tax_relief=False)

    entry = JournalEntry.objects.get(company=trade.company, description__startswith="Write-off")
    assert net_by_role(entry) == {"BAD_DEBT": Decimal(110), "AR": Decimal(-110)}


def test_O2C_16(trade):
    invoice = trade.invoice(trade.line("5", "20", kind="service"))
    payment = trade.pay("110", on_statement=True)

    payment = reverse_payment(payment, actor=trade.actor, on=DAY, fee=Decimal(3), reason="no funds")

    entry = JournalEntry.objects.get(reverses=payment.entry_id)
    assert net_by_role(entry) == expected("O2C-16")
    invoice.refresh_from_db()
    assert (payment.status, invoice.payment_status, trade.open(invoice), trade.open(payment)) == ("reversed", "unpaid", 110, 0)


def test_O2C_16_takes_back_the_discount_with_it(trade):
    invoice = trade.invoice(trade.line("1", "1000", kind="service"), payment_term_id=discounted(trade, reduces_tax=True))
    payment = trade.pay("1045", cash=True, on=date(2026, 3, 20))

    reverse_payment(payment, actor=trade.actor, on=date(2026, 3, 25))

    assert net_by_role(JournalEntry.objects.get(reverses=payment.entry_id)) == expected("O2C-11", mirror=True)
    invoice.refresh_from_db()
    assert (invoice.payment_status, trade.open(invoice)) == ("unpaid", 1100)


def test_O2C_16_after_the_statement_showed_it_takes_the_bank(trade):
    trade.invoice(trade.line("5", "20", kind="service"))
    payment = trade.pay("110")
    line = enter_statement_line(bank_account=trade.bank, booked_on=DAY, amount=Decimal(110), actor=trade.actor)
    match_statement_line(line, actor=trade.actor, payment_id=payment.pk)

    reverse_payment(payment, actor=trade.actor, on=DAY)

    assert net_by_role(JournalEntry.objects.get(reverses=payment.entry_id)) == {"AR": Decimal(110), "BANK": Decimal(-110)}


def test_O2C_26(trade):
    invoice = trade.invoice(trade.line("5", "20", kind="service"))

    payment = trade.pay("120", on_statement=True)

    assert net_by_role(entry_of(payment)) == expected("O2C-26")
    assert (trade.open(invoice), trade.open(payment)) == (0, -10)
    later = trade.invoice(trade.line("1", "5", kind="service"))
    allocate_payment(payment, actor=trade.actor, on=DAY)
    assert (trade.open(later), trade.open(payment)) == (0, Decimal("-4.50"))


def test_O2C_26_repaid(trade):
    trade.invoice(trade.line("5", "20", kind="service"))
    payment = trade.pay("120", on_statement=True)

    refund = trade.pay("10", kind="refund", on_statement=True)

    assert net_by_role(entry_of(refund)) == {"AR": Decimal(10), "BANK": Decimal(-10)}
    assert trade.open(payment) == trade.open(refund) == 0


def test_O2C_27(trade):
    invoice = trade.invoice(trade.line("5", "20", kind="service"))
    payment = trade.pay("110", on_statement=True)
    other = make_customer(trade.company)

    transfer_payment(payment, actor=trade.actor, to_party_id=other.pk, on=DAY)

    entry = JournalEntry.objects.get(company=trade.company, description__startswith="Transfer")
    by_party = {line.party_id: line.debit - line.credit for line in entry.lines.all()}
    assert by_party == {trade.customer.pk: 110, other.pk: -110}
    assert (sum(a for r, a in POSTINGS["O2C-27"] if a > 0), trade.open(invoice)) == (110, 110)
    assert credit_of(company_id=trade.company.pk, party_id=other.pk).exposure == -110


def test_O2C_28(trade):
    trade.cash.cash_rounding = Decimal("0.05")
    trade.cash.save()
    invoice = trade.invoice(trade.line("1", "109.98", kind="service", tax=trade.no_tax))

    payment = trade.pay("110", cash=True)

    assert net_by_role(entry_of(payment)) == expected("O2C-28")
    assert (trade.open(invoice), trade.open(payment)) == (0, 0)
