"""Celery carries hints: a message may be lost, PostgreSQL knows what is to be done (docs/decisions/0002-outbox.md)."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "suite.settings")


def _broker(url: str) -> str:
    """Celery's spelling of a redis address: unix:///path?db=1 becomes redis+socket:///path?virtual_host=1."""
    return url.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=") if url.startswith("unix://") else url


app = Celery("suite")
app.conf.update(
    broker_url=_broker(os.environ.get("REDIS_URL", "redis://localhost:6379/0")),
    broker_transport_options={
        "visibility_timeout": 3600, "socket_timeout": 3, "socket_connect_timeout": 2, "socket_keepalive": True,
        "health_check_interval": 10, "retry_on_timeout": False, "max_retries": 0,
    },
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_connection_timeout=2,
    task_acks_late=False,
    task_reject_on_worker_lost=False,
    task_publish_retry=False,
    task_ignore_result=True,
    result_backend=None,
    task_serializer="json",
    accept_content=["json"],
    worker_prefetch_multiplier=1,
    task_time_limit=120,
    task_soft_time_limit=110,
    worker_max_tasks_per_child=1000,
    worker_max_memory_per_child=300_000,
    worker_soft_shutdown_timeout=15,
    worker_cancel_long_running_tasks_on_connection_loss=False,
    worker_send_task_events=False,
    worker_hijack_root_logger=False,
    task_default_queue="fast",
    timezone="UTC",
    imports=("integration.outbox.tasks", "integration.bulk.tasks"),
    beat_schedule={
        "periodic jobs": {"task": "integration.outbox.tasks.tick", "schedule": 60.0},
    },
)
# Celery closes the database connection around every task; keep it, and check its health at the start of each task instead.
app.conf["CELERY_DB_REUSE_MAX"] = 1000
