"""Fixtures for every folder of tests. Servers, databases, roles and threads come from the plug-in suite.runtime.pytest_services."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.dispatch import Signal

from crm.orders.signals import order_cancelling
from integration.flows.receivers import FACTS
from scm.shipping.signals import shipment_dispatching, shipment_returning
from suite.kernel.documents.signals import act_done


@contextmanager
def _silent(signals: list[Signal]) -> Iterator[None]:
    kept = [(signal, signal.receivers) for signal in signals]
    for signal, _receivers in kept:
        signal.receivers = []
        signal.sender_receivers_cache.clear()
    try:
        yield
    finally:
        for signal, receivers in kept:
            signal.receivers = receivers
            signal.sender_receivers_cache.clear()


@pytest.fixture
def alone() -> Iterator[None]:
    """CRM, ERP or SCM by itself: nobody listens to what it announces, so what a test sees is that suite's own doing."""
    with _silent([*FACTS, act_done, order_cancelling, shipment_dispatching, shipment_returning]):
        yield


@pytest.fixture
def planned_anew(settings) -> None:
    """Statements are sent as they are: a test that counts them must not count the one that has another kept."""
    settings.KEEP_STATEMENTS = False


@pytest.fixture
def django_assert_num_queries(planned_anew, django_assert_num_queries):
    """As pytest-django's, with statements sent as they are."""
    return django_assert_num_queries


@pytest.fixture
def django_assert_max_num_queries(planned_anew, django_assert_max_num_queries):
    """As pytest-django's, with statements sent as they are."""
    return django_assert_max_num_queries
