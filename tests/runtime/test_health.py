"""What balancers and monitoring are told."""

import json

import pytest
from django.db import connection
from django.http import Http404
from django.test import RequestFactory

from suite.web import health, metrics


@pytest.fixture
def ask():
    factory = RequestFactory()
    return lambda view, **headers: view(factory.get("/", **headers))


def test_a_live_process_says_so_without_the_database(ask):
    assert ask(health.healthz).content == b"alive\n"


@pytest.mark.django_db
def test_ready_when_database_and_broker_answer(ask):
    answer = ask(health.readyz)

    assert answer.status_code == 200
    assert json.loads(answer.content) == {"ready": True, "database": "ok", "broker": "ok"}


@pytest.mark.django_db
def test_still_ready_without_the_broker(ask, settings, tmp_path):
    settings.REDIS_URL = f"unix://{tmp_path}/nobody-listens"
    health._broker.cache_clear()

    answer = ask(health.readyz)

    health._broker.cache_clear()
    assert answer.status_code == 200
    assert json.loads(answer.content)["broker"].startswith("degraded")


@pytest.mark.django_db
def test_not_ready_while_a_migration_is_missing(ask):
    health._remember_migrated.cache_clear()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'sessions'")

    answer = ask(health.readyz)

    assert answer.status_code == 503
    assert json.loads(answer.content)["database"] == "migrations are missing"


def test_figures_are_shown_to_this_machine_only(ask):
    assert ask(health.metrics).status_code == 200
    for stranger in ({"REMOTE_ADDR": "10.1.2.3"}, {"HTTP_X_FORWARDED_FOR": "10.1.2.3"}):
        with pytest.raises(Http404):
            ask(health.metrics, **stranger)


def test_figures_are_shown_to_who_has_the_token(ask, settings):
    settings.METRICS_TOKEN = "a-long-token"

    assert ask(health.metrics, REMOTE_ADDR="10.1.2.3", HTTP_AUTHORIZATION="Bearer a-long-token").status_code == 200
    with pytest.raises(Http404):
        ask(health.metrics, HTTP_AUTHORIZATION="Bearer another")


def test_an_app_contributes_gauges(ask, monkeypatch):
    monkeypatch.setattr(metrics, "_contributors", [])
    metrics.contribute(lambda: [metrics.Gauge("outbox_pending", "Deliveries not yet done.", 7, {"handler": "invoice"})])

    assert b'outbox_pending{handler="invoice"} 7.0' in ask(health.metrics).content
