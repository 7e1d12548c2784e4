"""A supplier's bank account takes two people, and money goes to approved ones only."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from erp.payables.models import SupplierBankAccount, SupplierPayment
from erp.payables.services import approve_bank_account, draft_supplier_payment, enter_supplier_bank_account, post_supplier_payment, retire_bank_account
from suite.kernel.documents.editing import save_record
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.work import unit_of_work
from tests.factories.payables import DAY

pytestmark = pytest.mark.django_db
IBAN, OTHER = "DE89370400440532013000", "GB82WEST12345698765432"


@pytest.fixture
def account(buying):
    return enter_supplier_bank_account(
        company_id=buying.company.pk, supplier_id=buying.supplier.pk, iban="de89 3704 0044 0532 0130 00", holder="Paper Mill", actor=buying.actor)


def payment_to(buying, account):
    return draft_supplier_payment(
        company_id=buying.company.pk, supplier_id=buying.supplier.pk, bank_account_id=buying.bank.pk, amount=50, paid_on=DAY, currency_id="EUR",
        actor=buying.actor, payee_account_id=account.pk)


def test_a_second_person_approves(buying, account):
    assert (account.iban, account.status) == (IBAN, "draft")

    account = approve_bank_account(account, actor=buying.second)

    assert (account.status, account.approved_by) == ("approved", buying.second)


def test_whoever_entered_it_does_not_approve_it(buying, account):
    with pytest.raises(Refusal) as refused:
        approve_bank_account(account, actor=buying.actor)

    assert refused.value.code == "four_eyes"
    account.refresh_from_db()
    assert (account.status, account.approved_by) == ("draft", None)


def test_whoever_changed_it_does_not_approve_it(buying, account):
    account.iban = OTHER
    save_record(account, actor=buying.second)

    with pytest.raises(Refusal):
        approve_bank_account(account, actor=buying.second)


def test_wrong_check_digits_are_refused(buying):
    with pytest.raises(Refusal) as refused:
        enter_supplier_bank_account(
            company_id=buying.company.pk, supplier_id=buying.supplier.pk, iban="DE88370400440532013000", holder="X", actor=buying.actor)

    assert (refused.value.field, SupplierBankAccount.objects.count()) == ("iban", 0)


def test_a_payment_to_an_account_that_is_not_approved_is_refused(buying, account):
    payment = payment_to(buying, account)

    with pytest.raises(Refusal) as refused:
        post_supplier_payment(payment, actor=buying.actor)

    assert (refused.value.field, refused.value.code) == ("payee_account", "payee_is_approved")
    payment.refresh_from_db()
    assert (payment.status, payment.entry_id) == ("draft", None)
    approve_bank_account(account, actor=buying.second)
    assert post_supplier_payment(payment, actor=buying.actor).status == "posted"


def test_no_payment_goes_to_a_retired_account(buying, account):
    account = retire_bank_account(approve_bank_account(account, actor=buying.second), actor=buying.actor)

    with pytest.raises(Refusal):
        post_supplier_payment(payment_to(buying, account), actor=buying.actor)


def test_the_database_keeps_the_four_eyes(buying, account):
    rows = SupplierBankAccount.objects.filter(pk=account.pk)
    for change in (
        {"status": "approved"},
        {"status": "approved", "approved_by": buying.actor, "approved_at": timezone.now()},
        {"status": "approved", "approved_by": buying.second, "iban": OTHER},
        {"status": "approved", "approved_by": buying.actor, "created_by": buying.second, "changed_by": buying.second},
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), unit_of_work(buying.actor):
            rows.update(**change)
    approve_bank_account(account, actor=buying.second)
    for change in ({"iban": OTHER}, {"status": "draft"}, {"approved_by": None}, {"holder": "Thief"}):
        with pytest.raises(IntegrityError), transaction.atomic(), unit_of_work(buying.actor):
            rows.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic(), unit_of_work(buying.actor):
        SupplierBankAccount.objects.create(
            company=buying.company, supplier=buying.supplier, iban=OTHER, holder="X", status="approved", created_by=buying.actor,
            changed_by=buying.actor, approved_by=buying.second)


def test_the_database_pays_no_account_that_is_not_approved(buying, account):
    payment = payment_to(buying, account)

    with pytest.raises(IntegrityError, match="not approved"), transaction.atomic(), unit_of_work(buying.actor):
        SupplierPayment.objects.filter(pk=payment.pk).update(status="posted")
