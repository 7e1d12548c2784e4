"""A payment's status is what its entry says, whoever writes it."""

import pytest
from django.db import IntegrityError, transaction

from erp.payables.models import SupplierPayment
from erp.payables.services import draft_supplier_payment, enter_supplier_bank_account, mark_supplier_payment_matched, post_supplier_payment
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.transitions import available
from suite.kernel.documents.work import unit_of_work
from tests.factories.payables import DAY

pytestmark = pytest.mark.django_db


def draft_of(buying, **values):
    return draft_supplier_payment(
        company_id=buying.company.pk, supplier_id=buying.supplier.pk, bank_account_id=buying.bank.pk, amount=50, paid_on=DAY, currency_id="EUR",
        actor=buying.actor, **values)


@pytest.mark.parametrize("status", ["posted", "matched"])
def test_no_account_that_is_not_approved_is_paid_whatever_the_status(buying, status):
    account = enter_supplier_bank_account(
        company_id=buying.company.pk, supplier_id=buying.supplier.pk, iban="DE89370400440532013000", holder="Paper Mill", actor=buying.actor)
    payment = draft_of(buying, payee_account_id=account.pk)

    with pytest.raises(IntegrityError, match="not approved"), transaction.atomic(), unit_of_work(buying.actor):
        SupplierPayment.objects.filter(pk=payment.pk).update(status=status)


@pytest.mark.parametrize("status", ["posted", "matched", "reversed"])
def test_a_payment_without_an_entry_is_a_draft(buying, status):
    payment = draft_of(buying, method="direct_debit")

    with pytest.raises(IntegrityError, match="posted_supplier_payment_has_entry"), transaction.atomic(), unit_of_work(buying.actor):
        SupplierPayment.objects.filter(pk=payment.pk).update(status=status)


def test_a_transfer_says_where_it_goes(buying):
    payment = draft_of(buying)

    with pytest.raises(Refusal) as refused:
        post_supplier_payment(payment, actor=buying.actor)
    with pytest.raises(IntegrityError, match="names the account"), transaction.atomic(), unit_of_work(buying.actor):
        SupplierPayment.objects.filter(pk=payment.pk).update(status="posted")

    payment.refresh_from_db()
    assert (refused.value.field, refused.value.code, payment.status) == ("payee_account", "transfer_has_a_payee", "draft")


def test_a_payment_is_rejected_by_its_mirrored_entry_only(buying):
    payment = buying.pay("50", kind="advance")

    with pytest.raises(IntegrityError, match="reversing entry"), transaction.atomic(), unit_of_work(buying.actor):
        SupplierPayment.objects.filter(pk=payment.pk).update(status="reversed")


def test_a_person_is_not_offered_a_match_that_posts_nothing(buying):
    payment = buying.pay("50", kind="advance")

    offered = {offer.name for offer in available(payment, buying.actor)}
    with pytest.raises(Refusal) as refused:
        mark_supplier_payment_matched(payment, actor=buying.actor)

    payment.refresh_from_db()
    assert {"reverse", "match"} <= offered
    assert "unmatch" not in offered
    assert (refused.value.code, payment.status) == ("line_missing", "posted")
