"""What stands around a run: tampering, other currencies, rules by amount, the statement, the store."""

from decimal import Decimal
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from erp.banking.services import enter_statement_line
from erp.payables.services import enter_supplier_bank_account, mark_supplier_payment_matched
from erp.paymentruns.models import ChequeBook, PaymentBatch, PaymentHold
from erp.paymentruns.services import (
    BatchLineInput,
    approve_batch,
    confirm_batches_on_statement,
    enter_mandate,
    export_batch,
    exported_file,
    propose_batches,
)
from erp.receivables.models import OpenItem
from integration.outbox.periodic import payment_batches
from suite.kernel.approvals.models import ApprovalRequest, ApprovalRule
from suite.kernel.approvals.services import approve_request, ask_for_approval
from suite.kernel.documents.editing import save_record
from suite.kernel.documents.errors import BusinessError, Refusal
from tests.factories.base import make_customer
from tests.factories.payment_runs import IBANS, PAY_ON

pytestmark = pytest.mark.django_db


def tamper(table: str, sql: str) -> None:
    """What only the owner of the database could do: the guards are off for a moment."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(sql)
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@pytest.mark.parametrize(("table", "sql"), [
    ("erp_paymentbatchline", f"UPDATE erp_paymentbatchline SET iban = '{IBANS[3]}'"), ("erp_paymentbatchline", "UPDATE erp_paymentbatchline SET holder = 'M'"),
    ("erp_paymentbatchline", "UPDATE erp_paymentbatchline SET amount = 109"),
    ("erp_supplierbankaccount", f"UPDATE erp_supplierbankaccount SET iban = '{IBANS[3]}'"),
    ("erp_paymentbatch", "UPDATE erp_paymentbatch SET execute_on = execute_on + 1"),
])
def test_whatever_was_changed_after_the_approval_is_not_sent(paying, table, sql):
    batch = paying.approved((paying.bill(), "110"))
    tamper(table, sql)

    with pytest.raises(Refusal) as refused:
        export_batch(batch, actor=paying.second)

    assert refused.value.code == "payment_batch_as_approved"
    assert PaymentBatch.objects.get().status == "approved"


def refused_lines(paying, lines, **values):
    with pytest.raises(BusinessError) as refused:
        propose_batches(**{
            "company_id": paying.company.pk, "bank_account_id": paying.bank.pk, "execute_on": PAY_ON, "actor": paying.actor, "lines": lines, **values})
    assert not PaymentBatch.objects.exists()
    return refused.value.field, refused.value.code


def in_dollars(paying, document) -> int:
    """The document's open item, as one in USD would stand there."""
    item = paying.item(document).pk
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO kernel_currency (code, name, symbol, digits) VALUES ('USD', 'Dollar', '$', 2) ON CONFLICT DO NOTHING")
    tamper("erp_openitem", f"UPDATE erp_openitem SET currency_id = 'USD' WHERE id = {item}")
    return item


def test_two_currencies_are_not_mixed_and_debits_are_in_euro(paying):
    try:
        bill, dollars = paying.item(paying.bill()).pk, in_dollars(paying, paying.bill(reference="R-2"))
        assert refused_lines(paying, [BatchLineInput(bill, Decimal(110)), BatchLineInput(dollars, Decimal(110))]) == ("lines/1/item_id", "mixed_currencies")
        customer = make_customer(paying.company)
        paying.mandate(customer)
        debit = in_dollars(paying, paying.customer_invoice(customer=customer))
        assert refused_lines(paying, [BatchLineInput(debit, Decimal(110))], direction="in") == ("lines/0/item_id", "not_in_euro")
    finally:
        tamper("erp_openitem", "UPDATE erp_openitem SET currency_id = 'EUR'")


def test_parts_of_a_cent_are_refused(paying):
    assert refused_lines(paying, [BatchLineInput(paying.item(paying.bill()).pk, Decimal("10.005"))]) == ("lines/0/amount", "too_many_digits")


