"""A run from the proposal to the bank: what it pays, who may, what it posts, what it never does twice."""

from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from erp.banking.services import enter_statement_line, match_statement_line
from erp.ledger.models import JournalEntry
from erp.payables.models import SupplierPayment
from erp.payables.services import retire_bank_account
from erp.paymentruns.models import ChequeBook, PaymentBatch, PaymentHold, PaymentSettings
from erp.paymentruns.services import (
    BatchLineInput,
    approve_accounts,
    approve_batch,
    cancel_batch,
    confirm_batch,
    export_batch,
    exported_file,
    preview_proposal,
    propose_batches,
    reject_batch,
)
from erp.receivables.models import Allocation, OpenItem
from suite.kernel.documents.errors import Refusal, TransitionNotAllowed
from suite.kernel.documents.preview import preview
from suite.kernel.terms.models import PaymentTerm
from tests.factories.books import net_by_role
from tests.factories.payables import entry_of
from tests.factories.payment_runs import IBANS, PAY_ON
from tests.golden.postings import expected

pytestmark = pytest.mark.django_db


def xml_of(batch) -> str:
    return exported_file(batch).decode()


class TestProposal:
    def test_ticks_what_is_due_and_what_would_lose_its_discount(self, paying):
        due = paying.bill(reference="R-1")
        later = paying.bill(reference="R-2", on=date(2026, 4, 1), payment_term_id=PaymentTerm.objects.get(company=paying.company, code="NET30").pk)
        won = paying.bill(reference="R-3", payment_term_id=paying.discount_term(days=30).pk)
        paying.bill(reference="R-4", on=date(2026, 4, 1), payment_term_id=paying.discount_term(percent=2, days=40).pk)

        found = paying.proposal(due_until=date(2026, 4, 20))

        assert {(row.reference, row.amount) for row in found.ticked} == {("R-1", Decimal("110")), ("R-3", Decimal("104.50"))}
        assert [row.discount_until for row in found.ticked if row.reference == "R-3"] == [date(2026, 4, 9)]
        assert {paying.item(bill).pk for bill in (due, won)} == {row.item_id for row in found.ticked}
        assert paying.item(later).pk not in {row.item_id for row in found.candidates}

    def test_holds_minimum_missing_account_and_open_batches_are_not_ticked(self, paying):
        held, small, without = (paying.make_supplier(name) for name in ("Held", "Small", "Without"))
        paying.approved_account(held, IBANS[1])
        paying.approved_account(small, IBANS[2])
        one, two = paying.bill(), paying.bill(reference="R-2")
        paying.bill(supplier=held)
        paying.bill(paying.line("1"), supplier=small)
        paying.bill(supplier=without)
        PaymentHold.objects.create(company=paying.company, supplier=held, reason="Dispute")
        PaymentHold.objects.create(company=paying.company, supplier=paying.supplier, bill=two, reason="Wrong goods")
        paying.bill(reference="R-3")
        paying.batch((one, "110"))

        found = paying.proposal(minimum=Decimal(5))

        assert {(row.party, row.reference): row.hindrance for row in found.candidates} == {
            ("Paper Mill", "R-1"): "in_batch", ("Paper Mill", "R-2"): "held", ("Paper Mill", "R-3"): "", ("Held", "R-1"): "held", ("Small", "R-1"): "small",
            ("Without", "R-1"): "no_account"}

    def test_credits_are_set_off_but_never_above_what_is_owed(self, paying):
        paying.bill()
        paying.credit("10")
        paying.credit("200", reference="C-2")

        found = paying.proposal()

        assert [(row.reference, row.amount) for row in found.ticked] == [("R-1", Decimal(110)), ("C-1", Decimal(-11))]
        assert (found.total, found.balance) == (Decimal(99), Decimal(0))

    def test_asks_the_database_as_often_for_many_bills_as_for_one(self, paying):
        paying.bill()
        with CaptureQueriesContext(connection) as few:
            paying.proposal()
        for number in range(12):
            supplier = paying.make_supplier(f"Supplier {number}")
            paying.bill(supplier=supplier)
        with CaptureQueriesContext(connection) as many:
            assert len(paying.proposal().candidates) == 13

        assert len(many) == len(few) <= 12

    def test_preview_equals_what_is_then_posted(self, paying):
        paying.bill(payment_term_id=paying.discount_term().pk)
        lines = [BatchLineInput(row.item_id, row.amount) for row in paying.proposal().ticked]

        effect = preview_proposal(
            company_id=paying.company.pk, bank_account_id=paying.bank.pk, execute_on=PAY_ON, lines=lines, actor=paying.actor)

        assert (PaymentBatch.objects.count(), SupplierPayment.objects.count()) == (0, 0)
        batch = paying.sent()
        posted = batch.lines.get().supplier_payment.entry.lines.order_by("pk")
        assert effect.ledger == [(str(line.account), line.debit, line.credit) for line in posted]


