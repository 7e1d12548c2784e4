"""Bills of suppliers: posted by id, refused when they are wrong, credited, reversed."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from erp.payables.models import SupplierBill
from erp.payables.services import credit_bill, post_bill, reverse_bill, void_bill
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.work import unit_of_work
from suite.kernel.taxes.models import Tax
from suite.kernel.terms.models import PaymentTerm, PaymentTermShare
from tests.factories.books import net_by_role
from tests.factories.payables import DAY, entry_of
from tests.golden.postings import expected

pytestmark = pytest.mark.django_db


def test_a_bill_is_expense_input_tax_and_payable(buying):
    bill = buying.bill()

    assert net_by_role(entry_of(bill)) == {"EXPENSE": 100, "INPUT_TAX": 10, "AP": -110}
    assert (bill.status, bill.payment_status, bill.number, buying.open(bill)) == ("posted", "unpaid", "BILL-2026-00001", -110)


def test_P2P_18(buying):
    reverse_charge = Tax.objects.create(company=buying.company, code="RC", name="Reverse charge", rate=0, category="AE", self_assessed_rate="0.2")

    bill = buying.bill(buying.line(tax=reverse_charge))

    assert net_by_role(entry_of(bill)) == expected("P2P-18")
    assert (bill.gross, bill.taxes.get().self_assessed) == (100, 20)


def test_P2P_19(buying):
    bill = buying.bill(buying.line("1200", tax=buying.no_tax, account="PREPAID"))

    assert net_by_role(entry_of(bill)) == expected("P2P-19")


def test_instalments_of_the_term_are_open_items(buying):
    term = PaymentTerm.objects.create(company=buying.company, code="HALF", name="Half and half")
    for position, days in ((1, 10), (2, 40)):
        PaymentTermShare.objects.create(company=buying.company, term=term, position=position, percent=50, days=days)

    bill = buying.bill(buying.line("100.05", tax=buying.no_tax), payment_term_id=term.pk)

    assert [(item.due_on, item.amount) for item in buying.items(bill)] == [
        (date(2026, 3, 20), Decimal("-50.03")), (date(2026, 4, 19), Decimal("-50.02"))]
    assert bill.due_on == date(2026, 4, 19)


@pytest.mark.parametrize("again", ["R-1", "r 1", "R/1 "])
def test_the_same_number_of_a_supplier_is_taken_once(buying, again):
    first = buying.bill()

    with pytest.raises(Refusal) as refused:
        buying.draft(reference=again)

    assert (refused.value.field, refused.value.code) == ("supplier_reference", "bill_reference_once")
    assert first.number in refused.value.message
    assert SupplierBill.objects.filter(company=buying.company).count() == 1
    buying.draft(reference=again, on=date(2027, 1, 2))
    buying.draft(reference=again, supplier=buying.make_supplier("Other"))


def test_the_database_takes_a_number_once_whoever_writes_it(buying):
    bill = buying.bill()

    with pytest.raises(IntegrityError, match="bill_reference_once"), transaction.atomic(), unit_of_work(buying.actor):
        SupplierBill.objects.create(
            company=buying.company, supplier=buying.supplier, supplier_reference="r.1", issued_on=DAY, currency=bill.currency, status="draft")


def test_a_printed_total_is_kept_to(buying):
    rounded = buying.bill(buying.line("99.99"), stated_total=Decimal("110.00"))
    wrong = buying.draft(reference="R-2", stated_total=Decimal("111"))

    assert (rounded.net, rounded.tax, rounded.gross) == (Decimal("99.99"), Decimal("10.01"), 110)
    with pytest.raises(Refusal) as refused:
        post_bill(wrong, actor=buying.actor)
    assert (refused.value.field, refused.value.code) == ("stated_total", "total_differs")
    wrong.refresh_from_db()
    assert (wrong.status, wrong.entry_id) == ("draft", None)


def test_a_line_on_a_control_account_is_refused(buying):
    with pytest.raises(Refusal) as refused:
        buying.draft(buying.line(account="AR"))

    assert refused.value.code == "control_account"
    assert not SupplierBill.objects.filter(company=buying.company).exists()


def test_a_credit_note_mirrors_its_bill_and_settles_it(buying):
    bill = buying.bill(buying.line("10", quantity="10"))
    line = bill.lines.get()

    note = credit_bill(bill, actor=buying.actor, supplier_reference="C-1", quantities={line.pk: Decimal(2)}, issued_on=DAY).credit_note
    note = post_bill(note, actor=buying.actor)

    assert net_by_role(entry_of(note)) == {"AP": 22, "EXPENSE": -20, "INPUT_TAX": -2}
    bill.refresh_from_db()
    note.refresh_from_db()
    assert (bill.payment_status, buying.open(bill), note.payment_status) == ("partial", -88, "paid")
    with pytest.raises(Refusal, match="8"):
        credit_bill(bill, actor=buying.actor, supplier_reference="C-2", quantities={line.pk: Decimal(9)}, issued_on=DAY)


def test_a_reversed_bill_is_nothing_and_its_number_free(buying):
    bill = buying.bill()

    bill = reverse_bill(bill, actor=buying.actor, on=DAY, reason="Wrong supplier")

    bill.refresh_from_db()
    assert (bill.status, bill.payment_status, buying.open(bill)) == ("reversed", "", 0)
    assert net_by_role(entry_of(bill), entry_of(bill).reversed_by) == {}
    assert buying.bill().number == "BILL-2026-00003"


def test_a_settled_bill_is_not_reversed(buying):
    bill = buying.bill()
    note = credit_bill(bill, actor=buying.actor, supplier_reference="C-1", issued_on=DAY).credit_note
    post_bill(note, actor=buying.actor)

    with pytest.raises(Refusal) as refused:
        reverse_bill(bill, actor=buying.actor, on=DAY)

    assert refused.value.code == "bill_settled"
    bill.refresh_from_db()
    assert bill.status == "posted"


def test_a_voided_draft_frees_its_number(buying):
    void_bill(buying.draft(), actor=buying.actor)

    assert buying.draft().status == "draft"


def test_a_posted_bill_never_changes(buying):
    bill = buying.bill()

    for change in ({"supplier_reference": "X"}, {"gross": 1, "net": 1, "tax": 0}, {"status": "reversed"}, {"status": "draft"}):
        with pytest.raises(IntegrityError, match="never changes|reversing"), transaction.atomic(), unit_of_work(buying.actor):
            SupplierBill.objects.filter(pk=bill.pk).update(**change)
    with pytest.raises(IntegrityError, match="no draft"), transaction.atomic(), unit_of_work(buying.actor):
        bill.lines.update(net=1)
