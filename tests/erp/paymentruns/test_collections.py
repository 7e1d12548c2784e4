"""Direct debits: mandates from the form to their end, the run, its file, what comes back."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from erp.paymentruns.models import Mandate, PaymentBatch, PaymentSettings
from erp.paymentruns.printouts import print_announcements, print_mandate
from erp.paymentruns.services import (
    BatchLineInput,
    activate_mandate,
    approve_batch,
    cancel_mandate,
    enter_mandate,
    expire_mandates,
    export_batch,
    exported_file,
    finish_mandate,
    propose_batches,
    reject_batch,
)
from erp.receivables.models import CustomerPayment
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.work import unit_of_work
from tests.factories.base import make_customer
from tests.factories.books import net_by_role
from tests.factories.payables import entry_of
from tests.factories.payment_runs import IBANS, PAY_ON
from tests.golden.postings import expected

pytestmark = pytest.mark.django_db


@pytest.fixture
def collecting(paying):
    paying.unwatched()
    paying.customer = make_customer(paying.company, "Café Süd")
    return paying


def run(paying, **values):
    return paying.sent(direction="in", **values)


class TestRun:
    def test_O2C_4_by_direct_debit(self, collecting):
        mandate = collecting.mandate(collecting.customer)
        invoice = collecting.customer_invoice(customer=collecting.customer)

        batch = run(collecting)

        payment = batch.lines.get().customer_payment
        assert net_by_role(entry_of(payment)) == expected("O2C-4")
        assert (payment.method, collecting.open(invoice)) == ("direct_debit", 0)
        text = exported_file(batch).decode()
        for part in ("<SeqTp>FRST<", f"<MndtId>{mandate.reference}<", "<Nm>Cafe Sued<", "DE98ZZZ09999999999", "<DtOfSgntr>2026-01-05<"):
            assert part in text
        mandate.refresh_from_db()
        assert (mandate.sequence, mandate.last_used_on) == ("RCUR", PAY_ON)

    def test_O2C_16_a_debit_that_comes_back(self, collecting):
        mandate = collecting.mandate(collecting.customer)
        invoice = collecting.customer_invoice(customer=collecting.customer)
        batch = run(collecting)

        batch = reject_batch(batch, actor=collecting.second, reason="AC06", on=PAY_ON)

        payment = batch.lines.get().customer_payment
        assert net_by_role(entry_of(payment).reversed_by) == expected("O2C-4", mirror=True)
        mandate.refresh_from_db()
        assert (batch.status, payment.status, collecting.open(invoice), mandate.sequence) == ("rejected", "reversed", 110, "FRST")

    def test_the_second_collection_is_recurrent_and_the_last_ends_the_mandate(self, collecting):
        mandate = collecting.mandate(collecting.customer)
        collecting.customer_invoice(customer=collecting.customer)
        run(collecting)
        collecting.customer_invoice(customer=collecting.customer)
        assert run(collecting).lines.get().sequence == "RCUR"
        mandate = finish_mandate(mandate, actor=collecting.actor)
        collecting.customer_invoice(customer=collecting.customer)

        assert run(collecting).lines.get().sequence == "FNAL"

        mandate.refresh_from_db()
        assert mandate.status == "expired"

    def test_once_only_ends_the_mandate(self, collecting):
        mandate = collecting.mandate(collecting.customer, sequence="OOFF", scheme="B2B")
        collecting.customer_invoice(customer=collecting.customer)

        batch = run(collecting, scheme="B2B")

        mandate.refresh_from_db()
        assert (batch.scheme, mandate.status) == ("B2B", "expired") and "<Cd>B2B</Cd>" in exported_file(batch).decode()

    @pytest.mark.parametrize("format_", ["pain.008.001.08", "pain.008.001.02"])
    def test_both_formats_pass_their_schema(self, collecting, format_):
        collecting.company.iban, collecting.company.bic = collecting.bank.iban, "BYLADEM1001"
        collecting.company.save()
        PaymentSettings.objects.filter(company=collecting.company).update(debit_format=format_)
        collecting.mandate(collecting.customer, bic="RLNWATWWXXX")
        collecting.customer_invoice(customer=collecting.customer)

        assert f"xsd:{format_}" in exported_file(run(collecting)).decode()

    def test_announcement_and_form_are_printed(self, collecting):
        mandate = collecting.mandate(collecting.customer)
        collecting.customer_invoice(customer=collecting.customer)
        batch = collecting.batch(direction="in")

        assert print_announcements(batch).content.startswith(b"%PDF")
        assert print_mandate(mandate).content.startswith(b"%PDF")
        with pytest.raises(Refusal):
            print_announcements(collecting.batch((collecting.bill(), "110")))

    def test_without_creditor_identifier_nothing_is_sent(self, collecting):
        PaymentSettings.objects.filter(company=collecting.company).update(creditor_id="")
        collecting.mandate(collecting.customer)
        collecting.customer_invoice(customer=collecting.customer)

        with pytest.raises(Refusal) as refused:
            run(collecting)

        assert refused.value.code == "no_creditor_id" and not CustomerPayment.objects.exists()


class TestMandates:
    @pytest.mark.parametrize("iban", ["DE89370400440532013001", "DE8937040044053201300", "XX00", "FR1420041010050500013M02607"])
    def test_a_wrong_iban_is_refused_at_its_field(self, collecting, iban):
        with pytest.raises(Refusal) as refused:
            enter_mandate(company_id=collecting.company.pk, customer_id=collecting.customer.pk, iban=iban, holder="X", actor=collecting.actor)

        assert (refused.value.field, refused.value.code) == ("iban", "not_an_iban")
        assert not Mandate.objects.exists()

    def test_it_is_active_only_when_signed_and_not_too_long_ago(self, collecting):
        mandate = enter_mandate(company_id=collecting.company.pk, customer_id=collecting.customer.pk, iban=IBANS[2], holder="X", actor=collecting.actor)
        for day, code in ((None, "not_signed"), (timezone.localdate() + timedelta(days=1), "not_signed"), (date(2023, 11, 24), "mandate_expired")):
            with pytest.raises(Refusal) as refused:
                activate_mandate(mandate, actor=collecting.actor, signed_on=day)
            assert (refused.value.field, refused.value.code) == ("signed_on", code)

        assert activate_mandate(mandate, actor=collecting.actor, signed_on=date(2026, 1, 1)).status == "active"

    def test_one_active_mandate_for_each_customer_and_scheme(self, collecting):
        collecting.mandate(collecting.customer)

        with pytest.raises(IntegrityError, match="one_active_mandate"), transaction.atomic():
            collecting.mandate(collecting.customer)

    def test_a_cancelled_mandate_collects_nothing(self, collecting):
        mandate = collecting.mandate(collecting.customer)
        invoice = collecting.customer_invoice(customer=collecting.customer)
        approved = approve_batch(collecting.batch(direction="in"), actor=collecting.second)
        cancel_mandate(mandate, actor=collecting.actor, reason="Customer asked")

        with pytest.raises(Refusal) as refused:
            export_batch(approved, actor=collecting.second)

        assert (refused.value.field, refused.value.code, collecting.open(invoice)) == ("lines/1", "mandate_over", 110)

    def test_no_mandate_no_proposal(self, collecting):
        item = collecting.item(collecting.customer_invoice(customer=collecting.customer)).pk

        with pytest.raises(Refusal) as refused:
            propose_batches(
                company_id=collecting.company.pk, bank_account_id=collecting.bank.pk, execute_on=PAY_ON, direction="in", actor=collecting.actor,
                lines=[BatchLineInput(item, Decimal(110))])

        assert (refused.value.field, refused.value.code) == ("lines/0/item_id", "no_mandate")
        assert [row.hindrance for row in collecting.proposal(direction="in").candidates] == ["no_mandate"]

    def test_36_months_unused_it_expires(self, collecting):
        mandate = collecting.mandate(collecting.customer, signed_on=date(2024, 2, 29))
        item = collecting.item(collecting.customer_invoice(customer=collecting.customer)).pk
        assert mandate.usable_until == date(2027, 2, 28)
        with pytest.raises(Refusal) as refused:
            propose_batches(
                company_id=collecting.company.pk, bank_account_id=collecting.bank.pk, execute_on=date(2027, 3, 1), direction="in", actor=collecting.actor,
                lines=[BatchLineInput(item, Decimal(110))])
        assert refused.value.code == "mandate_expired"

        assert expire_mandates(company_id=collecting.company.pk, on=date(2027, 2, 28), actor=collecting.actor) == 0
        assert expire_mandates(company_id=collecting.company.pk, on=date(2027, 3, 1), actor=collecting.actor) == 1
        assert Mandate.objects.get().status == "expired" and not PaymentBatch.objects.exists()

    def test_signed_it_never_changes(self, collecting):
        mandate = collecting.mandate(collecting.customer)

        for change in ({"iban": IBANS[0]}, {"status": "draft"}, {"signed_on": date(2026, 1, 1)}):
            with pytest.raises(IntegrityError, match="never changes"), transaction.atomic(), unit_of_work(collecting.actor):
                Mandate.objects.filter(pk=mandate.pk).update(**change)