class TestFourEyes:
    def test_the_proposer_does_not_approve(self, paying):
        batch = paying.batch((paying.bill(), "110"))

        with pytest.raises(Refusal) as refused:
            approve_batch(batch, actor=paying.actor)

        assert refused.value.code == "four_eyes"
        assert PaymentBatch.objects.get().status == "proposed"

    def test_a_new_account_needs_an_approval_of_its_own_and_names_the_line(self, paying):
        other = paying.make_supplier("New")
        paying.approved_account(other, IBANS[1], days_ago=0)
        batch = paying.approved((paying.bill(), "110"), (paying.bill(supplier=other), "110"))
        with pytest.raises(Refusal) as refused:
            export_batch(batch, actor=paying.second)
        assert (refused.value.code, refused.value.field) == ("account_not_vouched", "lines/2")
        with pytest.raises(Refusal) as refused:
            approve_accounts(batch, actor=paying.actor)
        assert (refused.value.code, refused.value.field) == ("four_eyes", "lines/2")

        approve_accounts(batch, actor=paying.role("controller"))

        assert export_batch(batch, actor=paying.second).status == "exported"

    def test_an_account_retired_or_replaced_after_the_approval_stops_the_batch(self, paying):
        batch = paying.approved((paying.bill(), "110"))
        paying.approved_account(paying.supplier, IBANS[1], days_ago=0)
        with pytest.raises(Refusal) as refused:
            export_batch(batch, actor=paying.second)
        assert refused.value.code == "account_changed"

        retire_bank_account(paying.mill_account, actor=paying.second)

        with pytest.raises(Refusal) as refused:
            export_batch(batch, actor=paying.second)
        assert (refused.value.code, refused.value.field) == ("account_changed", "lines/1")
        assert (SupplierPayment.objects.count(), PaymentBatch.objects.get().status) == (0, "approved")


