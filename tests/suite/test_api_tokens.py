"""Tokens: shown once, hashed, scoped, ending."""

from datetime import timedelta

import pytest
from django.utils import timezone

from suite.kernel.documents.errors import Refusal
from suite.kernel.tokens.models import ApiToken
from suite.kernel.tokens.services import create_token, revoke_token
from tests.factories.base import make_company, make_user

TAXES = "/api/v1/kernel/taxes/"


@pytest.fixture
def boss(db):
    return make_user(make_company(), "administrator")


def token(boss, *scopes: str, days: int = 30, addresses=()) -> tuple[ApiToken, dict[str, str]]:
    made, secret = create_token(
        name="shop", scopes=scopes, expires_at=timezone.now() + timedelta(days=days), actor=boss, allowed_addresses=addresses,
    )
    return made, {"Authorization": f"Bearer {secret}"}


def test_a_token_reads_what_its_user_may_within_its_scope(client, boss):
    _made, headers = token(boss, "kernel:read")

    assert client.get(TAXES, headers=headers).status_code == 200
    assert client.post(TAXES, {}, content_type="application/json", headers=headers).status_code == 403


def test_a_scope_for_one_suite_opens_no_other(client, boss):
    _made, headers = token(boss, "crm:write")

    assert client.get(TAXES, headers=headers).status_code == 403


def test_the_database_does_not_hold_the_secret(boss):
    made, headers = token(boss, "*:read")
    secret = headers["Authorization"].partition(".")[2]

    assert secret not in str(ApiToken.objects.filter(pk=made.pk).values().get())


def test_a_revoked_expired_or_foreign_token_is_a_401(client, boss):
    revoked, first = token(boss, "*:read")
    revoke_token(revoked, actor=boss)
    expired, second = token(boss, "*:read")
    ApiToken.objects.filter(pk=expired.pk).update(expires_at=timezone.now())
    _bound, third = token(boss, "*:read", addresses=["10.1.2.3"])

    for headers in (first, second, third, {"Authorization": "Bearer nonsense.nonsense"}):
        response = client.get(TAXES, headers=headers)
        assert response.status_code == 401
        assert response["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(("scopes", "days"), [(("crm:everything",), 30), ((), 30), (("crm:read",), 400), (("crm:read",), -1)])
def test_unknown_scopes_and_long_lives_are_refused(boss, scopes, days):
    with pytest.raises(Refusal):
        token(boss, *scopes, days=days)

    assert ApiToken.objects.count() == 0
