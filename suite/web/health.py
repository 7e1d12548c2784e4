"""Answers for load balancers and monitoring: /healthz (this process lives), /readyz (it can serve), /metrics.

URL names: healthz, readyz, metrics. None of them asks for a session or names anything confidential.
"""

import functools
import hmac

import redis
from django.conf import settings
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from suite.web import metrics as figures

LOOPBACK = {"127.0.0.1", "::1", ""}
BROKER_SECONDS = 1.0


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """200 as long as the process answers at all; a balancer restarts it otherwise."""
    return HttpResponse("alive\n", content_type="text/plain")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when requests can be served; 503 when the database is away or older than the code. Without the broker it is only degraded."""
    database = _database()
    broker = "ok" if _broker_answers() else "degraded: the sweeper does the workers' part, later"
    is_ready = database == "ok"
    return JsonResponse({"ready": is_ready, "database": database, "broker": broker}, status=200 if is_ready else 503)


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus text. With METRICS_TOKEN set a bearer of it may read, else this machine only; to others the page does not exist."""
    if not _may_read_metrics(request):
        raise Http404
    return HttpResponse(figures.page(), content_type=CONTENT_TYPE_LATEST)


def _may_read_metrics(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN:
        return hmac.compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {settings.METRICS_TOKEN}".encode())
    return request.META.get("REMOTE_ADDR", "") in LOOPBACK and "X-Forwarded-For" not in request.headers


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return "ok" if _is_migrated() else "migrations are missing"
    except Error:
        return "unreachable"


class _NotMigrated(Exception):
    """Kept out of the cache: only a finished migration is remembered."""


def _is_migrated() -> bool:
    try:
        return _remember_migrated()
    except _NotMigrated:
        return False


@functools.cache
def _remember_migrated() -> bool:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise _NotMigrated
    return True


@functools.cache
def _broker() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=BROKER_SECONDS, socket_connect_timeout=BROKER_SECONDS)


def _broker_answers() -> bool:
    try:
        return bool(_broker().ping())
    except redis.RedisError:
        return False