class TestSending:
    def test_P2P_3_through_a_batch(self, paying):
        bill = paying.bill()

        batch = paying.sent((bill, "110"))

        payment = batch.lines.get().supplier_payment
        assert net_by_role(entry_of(payment)) == expected("P2P-3")
        bill.refresh_from_db()
        assert (batch.status, bill.payment_status, payment.payee_account_id, payment.paid_on) == ("exported", "paid", paying.mill_account.pk, PAY_ON)

    def test_the_chain_from_the_bill_over_P2P_3_to_P2P_4_leaves_nothing_on_payables_and_outstanding_payments(self, paying):
        bill = paying.bill()
        payment = paying.sent((bill, "110")).lines.get().supplier_payment
        line = enter_statement_line(bank_account=paying.bank, booked_on=PAY_ON, amount=Decimal(-110), actor=paying.actor, text="RUN")
        line = match_statement_line(line, actor=paying.actor, account_role="OUTSTANDING_PAYMENTS")

        assert net_by_role(entry_of(payment)) == expected("P2P-3")
        assert net_by_role(line.entry) == expected("P2P-4")
        whole = net_by_role(entry_of(bill), entry_of(payment), line.entry)
        assert whole == {"EXPENSE": Decimal(100), "INPUT_TAX": Decimal(10), "BANK": Decimal(-110)}

    def test_P2P_26_the_discount_is_taken_in_the_same_entry(self, paying):
        bill = paying.bill(payment_term_id=paying.discount_term().pk)

        batch = paying.sent()

        payment = batch.lines.get().supplier_payment
        waiting = {"OUTSTANDING_PAYMENTS" if role == "BANK" else role: amount for role, amount in expected("P2P-26").items()}
        assert net_by_role(entry_of(payment)) == waiting
        assert (batch.total, batch.lines.get().discount, paying.open(bill)) == (Decimal("104.50"), Decimal("5.50"), 0)

    def test_one_transfer_carries_all_bills_of_a_supplier_less_its_credits(self, paying):
        first, second, credit = paying.bill(), paying.bill(reference="R-2"), paying.credit("10")

        batch = paying.sent((first, "110"), (second, "50"), (credit, "-11"))

        payment = SupplierPayment.objects.get()
        assert (payment.amount, payment.reference, batch.total) == (149, "R-1, R-2, C-1", 149)
        assert [paying.open(document) for document in (first, second, credit, payment)] == [0, -60, 0, 0]
        assert '<InstdAmt Ccy="EUR">149.00</InstdAmt>' in xml_of(batch)

    def test_the_file_is_kept_with_its_sum_and_sending_again_changes_nothing(self, paying):
        batch = paying.sent((paying.bill(), "110"))
        content = exported_file(batch)
        entries = JournalEntry.objects.count()

        again = export_batch(batch, actor=paying.second)

        assert exported_file(again) == content
        assert (again.file_sha256, again.file.sha256, again.status) == (sha256(content).hexdigest(), sha256(content).hexdigest(), "exported")
        assert (SupplierPayment.objects.count(), JournalEntry.objects.count()) == (1, entries)

    def test_sending_asks_the_database_as_often_for_many_payments_as_for_two(self, paying):
        counts = []
        for many in (2, 6):
            bills = []
            for number in range(many):
                supplier = paying.make_supplier(f"Of {many}: {number}")
                paying.approved_account(supplier, IBANS[number % 4])
                bills.append((paying.bill(supplier=supplier), "110"))
            batch = paying.approved(*bills)
            with CaptureQueriesContext(connection) as asked:
                export_batch(batch, actor=paying.second)
            counts.append(len(asked))

        # One more now and then: event ids are drawn thirty-two at a time.
        assert abs(counts[0] - counts[1]) <= 1 and max(counts) <= 60

    def test_a_creditor_reference_travels_alone_and_structured(self, paying):
        batch = paying.sent((paying.bill(reference="RF18539007547034"), "110"), (paying.bill(reference="R-2"), "110"))

        assert SupplierPayment.objects.count() == 2
        assert "<Cd>SCOR</Cd>" in xml_of(batch) and "<Ref>RF18539007547034</Ref>" in xml_of(batch)

    @pytest.mark.parametrize("format_", ["pain.001.001.09", "pain.001.001.03"])
    def test_both_formats_pass_their_schema(self, paying, format_):
        paying.unwatched()
        PaymentSettings.objects.filter(company=paying.company).update(transfer_format=format_)
        batch = paying.sent((paying.bill(), "110"))

        assert batch.file_format == format_ and f"urn:iso:std:iso:20022:tech:xsd:{format_}" in xml_of(batch)

    def test_what_sepa_does_not_reach_falls_into_a_second_batch(self, paying):
        abroad = paying.make_supplier("Abroad")
        paying.approved_account(abroad, "TR330006100519786457841326")

        sepa, other = paying.batches((paying.bill(), "110"), (paying.bill(supplier=abroad, reference="=1+1"), "110"))

        assert (sepa.method, other.method) == ("sepa", "list")
        other = export_batch(approve_batch(other, actor=paying.second), actor=paying.second)
        assert f"{other.number}-1,,Abroad,TR330006100519786457841326,,EUR,110.00,2026-04-09,'=1+1" in xml_of(other)

    def test_cheques_take_their_numbers_from_the_book(self, paying):
        without, second = paying.make_supplier("Without"), paying.make_supplier("Second")
        ChequeBook.objects.create(company=paying.company, bank_account=paying.bank, first_number=101, last_number=102, next_number=102)
        batch = paying.approved((paying.bill(supplier=without), "110"), (paying.bill(supplier=second), "50"), cheques=True)
        with pytest.raises(Refusal) as refused:
            export_batch(batch, actor=paying.second)
        assert (refused.value.code, SupplierPayment.objects.count()) == ("no_cheques", 0)
        ChequeBook.objects.create(company=paying.company, bank_account=paying.bank, first_number=201, last_number=210, next_number=201)

        batch = export_batch(batch, actor=paying.second)

        assert (batch.method, list(batch.lines.order_by("position").values_list("cheque_number", flat=True))) == ("cheque", [102, 201])
        assert set(SupplierPayment.objects.values_list("method", flat=True)) == {"cheque"}
        assert list(ChequeBook.objects.order_by("pk").values_list("next_number", flat=True)) == [103, 202]

    def test_the_preview_of_sending_posts_nothing_and_keeps_no_file(self, paying, settings, tmp_path):
        batch = paying.approved((paying.bill(), "110"))

        effect = preview(batch, "export", actor=paying.second)

        assert sum(debit for _account, debit, _credit in effect.ledger) == 110
        assert (SupplierPayment.objects.count(), list(tmp_path.rglob("*.xml"))) == (0, [])


