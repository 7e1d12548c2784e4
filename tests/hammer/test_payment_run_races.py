"""Payment runs under real threads: number 2 of the plan for suppliers (what is paid never exceeds the bill), and number 5 for sending twice."""

from decimal import Decimal
from functools import partial

import pytest
from django.test import override_settings

from erp.payables.models import SupplierPayment
from erp.payables.services import draft_supplier_payment, post_supplier_payment
from erp.paymentruns.models import PaymentBatch, PaymentBatchLine
from erp.paymentruns.services import BatchLineInput, approve_batch, cancel_batch, export_batch, exported_file, propose_batches
from erp.receivables.models import OpenItem
from suite.kernel.documents.errors import BusinessError, TransitionNotAllowed
from tests.factories.payment_runs import PAY_ON, Paying
from tests.hammer.crossing import REPETITIONS, deadlocks, must_be_sound, settle

pytestmark = [pytest.mark.hammer, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def store(tmp_path):
    with override_settings(MEDIA_ROOT=tmp_path):
        yield


def errors_of(outcomes) -> list[BaseException]:
    return [outcome.error for outcome in outcomes if outcome.error is not None]


def propose(paying: Paying, items: list[int]) -> list[PaymentBatch]:
    return propose_batches(
        company_id=paying.company.pk, bank_account_id=paying.bank.pk, execute_on=PAY_ON, actor=paying.actor,
        lines=[BatchLineInput(item, Decimal(110)) for item in items])


def test_two_batches_over_the_same_bills_at_once(race):
    """Both hold two bills, in opposite order: one batch is made, the other is refused, nothing waits for each other in a ring."""
    before = deadlocks()
    for _repetition in range(REPETITIONS):
        paying = Paying()
        items = [paying.item(paying.bill(reference=f"R-{number}")).pk for number in range(2)]
        outcomes = race(partial(propose, paying, items), partial(propose, paying, items[::-1]))
        assert [(type(error).__name__, error.code) for error in errors_of(outcomes)] == [("Refusal", "in_open_batch")]
        assert PaymentBatchLine.objects.filter(company=paying.company, is_open=True).count() == 2
        assert PaymentBatch.objects.filter(company=paying.company).count() == 1
    settle()
    must_be_sound(before)


def test_two_exports_of_a_batch_at_once(race):
    before = deadlocks()
    for _repetition in range(REPETITIONS):
        paying = Paying()
        batch = paying.approved((paying.bill(), "110"), (paying.bill(reference="R-2"), "60"))
        outcomes = race(partial(export_batch, batch, actor=paying.second), partial(export_batch, batch, actor=paying.second))
        assert errors_of(outcomes) == []
        assert len({exported_file(outcome.value) for outcome in outcomes}) == 1
        assert SupplierPayment.objects.filter(company=paying.company).count() == 1
        assert set(OpenItem.objects.filter(company=paying.company, kind="bill").values_list("open_amount", flat=True)) == {Decimal(0), Decimal(-50)}
    settle()
    must_be_sound(before)


def test_a_payment_by_hand_against_the_export_of_a_batch(race):
    """One of them pays the bill, the other is refused: the batch as a whole, or the hand's payment."""
    before = deadlocks()
    for _repetition in range(REPETITIONS):
        paying = Paying()
        first, second = paying.bill(), paying.bill(reference="R-2")
        batch = paying.approved((first, "110"), (second, "110"))
        payment = draft_supplier_payment(
            company_id=paying.company.pk, supplier_id=paying.supplier.pk, bank_account_id=paying.bank.pk, amount=Decimal(110), paid_on=PAY_ON,
            currency_id="EUR", actor=paying.actor)
        outcomes = race(
            partial(export_batch, batch, actor=paying.second),
            partial(post_supplier_payment, payment, actor=paying.actor, allocations=[(paying.item(second).pk, Decimal(110))]),
        )
        failed = errors_of(outcomes)
        assert len(failed) == 1 and isinstance(failed[0], BusinessError), failed
        batch.refresh_from_db()
        paid = Decimal(220) if batch.status == "exported" else Decimal(110)
        assert -sum(OpenItem.objects.filter(company=paying.company, kind="bill").values_list("open_amount", flat=True)) == 220 - paid
        assert sum(SupplierPayment.objects.filter(company=paying.company).exclude(status="draft").values_list("amount", flat=True)) == paid
    settle()
    must_be_sound(before)


def test_approving_cancelling_and_sending_at_once(race):
    before = deadlocks()
    for _repetition in range(REPETITIONS):
        paying = Paying()
        batch = paying.approved((paying.bill(), "110"))
        outcomes = race(
            partial(export_batch, batch, actor=paying.second), partial(cancel_batch, batch, actor=paying.actor),
            partial(approve_batch, batch, actor=paying.second),
        )
        assert all(isinstance(error, TransitionNotAllowed) for error in errors_of(outcomes))
        batch.refresh_from_db()
        assert batch.status in ("exported", "cancelled")
        assert SupplierPayment.objects.filter(company=paying.company).exists() == (batch.status == "exported")
    settle()
    must_be_sound(before)