def test_an_iban_of_the_wrong_length_is_refused_though_its_check_digits_are_right(paying):
    supplier = paying.make_supplier("Short")
    body = "3704004405320130"
    digits = 98 - int("".join(str(int(sign, 36)) for sign in f"{body}DE00")) % 97
    account = enter_supplier_bank_account(
        company_id=paying.company.pk, supplier_id=supplier.pk, iban=f"DE{digits:02}{body}", holder="Short", actor=paying.actor)
    tamper("erp_supplierbankaccount", f"UPDATE erp_supplierbankaccount SET status = 'approved', approved_at = now(), approved_by_id = {paying.second.pk}"
           f" WHERE id = {account.pk}")

    assert refused_lines(paying, [BatchLineInput(paying.item(paying.bill(supplier=supplier)).pk, Decimal(110))]) == ("lines/0/account_id", "not_an_iban")


def test_a_mandate_on_an_account_that_sepa_does_not_reach(paying):
    with pytest.raises(Refusal) as refused:
        enter_mandate(
            company_id=paying.company.pk, customer_id=make_customer(paying.company).pk, iban="TR330006100519786457841326", holder="X", actor=paying.actor)

    assert (refused.value.field, refused.value.code) == ("iban", "not_sepa")


def test_who_may_not_propose(paying):
    with pytest.raises(PermissionDenied):
        paying.batch((paying.bill(), "110"), actor=paying.role("auditor"))


def test_a_rule_by_amount_asks_for_one_more_yes(paying):
    ApprovalRule.objects.create(company=paying.company, action="erp.paymentbatch:approve", from_amount=Decimal(100), role="manager")
    batch, controller = paying.batch((paying.bill(), "110")), paying.role("controller")
    with pytest.raises(Refusal) as refused:
        approve_batch(batch, actor=controller)
    assert refused.value.code == "approval_missing"
    ask_for_approval(batch, transition="approve", actor=controller)
    approve_request(ApprovalRequest.objects.get(), actor=paying.role("manager"))

    assert approve_batch(batch, actor=controller).status == "approved"


def on_the_statement(paying, payment) -> None:
    line = enter_statement_line(bank_account=paying.bank, booked_on=PAY_ON, amount=-payment.amount, actor=paying.actor, text=payment.reference)
    mark_supplier_payment_matched(payment, actor=paying.actor, statement_line_id=line.pk)


def test_a_batch_is_confirmed_when_the_statement_shows_all_of_it(paying):
    other = paying.make_supplier("Other")
    paying.approved_account(other, IBANS[1])
    batch = paying.sent((paying.bill(), "110"), (paying.bill(supplier=other), "110"))
    payments = [line.supplier_payment for line in batch.lines.order_by("position")]
    on_the_statement(paying, payments[0])
    assert confirm_batches_on_statement(company_id=paying.company.pk, actor=paying.actor) == 0
    on_the_statement(paying, payments[1])

    assert payment_batches() == "1 confirmed, 0 expired"

    batch.refresh_from_db()
    assert batch.status == "confirmed"


def test_a_file_that_the_store_lost_or_changed_is_said_in_words(paying):
    batch = paying.sent((paying.bill(), "110"))
    path = Path(batch.file.file.path)
    for spoil in (lambda: path.write_bytes(path.read_bytes() + b" "), path.unlink):
        spoil()
        with pytest.raises(Refusal) as refused:
            exported_file(batch)
        assert refused.value.code == "file_gone"


def test_a_hold_names_a_bill_of_its_supplier_and_cheques_are_in_one_book(paying):
    other = paying.make_supplier("Other")
    book = {"company": paying.company, "bank_account": paying.bank}
    save_record(ChequeBook(**book, first_number=1, last_number=9, next_number=1), actor=paying.actor)
    for record, code in (
        (PaymentHold(company=paying.company, supplier=other, bill=paying.bill(), reason="x"), "foreign_bill"),
        (ChequeBook(**book, first_number=9, last_number=12, next_number=9), "cheques_twice"),
    ):
        with pytest.raises(Refusal) as refused:
            save_record(record, actor=paying.actor)
        assert refused.value.code == code
    assert OpenItem.objects.filter(company=paying.company).exists()