class TestAnswers:
    def test_a_rejected_payment_is_mirrored_and_its_bill_open_again(self, paying):
        other = paying.make_supplier("Other")
        paying.approved_account(other, IBANS[1])
        mine, theirs = paying.bill(), paying.bill(supplier=other)
        batch = paying.sent((mine, "110"), (theirs, "110"))

        batch = reject_batch(batch, actor=paying.second, transfers=[2], reason="AC04", on=PAY_ON)

        payment = batch.lines.get(position=2).supplier_payment
        assert net_by_role(entry_of(payment).reversed_by) == expected("P2P-3", mirror=True)
        assert (batch.status, paying.open(mine), paying.open(theirs)) == ("exported", 0, -110)
        assert confirm_batch(batch, actor=paying.second).status == "confirmed"

    def test_a_batch_rejected_as_a_whole_takes_its_set_off_back_and_can_be_paid_again(self, paying):
        bill, credit = paying.bill(), paying.credit("10")
        batch = paying.sent((bill, "110"), (credit, "-11"))

        batch = reject_batch(batch, actor=paying.second, reason="AM04", on=PAY_ON)

        assert (batch.status, paying.open(bill), paying.open(credit)) == ("rejected", -110, 11)
        assert paying.sent((bill, "110"), (credit, "-11")).status == "exported"

    def test_a_cancelled_batch_frees_its_bills(self, paying):
        bill = paying.bill()
        cancel_batch(paying.approved((bill, "110")), actor=paying.second)

        assert paying.batch((bill, "110")).status == "proposed"


def untouched(paying):
    return PaymentBatch.objects.count(), OpenItem.objects.filter(company=paying.company).count(), Allocation.objects.count(), JournalEntry.objects.count()


