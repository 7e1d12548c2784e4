"""Who takes data out of the house is written down."""

import pytest

from suite.kernel.audit.models import AuditEvent
from tests.factories.base import make_company, make_customer, make_user


@pytest.fixture
def sales(client):
    user = make_user(make_company(), "sales")
    client.force_login(user)
    return user


@pytest.mark.django_db
def test_an_export_of_a_list_is_recorded_with_who_what_and_filter(client, sales):
    make_customer(sales.company, "Holt & Sons")

    client.get("/kernel/parties/export/", {"format": "csv", "q": "Holt"})

    event = AuditEvent.objects.get(kind="export")
    assert (event.actor, event.company, event.subject) == (sales, sales.company, "kernel.party")
    assert event.detail == {"format": "csv", "filter": "format=csv&q=Holt"}


@pytest.mark.django_db
def test_a_refused_export_is_no_export(client, sales):
    answer = client.get("/kernel/parties/export/", {"format": "exe"})

    assert answer.status_code == 400
    assert not AuditEvent.objects.filter(kind="export").exists()
