"""Figures for Prometheus: what django-prometheus counts per request, and gauges that apps ask the database for at the moment of the scrape.

An app contributes in its `ready()`:  contribute(function), where the function yields `Gauge(name, help, value, labels)`.
"""

import logging
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from django.db import Error
from prometheus_client import REGISTRY, CollectorRegistry, generate_latest, multiprocess
from prometheus_client.core import GaugeMetricFamily

log = logging.getLogger("suite.metrics")


@dataclass(frozen=True)
class Gauge:
    """One figure, such as the age in seconds of the oldest pending delivery. Gauges of one name share their label names."""

    name: str
    help: str
    value: float
    labels: dict[str, str] = field(default_factory=dict)


_contributors: list[Callable[[], Iterable[Gauge]]] = []


def contribute(function: Callable[[], Iterable[Gauge]]) -> Callable[[], Iterable[Gauge]]:
    """Adds a source of gauges; usable as a decorator."""
    if function not in _contributors:
        _contributors.append(function)
    return function


class _Gauges:
    """Asks every contributor; one that fails is left out and logged, the rest is still shown."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        families: dict[str, GaugeMetricFamily] = {}
        for function in _contributors:
            try:
                for gauge in function():
                    family = families.setdefault(gauge.name, GaugeMetricFamily(gauge.name, gauge.help, labels=sorted(gauge.labels)))
                    family.add_metric([gauge.labels[label] for label in sorted(gauge.labels)], gauge.value)
            except Error as error:
                log.warning("Figures are missing from /metrics.", extra={"source": function.__qualname__, "error": repr(error)[:200]})
        yield from families.values()


def page() -> bytes:
    """The figures of all web processes (PROMETHEUS_MULTIPROC_DIR), or of this one, and the gauges."""
    gauges = CollectorRegistry()
    gauges.register(_Gauges())
    counted: CollectorRegistry = REGISTRY
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        counted = CollectorRegistry()
        multiprocess.MultiProcessCollector(counted)
    return generate_latest(counted) + generate_latest(gauges)