class TestRefusals:
    def refused(self, paying, *lines, **values):
        before = untouched(paying)
        with pytest.raises(Refusal) as refused:
            propose_batches(**{
                "company_id": paying.company.pk, "bank_account_id": paying.bank.pk, "execute_on": PAY_ON, "actor": paying.actor,
                "lines": [BatchLineInput(*line) for line in lines], **values})
        assert untouched(paying) == before
        return refused.value.field, refused.value.code, refused.value.status

    def test_more_than_is_open(self, paying):
        first, second = paying.item(paying.bill()).pk, paying.item(paying.bill(reference="R-2")).pk

        assert self.refused(paying, (first, Decimal(110)), (second, Decimal("110.01"))) == ("lines/1/amount", "above_open", 422)

    @pytest.mark.parametrize("amount", ["0", "-5"])
    def test_nothing_or_less(self, paying, amount):
        assert self.refused(paying, (paying.item(paying.bill()).pk, Decimal(amount))) == ("lines/0/amount", "wrong_side", 422)

    def test_an_empty_batch(self, paying):
        assert self.refused(paying) == ("lines", "empty_batch", 422)

    def test_another_suppliers_or_a_waiting_account(self, paying):
        item = paying.item(paying.bill()).pk
        other = paying.approved_account(paying.make_supplier("Other"), IBANS[1])

        assert self.refused(paying, (item, Decimal(110), other.pk)) == ("lines/0/account_id", "payee_is_approved", 422)
        retire_bank_account(paying.mill_account, actor=paying.second)
        assert self.refused(paying, (item, Decimal(110), paying.mill_account.pk)) == ("lines/0/account_id", "payee_is_approved", 422)

    def test_a_bill_in_another_open_batch(self, paying):
        bill = paying.bill()
        paying.batch((bill, "50"))

        assert self.refused(paying, (paying.item(bill).pk, Decimal(60))) == ("lines/0/item_id", "in_open_batch", 409)

    def test_no_account_and_no_cheque(self, paying):
        item = paying.item(paying.bill(supplier=paying.make_supplier("Without"))).pk

        assert self.refused(paying, (item, Decimal(110))) == ("lines/0/item_id", "no_account", 422)

    def test_a_held_supplier(self, paying):
        PaymentHold.objects.create(company=paying.company, supplier=paying.supplier, reason="Dispute")

        assert self.refused(paying, (paying.item(paying.bill()).pk, Decimal(110))) == ("lines/0/item_id", "held", 422)

    def test_a_hold_that_has_ended_holds_nothing(self, paying):
        PaymentHold.objects.create(company=paying.company, supplier=paying.supplier, reason="Dispute", until=PAY_ON - timedelta(days=1))

        assert paying.batch((paying.bill(), "110")).status == "proposed"

    def test_credits_above_the_bills(self, paying):
        bill, credit = paying.item(paying.bill()).pk, paying.item(paying.credit("100")).pk

        assert self.refused(paying, (bill, Decimal(110)), (credit, Decimal(-110))) == ("lines/1/amount", "credit_above_bills", 422)

    def test_a_discount_on_a_bill_that_a_credit_is_set_against(self, paying):
        bill, credit = paying.item(paying.bill(payment_term_id=paying.discount_term().pk)).pk, paying.item(paying.credit("10")).pk

        assert self.refused(paying, (bill, Decimal("104.50")), (credit, Decimal(-11))) == ("lines/0/amount", "discount_and_credit", 422)

    def test_a_cash_box_and_another_companys_bank(self, paying):
        item = paying.item(paying.bill()).pk

        assert self.refused(paying, (item, Decimal(110)), bank_account_id=paying.cash.pk) == ("bank_account", "no_bank_account", 422)

    def test_a_bill_paid_meanwhile_stops_the_whole_batch(self, paying):
        first, second = paying.bill(), paying.bill(reference="R-2")
        batch = paying.approved((first, "110"), (second, "110"))
        paying.pay("110", allocations=[(paying.item(second).pk, Decimal(110))])
        before = untouched(paying)

        with pytest.raises(Refusal) as refused:
            export_batch(batch, actor=paying.second)

        assert (refused.value.field, refused.value.code, refused.value.status) == ("lines/2", "paid_meanwhile", 409)
        assert untouched(paying) == before and paying.open(first) == -110

    def test_a_rejected_or_cancelled_batch_is_not_sent(self, paying):
        rejected = reject_batch(paying.sent((paying.bill(), "110")), actor=paying.second, on=PAY_ON)
        cancelled = cancel_batch(paying.batch((paying.bill(reference="R-2"), "110")), actor=paying.actor)

        for batch in (rejected, cancelled):
            with pytest.raises(TransitionNotAllowed):
                export_batch(batch, actor=paying.second)

    def test_a_batch_without_approval_is_not_sent(self, paying):
        with pytest.raises(TransitionNotAllowed):
            export_batch(paying.batch((paying.bill(), "110")), actor=paying.second)

    def test_rejecting_twice_or_what_is_not_there(self, paying):
        batch = paying.sent((paying.bill(), "110"))
        for transfers, code in (([9], "no_such_transfer"), ([], "no_such_transfer")):
            with pytest.raises(Refusal) as refused:
                reject_batch(batch, actor=paying.second, transfers=transfers)
            assert refused.value.code == code


def test_watched_accounts_are_those_younger_than_the_setting(paying):
    young = paying.make_supplier("Young")
    paying.approved_account(young, IBANS[1], days_ago=6)
    paying.approved_account(paying.make_supplier("Old"), IBANS[2], days_ago=8)
    paying.bill(supplier=young)
    paying.bill()

    assert {row.party: row.is_watched for row in paying.proposal().ticked} == {"Young": True, "Paper Mill": False}
