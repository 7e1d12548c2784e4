"""Logs, one JSON object a line, with request, user, company and trace; secrets are masked before anything is written."""

import os
import re

import structlog

SECRET = re.compile(r"password|secret|token|authorization|cookie|api_key|iban|digest", re.IGNORECASE)
MASK = "***"


def mask(logger: object, name: str, event: dict) -> dict:
    """Hides the value of every key that sounds secret."""
    return {key: MASK if SECRET.search(key) and key != "csrf" else value for key, value in event.items()}


SHARED = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
    mask,
]

structlog.configure(
    processors=[structlog.stdlib.filter_by_level, *SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=True,
)

_TESTING = os.environ.get("SUITE_TESTING") == "1"

LOGGING: dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, structlog.processors.JSONRenderer()],
            "foreign_pre_chain": SHARED,
        },
    },
    "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["out"], "level": os.environ.get("LOG_LEVEL", "WARNING" if _TESTING else "INFO")},
    "loggers": {
        "pyBarcode": {"handlers": ["out"], "level": "WARNING", "propagate": False},
        "axes": {"handlers": ["out"], "level": "WARNING", "propagate": False},
        "django.server": {"handlers": ["out"], "level": "WARNING", "propagate": False},
        "django.request": {"handlers": ["out"], "level": "ERROR", "propagate": False},
    },
}
