"""Who read bank accounts and costs is written down; the values are not."""

import pytest

from erp.banking.models import BankAccount
from suite.kernel.audit.models import AuditEvent
from tests.factories.base import make_customer, make_user
from tests.factories.books import make_books

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(client):
    user = make_user(make_books(), "finance")
    client.force_login(user)
    return user


def readings():
    return [(event.subject, event.detail["fields"]) for event in AuditEvent.objects.filter(kind="read").order_by("pk")]


def test_a_bank_account_read_on_its_page_or_by_the_api_leaves_a_trace(client, clerk):
    bank = BankAccount.objects.get(company=clerk.company, code="BANK")
    BankAccount.objects.filter(pk=bank.pk).update(iban="DE02120300000000202051")

    assert client.get(f"/erp/bank-accounts/{bank.pk}/").status_code == 200
    assert client.get(f"/api/v1/erp/bank-accounts/{bank.pk}/").status_code == 200
    assert client.get("/api/v1/erp/bank-accounts/").status_code == 200

    one, many = (f"erp.bankaccount:{bank.pk}", ["iban"]), ("erp.bankaccount", ["iban"])
    assert readings() == [one, one, many]
    event = AuditEvent.objects.filter(kind="read").first()
    assert (event.actor, event.company) == (clerk, clerk.company)
    assert "DE02" not in str(event.detail)


def test_what_is_not_sensitive_leaves_none(client, clerk):
    customer = make_customer(clerk.company)

    assert client.get(f"/kernel/parties/{customer.pk}/").status_code == 200

    assert readings() == []


def test_an_auditor_sees_the_readings_on_a_page(client, clerk):
    bank = BankAccount.objects.get(company=clerk.company, code="BANK")
    client.get(f"/erp/bank-accounts/{bank.pk}/")
    client.force_login(make_user(clerk.company, "auditor"))

    page = client.get("/kernel/audit-events/?q=bankaccount")

    assert page.status_code == 200
    assert f"erp.bankaccount:{bank.pk}" in page.content.decode()
    client.force_login(make_user(clerk.company, "sales"))
    assert client.get("/kernel/audit-events/").status_code == 403
