"""Every answer carries the headers; the policy is strict everywhere but on the console's path."""

import pytest
from django.urls import reverse

from tests.factories.base import make_company, make_user

PLACES = ("/", "/login/", "/search/", "/account/sessions/", "/account/tokens/", "/kernel/taxes/", "/nowhere/", "/api/v1/kernel/taxes/", "/api/docs/")


@pytest.fixture
def browser(client, db):
    client.force_login(make_user(make_company(), "administrator", is_staff=True))
    return client


def directives(response) -> dict[str, set[str]]:
    parts = [part.split() for part in response["Content-Security-Policy"].split(";")]
    return {part[0]: set(part[1:]) for part in parts if part}


@pytest.mark.parametrize("place", PLACES)
def test_every_answer_is_guarded(browser, place):
    response = browser.get(place)

    policy = directives(response)
    assert policy["default-src"] == {"'none'"}
    assert policy["script-src"] == policy["style-src"] == {"'self'"}
    assert policy["frame-ancestors"] == policy["base-uri"] == {"'none'"}
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in response["Permissions-Policy"]
    assert "no-store" in response["Cache-Control"]
    assert response["X-Request-ID"]


def test_only_the_console_may_evaluate(browser):
    policy = directives(browser.get(reverse("admin:index")))

    assert policy["script-src"] == {"'self'", "'unsafe-eval'"}
    assert policy["style-src"] == {"'self'", "'unsafe-inline'"}


def test_a_trace_parent_is_taken_over_and_a_bad_one_is_not(client, db):
    good = client.get("/login/", headers={"X-Request-ID": "abcdef-12345"})
    bad = client.get("/login/", headers={"X-Request-ID": "x\ny", "traceparent": "zz"})

    assert good["X-Request-ID"] == "abcdef-12345"
    assert bad["X-Request-ID"] not in ("x\ny", "")
