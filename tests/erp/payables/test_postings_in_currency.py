"""Bills and payments in foreign currency against the golden block of their id; what is settled is zero in both currencies."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from erp.currencies.invariants import check_currencies
from erp.currencies.services import revalue
from erp.ledger.models import JournalEntry, JournalLine
from erp.ledger.selectors import accounts_of
from erp.payables.reports import aged_payables, supplier_statement
from erp.payables.services import allocate_supplier_payment, credit_bill, post_bill, reverse_bill, reverse_supplier_payment
from erp.receivables.models import OpenItem
from erp.receivables.rules import AllocationInput
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.work import unit_of_work
from suite.kernel.terms.models import PaymentTerm, PaymentTermShare
from tests.erp.payables.conftest import LEDGER, PAYABLES, RECEIVABLES
from tests.factories.books import net_by_role
from tests.factories.buying_abroad import BuyingAbroad
from tests.factories.currencies import rates
from tests.factories.payables import DAY, entry_of
from tests.golden.postings import expected

pytestmark = pytest.mark.django_db
LATER = DAY + timedelta(days=10)


@pytest.fixture
def abroad():
    made = BuyingAbroad()
    rates(made.company, "EUR", {DAY: "1.10", LATER: "1.15"})
    yield made
    for name, check in {**LEDGER, **RECEIVABLES, **PAYABLES}.items():
        assert check(made.company.pk) == [], name
    assert check_currencies(made.company.pk) == []


def since(abroad, document) -> list[JournalEntry]:
    return list(JournalEntry.objects.filter(company=abroad.company, pk__gt=document.entry_id))


def discounted(abroad) -> int:
    term = PaymentTerm.objects.create(
        company=abroad.company, code="5-30", name="5 % in 30 days", discount_percent=5, discount_days=30, discount_reduces_tax=True)
    PaymentTermShare.objects.create(company=abroad.company, term=term, percent=100, days=60)
    return term.pk


def test_FX_6(abroad):
    bill = abroad.bill_in()
    payment = abroad.send_money("100", on=LATER)

    (difference,) = abroad.differences()
    assert net_by_role(entry_of(payment), difference) == expected("FX-6")
    assert set(difference.lines.filter(party=abroad.supplier).values_list("currency", "amount_currency")) == {("EUR", 0)}
    bill.refresh_from_db()
    assert (bill.payment_status, bill.exchange_rate, payment.exchange_rate) == ("paid", Decimal("1.10"), Decimal("1.15"))
    assert abroad.left(bill, payment) == [(0, 0), (0, 0)]


def test_FX_6_in_part_relieves_at_the_rate_of_the_bill(abroad):
    bill = abroad.bill_in()
    payment = abroad.send_money("40", on=LATER)

    assert net_by_role(entry_of(payment), *abroad.differences()) == {"AP": 44, "FX_REALIZED_LOSS": 2, "BANK": -46}
    bill.refresh_from_db()
    assert (bill.payment_status, abroad.left(bill, payment)) == ("partial", [(-66, -60), (0, 0)])


def test_a_bill_of_many_lines_balances_in_both_currencies(abroad):
    rates(abroad.company, "EUR", {DAY: "1.23456789"})
    bill = abroad.bill(*(abroad.line(price, tax=tax) for price, tax in (
        ("0.07", abroad.tax), ("33.33", abroad.tax), ("66.67", abroad.tax_20), ("19.99", abroad.no_tax))), currency_id="EUR")

    rows = JournalLine.objects.filter(entry=bill.entry_id)
    assert sum(row.debit - row.credit for row in rows) == 0
    assert sum(row.amount_currency for row in rows) == 0
    assert rows.get(party=abroad.supplier).credit == round(bill.gross * Decimal("1.23456789"), 2)
    tax = rows.get(account=accounts_of(abroad.company.pk).of("INPUT_TAX"))
    assert tax.debit == sum(row.books_amount for row in bill.taxes.all())


def test_P2P_26_in_currency(abroad):
    rates(abroad.company, "EUR", {DAY: "1.00", LATER: "1.00"})
    bill = abroad.bill_in(tax=abroad.tax, payment_term_id=discounted(abroad))

    payment = abroad.send_money("104.50", on=LATER)

    assert net_by_role(entry_of(payment)) == expected("P2P-26")
    assert abroad.left(bill, payment) == [(0, 0), (0, 0)]


def test_a_discount_counts_at_the_rate_of_the_bill_and_the_rest_makes_a_difference(abroad):
    bill = abroad.bill_in(tax=abroad.tax, payment_term_id=discounted(abroad))

    payment = abroad.send_money("104.50", on=LATER)

    assert net_by_role(*since(abroad, bill)) == {
        "AP": 121, "BANK": Decimal("-120.18"), "PURCHASE_DISCOUNT": Decimal("-5.50"), "INPUT_TAX": Decimal("-0.55"),
        "FX_REALIZED_LOSS": Decimal("5.23")}
    assert abroad.left(bill, payment) == [(0, 0), (0, 0)]


def test_P2P_16_and_P2P_17_in_currency_the_advance_keeps_its_rate(abroad):
    advance = abroad.send_money("50", on=DAY, kind="advance")
    rates(abroad.company, "EUR", {LATER: "1.20"})
    bill = abroad.bill_in(on=LATER)
    before = set(JournalEntry.objects.values_list("pk", flat=True))

    allocate_supplier_payment(advance, actor=abroad.actor, on=LATER)

    assert net_by_role(entry_of(advance)) == {"SUPPLIER_ADVANCES": 55, "BANK": -55}
    # FX-9 mirrored: what the advance pays for costs 55 + 60.
    assert net_by_role(*JournalEntry.objects.exclude(pk__in=before)) == {"AP": 60, "SUPPLIER_ADVANCES": -55, "EXPENSE": -5}
    assert abroad.left(bill, advance) == [(-60, -50), (0, 0)]


def test_the_tax_of_a_bill_keeps_the_rate_of_the_bill(abroad):
    advance = abroad.send_money("55", on=DAY, kind="advance")
    rates(abroad.company, "EUR", {LATER: "1.20"})
    abroad.bill_in("50", on=LATER, tax=abroad.tax)
    before = set(JournalEntry.objects.values_list("pk", flat=True))

    allocate_supplier_payment(advance, actor=abroad.actor, on=LATER)

    assert net_by_role(*JournalEntry.objects.exclude(pk__in=before)) == {
        "AP": 66, "SUPPLIER_ADVANCES": Decimal("-60.5"), "EXPENSE": -5, "FX_REALIZED_GAIN": Decimal("-0.5")}


def test_a_bill_in_euros_paid_in_dollars_as_agreed(abroad):
    bill = abroad.bill_in()
    payment = abroad.send_money("112", on=LATER, code="USD", allocations=[
        AllocationInput(abroad.items(bill)[0].pk, Decimal(112), item_amount=Decimal(100))])

    assert net_by_role(entry_of(payment), *abroad.differences()) == {"AP": 110, "FX_REALIZED_LOSS": 2, "BANK": -112}
    assert abroad.left(bill, payment) == [(0, 0), (0, 0)]


def test_money_leaves_an_account_of_its_currency_in_it(abroad):
    account = abroad.account_in("EUR", "1011")
    abroad.bill_in()

    abroad.send_money("100", on=LATER, account=account)

    line = JournalLine.objects.get(account=account.account_id)
    assert (line.credit, line.currency_id, line.amount_currency) == (115, "EUR", -100)


@pytest.mark.parametrize("on_statement", [False, True])
def test_a_rejected_payment_takes_its_difference_back(abroad, on_statement):
    bill = abroad.bill_in()
    payment = abroad.send_money("100", on=LATER, on_statement=on_statement)

    reverse_supplier_payment(payment, actor=abroad.actor, on=LATER)

    assert net_by_role(*since(abroad, bill)) == {}
    bill.refresh_from_db()
    assert (bill.payment_status, abroad.left(bill)) == ("unpaid", [(-110, -100)])


def test_a_payment_rejected_after_the_supplier_paid_it_back_leaves_no_difference(abroad):
    payment = abroad.send_money("100", on=DAY, allocations=())
    refund = abroad.send_money("100", on=LATER, kind="refund")
    assert net_by_role(*abroad.differences()) == {"AP": 5, "FX_REALIZED_GAIN": -5}

    reverse_supplier_payment(payment, actor=abroad.actor, on=LATER)
    assert abroad.left(refund) == [(-115, -100)]
    reverse_supplier_payment(refund, actor=abroad.actor, on=LATER)

    assert net_by_role(*JournalEntry.objects.filter(company=abroad.company)) == {}
    assert not OpenItem.objects.filter(company=abroad.company).exclude(open_amount=0, open_currency=0).exists()


def test_a_credit_note_counts_at_the_rate_of_its_day(abroad):
    bill = abroad.bill_in()
    note = credit_bill(bill, actor=abroad.actor, supplier_reference="C-1", issued_on=LATER).credit_note

    note = post_bill(note, actor=abroad.actor)

    assert net_by_role(entry_of(note)) == {"AP": 115, "EXPENSE": -115}
    assert net_by_role(*abroad.differences()) == {"AP": -5, "FX_REALIZED_LOSS": 5}
    bill.refresh_from_db()
    assert (bill.payment_status, note.payment_status, abroad.left(bill, note)) == ("paid", "paid", [(0, 0), (0, 0)])


def test_a_bill_is_reversed_in_both_currencies(abroad):
    bill = abroad.bill_in(payment_term_id=None)

    reverse_bill(bill, actor=abroad.actor, on=LATER)

    assert abroad.left(bill) == [(0, 0)]
    assert net_by_role(*JournalEntry.objects.filter(company=abroad.company)) == {}


def test_FX_4_and_FX_5_of_what_is_owed(abroad):
    abroad.bill_in()

    done = revalue(company_id=abroad.company.pk, on=LATER, actor=abroad.actor)

    assert net_by_role(done.entry) == {"AP": -5, "FX_UNREALIZED_LOSS": 5}
    assert net_by_role(done.reversal) == {"AP": 5, "FX_UNREALIZED_LOSS": -5}


def test_no_rate_for_the_day_refuses_and_changes_nothing(abroad):
    draft = abroad.draft(abroad.line(tax=abroad.no_tax), currency_id="EUR", on=DAY - timedelta(days=30))

    with pytest.raises(Refusal) as refused:
        post_bill(draft, actor=abroad.actor)

    draft.refresh_from_db()
    assert (refused.value.code, refused.value.field, draft.status) == ("rate_missing", "currency", "draft")
    assert not JournalEntry.objects.filter(company=abroad.company).exists()


def test_an_account_in_a_third_currency_is_refused(abroad):
    rates(abroad.company, "GBP", {DAY: "1.25"})
    abroad.bill_in()

    with pytest.raises(Refusal) as refused:
        abroad.send_money("100", on=LATER, account=abroad.account_in("GBP", "1012"))

    assert (refused.value.code, refused.value.field) == ("account_currency", "bank_account")


def test_more_than_is_open_in_its_currency_is_refused(abroad):
    bill = abroad.bill_in()

    with pytest.raises(Refusal) as refused:
        abroad.send_money("110", on=LATER, allocations=[(abroad.items(bill)[0].pk, Decimal("100.01"))])

    assert (refused.value.code, abroad.left(bill)) == ("over_allocation", [(-110, -100)])


def test_nothing_open_in_euros_leaves_nothing_open_in_dollars(abroad):
    """The database refuses a settlement that leaves a residue in the company's currency."""
    bill = abroad.bill_in()
    item = abroad.items(bill)[0]

    with pytest.raises(IntegrityError, match="open_item_settled_in_both_currencies"), transaction.atomic(), unit_of_work(abroad.actor):
        payment = abroad.send_money("100", on=LATER, allocations=())
        OpenItem.objects.filter(pk=abroad.items(payment)[0].pk).first().debit_allocations.create(
            company=abroad.company, credit_item=item, amount=109, amount_currency=100, allocated_on=LATER)


def test_the_reports_say_what_is_owed_in_its_currency(abroad):
    abroad.bill_in()

    aged = aged_payables(company_id=abroad.company.pk, on=DAY)
    statement = supplier_statement(company_id=abroad.company.pk, supplier=abroad.supplier, starts_on=DAY, ends_on=LATER)

    assert (aged.rows[0]["total"], aged.rows[0]["in_currency"]) == (110, "EUR 100.00")
    assert (statement.rows[1]["owed"], statement.rows[1]["in_currency"]) == (110, "EUR 100.00")
