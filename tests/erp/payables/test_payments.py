"""Payments to suppliers by the golden block of their id; what they refuse; what a rejection takes back."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from erp.payables.models import SupplierPayment
from erp.payables.services import allocate_supplier_payment, draft_supplier_payment, post_supplier_payment, reverse_supplier_payment
from erp.receivables.models import Allocation, OpenItem
from erp.receivables.selectors import items_as_of
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.work import unit_of_work
from suite.kernel.terms.models import PaymentTerm, PaymentTermShare
from tests.factories.books import net_by_role
from tests.factories.payables import DAY, entry_of
from tests.golden.postings import expected

pytestmark = pytest.mark.django_db


def discounted(buying):
    term = PaymentTerm.objects.create(
        company=buying.company, code="5-10", name="5 % in 10 days", discount_percent=5, discount_days=10, discount_reduces_tax=True)
    PaymentTermShare.objects.create(company=buying.company, term=term, percent=100, days=30)
    return term.pk


def test_P2P_3(buying):
    bill = buying.bill()

    payment = buying.pay("110")

    assert net_by_role(entry_of(payment)) == expected("P2P-3")
    bill.refresh_from_db()
    assert (bill.payment_status, buying.open(bill), buying.open(payment), payment.status) == ("paid", 0, 0, "posted")
    assert payment.number == entry_of(payment).number


def test_P2P_16(buying):
    advance = buying.pay("50", kind="advance", on_statement=True)

    assert net_by_role(entry_of(advance)) == expected("P2P-16")
    assert (buying.open(advance), advance.status) == (50, "matched")
    assert items_as_of(buying.company.pk, DAY) == []


def test_P2P_17(buying):
    advance = buying.pay("50", kind="advance", on_statement=True)
    bill = buying.bill()

    advance = allocate_supplier_payment(advance, actor=buying.actor, on=DAY)

    entry = OpenItem.objects.filter(document_key=advance.key).exclude(entry_id=advance.entry_id).first().entry
    assert net_by_role(entry) == expected("P2P-17")
    bill.refresh_from_db()
    assert (bill.payment_status, buying.open(bill), buying.open(advance)) == ("partial", -60, 0)


def test_P2P_26(buying):
    bill = buying.bill(payment_term_id=discounted(buying))

    payment = buying.pay("104.50", on=date(2026, 3, 20), on_statement=True)

    assert net_by_role(entry_of(payment)) == expected("P2P-26")
    bill.refresh_from_db()
    assert (bill.payment_status, buying.open(bill)) == ("paid", 0)


def test_P2P_26_a_day_late_leaves_the_rest_open(buying):
    bill = buying.bill(payment_term_id=discounted(buying))

    buying.pay("104.50", on=date(2026, 3, 21))

    bill.refresh_from_db()
    assert (bill.payment_status, buying.open(bill)) == ("partial", Decimal("-5.50"))


def test_the_bill_that_the_reference_names_is_paid_first(buying):
    first, second = buying.bill(), buying.bill(reference="R-2")

    buying.pay("110", reference="Your bill R-2")

    assert (buying.open(first), buying.open(second)) == (-110, 0)


def test_what_is_paid_above_the_bills_stays_with_the_supplier(buying):
    buying.bill()

    payment = buying.pay("150")
    refund = buying.pay("40", kind="refund")

    assert (buying.open(payment), buying.open(refund)) == (0, 0)
    assert net_by_role(entry_of(refund)) == {"OUTSTANDING_RECEIPTS": 40, "AP": -40}


@pytest.mark.parametrize(("paid", "allocated"), [("200", "111"), ("50", "60"), ("50", "0"), ("50", "-1")])
def test_more_than_is_open_or_paid_is_refused(buying, paid, allocated):
    bill = buying.bill()
    payment = draft_supplier_payment(
        company_id=buying.company.pk, supplier_id=buying.supplier.pk, bank_account_id=buying.bank.pk, amount=Decimal(paid), paid_on=DAY,
        currency_id="EUR", actor=buying.actor, payee_account_id=buying.payee().pk)

    with pytest.raises(Refusal) as refused:
        post_supplier_payment(payment, actor=buying.actor, allocations=[(buying.items(bill)[0].pk, Decimal(allocated))])

    assert (refused.value.field, refused.value.code) == ("allocations", "over_allocation")
    payment.refresh_from_db()
    assert (payment.status, payment.entry_id, buying.open(bill)) == ("draft", None, -110)
    assert not Allocation.objects.filter(company=buying.company).exists()


def test_the_same_item_twice_is_more_than_is_open(buying):
    bill = buying.bill()
    item = buying.items(bill)[0].pk

    with pytest.raises(Refusal):
        buying.pay("200", allocations=[(item, Decimal(100)), (item, Decimal(100))])

    assert buying.open(bill) == -110


def test_a_payment_settles_its_own_supplier_only(buying):
    bill = buying.bill(supplier=buying.make_supplier("Other"))

    with pytest.raises(Refusal) as refused:
        buying.pay("110", allocations=[(buying.items(bill)[0].pk, Decimal(110))])

    assert refused.value.code == "foreign_item"


@pytest.mark.parametrize("on_statement", [False, True])
def test_a_rejected_payment_opens_its_bills_again(buying, on_statement):
    bill = buying.bill(payment_term_id=discounted(buying))
    payment = buying.pay("104.50", on=date(2026, 3, 20), on_statement=on_statement)

    payment = reverse_supplier_payment(payment, actor=buying.actor, on=date(2026, 3, 25), reason="Account closed")

    bill.refresh_from_db()
    assert (payment.status, bill.payment_status, buying.open(bill), buying.open(payment)) == ("reversed", "unpaid", -110, 0)
    assert net_by_role(entry_of(payment), entry_of(payment).reversed_by) == {}


def test_a_rejected_advance_takes_back_what_it_was_applied_to(buying):
    advance = buying.pay("50", kind="advance")
    bill = buying.bill()
    advance = allocate_supplier_payment(advance, actor=buying.actor, on=DAY)

    reverse_supplier_payment(advance, actor=buying.actor, on=DAY)

    assert (buying.open(bill), buying.open(advance)) == (-110, 0)


def test_a_posted_payment_never_changes(buying):
    payment = buying.pay("50", kind="advance")

    for change in ({"amount": 1}, {"status": "draft"}, {"supplier_id": buying.make_supplier("Other").pk}):
        with pytest.raises(IntegrityError, match="never changes"), transaction.atomic(), unit_of_work(buying.actor):
            SupplierPayment.objects.filter(pk=payment.pk).update(**change)
