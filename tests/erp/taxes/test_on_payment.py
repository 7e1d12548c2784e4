"""Tax that falls due as documents are paid: TAX-3, TAX-4, on both sides, in parts, taken back."""

from decimal import Decimal

import pytest

from erp.payables.services import reverse_supplier_payment
from erp.receivables.models import ClearingItem
from erp.receivables.services import credit_invoice, reverse_payment, write_off
from tests.factories.books import net_by_role
from tests.golden.postings import expected

pytestmark = pytest.mark.django_db


def waiting(document) -> Decimal:
    return sum(ClearingItem.objects.filter(order_line_key=document.key).values_list("amount", flat=True), Decimal(0))


def test_tax_4_the_invoice_on_cash_basis(trading, watch):
    trade = trading(tax_point="payment")
    log = watch(trade.company)
    invoice = trade.invoice(trade.line("1", "100", kind="service"))
    assert net_by_role(*log.new()) == expected("TAX-4")
    assert waiting(invoice) == Decimal(-10)


def test_tax_3_half_paid_then_the_rest_empties_it(trading, watch):
    trade = trading(tax_point="payment")
    log = watch(trade.company)
    invoice = trade.invoice(trade.line("1", "100", kind="service"))
    log.new()
    trade.pay("55")
    money, moved = log.new()
    assert net_by_role(moved) == expected("TAX-3")
    trade.pay("55")
    money, moved = log.new()
    assert net_by_role(moved) == expected("TAX-3")
    assert waiting(invoice) == 0


def test_thirds_leave_no_cent_and_two_codes_share_by_largest_remainder(trading, watch):
    trade = trading(tax_point="payment")
    invoice = trade.invoice(trade.line("1", "33.33", kind="service"), trade.line("1", "66.65", kind="service", tax=trade.tax_20))
    part = (invoice.gross / 3).quantize(Decimal("0.01"))
    for amount in (part, part, invoice.gross - 2 * part):
        trade.pay(amount)
    rows = ClearingItem.objects.filter(order_line_key=invoice.key)
    assert len({row.line_key for row in rows}) == 2
    for key in {row.line_key for row in rows}:
        assert sum(row.amount for row in rows if row.line_key == key) == 0
        assert sum(row.quantity for row in rows if row.line_key == key) == 0


def test_a_bounced_payment_takes_its_tax_back(trading, watch):
    trade = trading(tax_point="payment")
    invoice = trade.invoice(trade.line("1", "100", kind="service"))
    payment = trade.pay("55")
    log = watch(trade.company)
    reverse_payment(payment, actor=trade.actor, fee=Decimal(3))
    back = [entry for entry in log.new() if "Tax" in entry.description]
    assert net_by_role(*back) == expected("TAX-3", mirror=True)
    assert waiting(invoice) == Decimal(-10)


def test_what_is_written_off_never_fell_due(trading, watch):
    trade = trading(tax_point="payment")
    invoice = trade.invoice(trade.line("1", "100", kind="service"))
    log = watch(trade.company)
    write_off(invoice, actor=trade.actor)
    assert net_by_role(*log.new()) == {"AR": Decimal(-110), "BAD_DEBT": Decimal(100), "OUTPUT_TAX_TRANSITION": Decimal(10)}


def test_a_credit_note_waits_as_its_invoice_did_and_both_go(trading, watch):
    trade = trading(tax_point="payment")
    invoice = trade.invoice(trade.line("1", "100", kind="service"))
    log = watch(trade.company)
    done = credit_invoice(invoice, actor=trade.actor, reason="correction")
    assert net_by_role(*log.new()) == expected("TAX-4", mirror=True)
    assert waiting(invoice) == waiting(done.credit_note) == 0


def test_purchases_wait_likewise(buying_with, watch):
    buying = buying_with(tax_point="payment")
    log = watch(buying.company)
    bill = buying.bill()
    assert net_by_role(*log.new()) == {"AP": Decimal(-110), "EXPENSE": Decimal(100), "INPUT_TAX_TRANSITION": Decimal(10)}
    payment = buying.pay("55")
    assert net_by_role(log.new()[-1]) == {"INPUT_TAX_TRANSITION": Decimal(-5), "INPUT_TAX": Decimal(5)}
    reverse_supplier_payment(payment, actor=buying.actor)
    log.new()
    assert waiting(bill) == Decimal(10)
    buying.pay("110")
    assert waiting(bill) == 0


def test_a_code_may_differ_from_the_company(trading, watch):
    trade = trading()
    trade.tax_20.tax_point = "payment"
    trade.tax_20.save(update_fields=["tax_point"])
    invoice = trade.invoice(trade.line("1", "100", kind="service"), trade.line("1", "50", kind="service", tax=trade.tax_20))
    assert waiting(invoice) == Decimal(-10)


def test_who_does_not_use_it_pays_nothing_for_it(trading, django_assert_num_queries):
    trade = trading()
    invoice = trade.invoice(trade.line("1", "100", kind="service"))
    trade.pay("55")
    assert not ClearingItem.objects.filter(order_line_key=invoice.key).exists()
