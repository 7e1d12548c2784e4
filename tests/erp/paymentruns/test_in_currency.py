"""A company with its books in US dollars: euros by SEPA from its euro account, pounds by list; the difference of the rates is posted (FX-6)."""

from datetime import timedelta
from decimal import Decimal

import pytest

from erp.paymentruns.models import PaymentSettings
from erp.paymentruns.selectors.proposing import propose
from erp.paymentruns.services import BatchLineInput, approve_batch, export_batch, exported_file, propose_batches, reject_batch
from tests.factories.books import net_by_role
from tests.factories.buying_abroad import BuyingAbroad
from tests.factories.currencies import rates
from tests.factories.payables import DAY, entry_of
from tests.golden.postings import expected

pytestmark = pytest.mark.django_db
LATER = DAY + timedelta(days=10)


@pytest.fixture
def abroad(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    made = BuyingAbroad()
    rates(made.company, "EUR", {DAY: "1.10", LATER: "1.15"})
    rates(made.company, "GBP", {DAY: "1.30"})
    made.payee()
    return made


def sent(abroad, account, code):
    PaymentSettings.objects.get_or_create(company=abroad.company, defaults={"watched_days": 0})
    found = propose(bank_account=account, due_until=LATER, execute_on=LATER, currency_id=code)
    batch = propose_batches(
        company_id=abroad.company.pk, bank_account_id=account.pk, execute_on=LATER, actor=abroad.actor,
        lines=[BatchLineInput(row.item_id, row.amount) for row in found.ticked])[0]
    return export_batch(approve_batch(batch, actor=abroad.second), actor=abroad.second)


def test_FX_6_through_a_batch_from_the_euro_account(abroad):
    account = abroad.account_in("EUR", "1011")
    account.iban = "DE02120300000000202051"
    account.save()
    bill = abroad.bill_in()

    batch = sent(abroad, account, "EUR")

    payment = batch.lines.get().supplier_payment
    waiting = {"OUTSTANDING_PAYMENTS" if role == "BANK" else role: amount for role, amount in expected("FX-6").items()}
    assert net_by_role(entry_of(payment), *abroad.differences()) == waiting
    assert (batch.method, batch.total, batch.total_in_books, batch.approval_amount) == ("sepa", 100, 110, 110)
    assert '<InstdAmt Ccy="EUR">100.00</InstdAmt>' in exported_file(batch).decode()
    assert abroad.left(bill, payment) == [(0, 0), (0, 0)]

    reject_batch(batch, actor=abroad.second, on=LATER)

    assert abroad.left(bill) == [(-110, -100)]


def test_pounds_go_on_a_list(abroad):
    abroad.bill_in("50", code="GBP")

    batch = sent(abroad, abroad.bank, "GBP")

    assert (batch.method, batch.total, batch.total_in_books) == ("list", 50, Decimal(65))
    assert ",GBP,50.00," in exported_file(batch).decode()
