"""Signing in, staying in, and being shut out."""

import time

import pytest
from django.urls import reverse

from suite.kernel.audit.models import AuditEvent
from suite.kernel.users.models import User
from tests.factories.base import make_company, make_user

PASSWORD = "a long pass phrase"


@pytest.fixture
def clerk(db) -> User:
    return make_user(make_company(), "sales", username="clerk")


def test_signing_in_leads_home_and_is_recorded(client, clerk):
    response = client.post("/login/", {"username": "clerk", "password": PASSWORD})

    assert response.status_code == 302
    assert response["Location"] == "/"
    assert AuditEvent.objects.filter(kind="sign_in", actor=clerk).count() == 1


@pytest.mark.parametrize("name", ["clerk", "nobody-at-all"])
def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(client, clerk, name):
    response = client.post("/login/", {"username": name, "password": "wrong"})

    assert response.status_code == 200
    assert b"Name and password do not match" in response.content
    assert AuditEvent.objects.filter(kind="sign_in_failed").count() == 1


def test_five_failures_lock_the_name_for_a_while(client, clerk, settings):
    settings.AXES_ENABLED = True
    for _n in range(5):
        response = client.post("/login/", {"username": "clerk", "password": "wrong"})

    assert response.status_code == 429
    assert client.post("/login/", {"username": "clerk", "password": PASSWORD}).status_code == 429


def test_the_suite_never_signs_in_as_a_service(client, db):
    make_company()
    service = User.objects.get(username="integration")
    service.set_password(PASSWORD)
    service.save()

    assert client.post("/login/", {"username": "integration", "password": PASSWORD}).status_code == 200


@pytest.mark.parametrize(("aged", "seconds"), [("seen_at", 31 * 60), ("started_at", 13 * 3600)])
def test_an_idle_or_endless_session_ends(client, clerk, aged, seconds):
    client.force_login(clerk)
    client.get(reverse("sessions"))
    session = client.session
    session[aged] = int(time.time()) - seconds
    session.save()

    response = client.get(reverse("sessions"))

    assert response.status_code == 302
    assert "/login/" in response["Location"]


def test_the_other_sessions_can_be_ended(client, clerk):
    from django.test import Client

    other = Client()
    for browser in (client, other):
        browser.force_login(clerk)
        browser.get(reverse("sessions"))

    client.post(reverse("sessions"), {"others": "1"})

    assert other.get(reverse("sessions")).status_code == 302
    assert client.get(reverse("sessions")).status_code == 200


def test_a_company_of_others_cannot_be_switched_to(client, clerk):
    twin = make_company()
    client.force_login(clerk)

    response = client.post(reverse("switch_company"), {"company": twin.pk})

    clerk.refresh_from_db()
    assert response.status_code == 404
    assert clerk.company_id != twin.pk
