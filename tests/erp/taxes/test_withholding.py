"""Tax that whoever pays keeps back: P2P-25, and a customer who withholds (O2C-4)."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from erp.payables.services import reverse_bill, reverse_supplier_payment
from erp.receivables.models import WithheldTax
from erp.receivables.services import reverse_payment
from suite.kernel.documents.errors import Refusal
from suite.kernel.taxes.models import Tax
from tests.factories.books import net_by_role
from tests.golden.postings import expected

pytestmark = pytest.mark.django_db


def ten_percent(company) -> Tax:
    return Tax.objects.create(company=company, code="W10", name="Withholding 10 %", rate=Decimal("0.1"), kind="withholding")


def withholding_of(party) -> Tax:
    party.withholding_tax = ten_percent(party.company)
    party.save(update_fields=["withholding_tax"])
    return party.withholding_tax


def test_p2p_25(buying_with, watch):
    buying = buying_with()
    withholding_of(buying.supplier)
    bill = buying.bill(buying.line("100", tax=buying.no_tax))
    log = watch(buying.company)
    buying.pay("90", cash=True)
    assert net_by_role(*log.new()) == expected("P2P-25")
    assert buying.open(bill) == 0
    bill.refresh_from_db()
    assert bill.payment_status == "paid"
    row = WithheldTax.objects.get()
    assert (row.base, row.amount, row.party, row.side) == (100, 10, buying.supplier, "payable")


def test_of_the_net_in_parts_and_exactly_all_at_the_end(buying_with):
    buying = buying_with()
    withholding_of(buying.supplier)
    bill = buying.bill()  # 110 with 10 % tax: 10 are withheld, of the net
    buying.pay("33.33")
    assert sum(row.amount for row in WithheldTax.objects.all()) == Decimal("3.33")
    buying.pay("66.67")
    assert sum(row.amount for row in WithheldTax.objects.all()) == 10
    assert buying.open(bill) == 0


def test_a_rejected_payment_takes_it_back(buying_with, watch):
    buying = buying_with()
    withholding_of(buying.supplier)
    bill = buying.bill(buying.line("100", tax=buying.no_tax))
    log = watch(buying.company)
    payment = buying.pay("90", cash=True)
    log.new()
    reverse_supplier_payment(payment, actor=buying.actor)
    assert net_by_role(*log.new()) == expected("P2P-25", mirror=True)
    assert sum(row.amount for row in WithheldTax.objects.all()) == 0
    assert buying.open(bill) == -100
    buying.pay("90")
    assert buying.open(bill) == 0
    reverse_bill_is_refused(bill, buying)


def reverse_bill_is_refused(bill, buying) -> None:
    bill.refresh_from_db()
    with pytest.raises(Refusal):
        reverse_bill(bill, actor=buying.actor)


def test_paying_all_of_it_is_refused_and_nothing_changes(buying_with, watch):
    buying = buying_with()
    withholding_of(buying.supplier)
    bill = buying.bill(buying.line("100", tax=buying.no_tax))
    log = watch(buying.company)
    with pytest.raises(Refusal) as refused:
        buying.pay("100")
    assert (refused.value.field, refused.value.code) == ("amount", "withholding_left_out")
    assert buying.open(bill) == -100
    assert log.new() == []


def test_o2c_4_of_a_customer_who_withholds(trading, watch):
    trade = trading()
    withholding_of(trade.customer)
    invoice = trade.invoice(trade.line("1", "100", kind="service", tax=trade.no_tax))
    log = watch(trade.company)
    payment = trade.pay("90")
    assert net_by_role(*log.new()) == {"OUTSTANDING_RECEIPTS": Decimal(90), "WITHHOLDING_TAX_RECEIVABLE": Decimal(10), "AR": Decimal(-100)}
    assert trade.open(invoice) == 0
    reverse_payment(payment, actor=trade.actor, on=date(2026, 4, 1))
    assert trade.open(invoice) == 100
    trade.pay("100")  # this time nothing was withheld
    assert trade.open(invoice) == 0
    assert sum(row.amount for row in WithheldTax.objects.all()) == 0


def test_withholding_over_100_percent_is_refused_at_the_field(buying_with):
    tax = Tax(company=buying_with().company, code="W", name="W", rate=Decimal("1.1"), kind="withholding")
    with pytest.raises(ValidationError):
        tax.full_clean()
