"""Writing through the API: once per key, on the version seen, with every error at its field."""

import pytest

from suite.kernel.taxes.models import Tax
from suite.kernel.terms.models import PaymentTerm
from tests.factories.base import make_company, make_user

TAXES, TERMS = "/api/v1/kernel/taxes/", "/api/v1/kernel/payment-terms/"
TAX = {"code": "X", "name": "Extra", "rate": "0.07", "category": "S"}


@pytest.fixture
def api(client, db):
    client.force_login(make_user(make_company(), "administrator"))

    def call(method: str, path: str, body, **headers):
        return getattr(client, method)(path, body, content_type="application/json", headers=headers)

    return call


def test_the_same_key_makes_one_record(api):
    first = api("post", TAXES, TAX, **{"Idempotency-Key": "k1"})
    second = api("post", TAXES, TAX, **{"Idempotency-Key": "k1"})

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["id"] == second.json()["id"]
    assert second["Idempotency-Replayed"] == "true"
    assert Tax.objects.filter(code="X").count() == 1


def test_the_same_key_for_another_request_is_refused(api):
    api("post", TAXES, TAX, **{"Idempotency-Key": "k1"})

    response = api("post", TAXES, {**TAX, "code": "Y"}, **{"Idempotency-Key": "k1"})

    assert response.status_code == 422
    assert response.json()["code"] == "idempotency_key_reused"
    assert not Tax.objects.filter(code="Y").exists()


def test_a_second_record_with_the_same_code_is_named_at_its_field(api):
    api("post", TAXES, TAX)

    response = api("post", TAXES, TAX)

    assert response.status_code in (409, 422)
    assert response["Content-Type"] == "application/problem+json"
    assert Tax.objects.filter(code="X").count() == 1


def test_a_broken_rule_is_a_422_and_nothing_is_saved(api):
    response = api("post", TAXES, {**TAX, "rate": "3"})

    assert response.status_code == 422
    assert not Tax.objects.filter(code="X").exists()


def test_bulk_is_all_or_none(api):
    response = api("post", TAXES + "bulk/", [TAX, {**TAX, "code": "Y", "rate": "nonsense"}])

    assert response.status_code == 422
    assert response.json()["errors"][0]["pointer"] == "/1/rate"
    assert not Tax.objects.filter(code__in=("X", "Y")).exists()


def test_lines_are_written_with_their_header_and_replaced_as_a_set(api):
    body = {"code": "T", "name": "Two parts", "shares": [{"percent": "50.00", "days": 10}, {"percent": "50.00", "days": 30}]}
    made = api("post", TERMS, body).json()

    changed = api("patch", f"{TERMS}{made['id']}/", {"shares": [{"id": made["shares"][0]["id"], "percent": "100.00", "days": 14}]})

    assert changed.status_code == 200
    term = PaymentTerm.objects.get(code="T")
    assert [(share.pk, share.days) for share in term.shares.all()] == [(made["shares"][0]["id"], 14)]


def test_a_line_of_another_record_is_not_taken(api):
    first = api("post", TERMS, {"code": "A", "name": "A", "shares": [{"percent": "100.00", "days": 10}]}).json()
    second = api("post", TERMS, {"code": "B", "name": "B"}).json()

    response = api("patch", f"{TERMS}{second['id']}/", {"shares": [{"id": first["shares"][0]["id"], "percent": "1.00", "days": 1}]})

    assert response.status_code == 422
    assert PaymentTerm.objects.get(code="A").shares.get().days == 10


def test_the_description_is_openapi_31(api, client):
    body = client.get("/api/schema/?format=json").json()

    assert body["openapi"].startswith("3.1")
    assert "Problem" in body["components"]["schemas"]
    assert f"{TAXES}{{id}}/" in body["paths"]
