"""A consumer of the test's own, and facts for it."""

from collections.abc import Callable, Iterator
from itertools import count

import pytest
from django.db import connection
from kombu import pools

from integration.outbox import consumers
from integration.outbox.emit import emit_fact
from integration.outbox.models import Delivery
from integration.outbox.publish import publisher
from suite.celery import app
from suite.kernel.companies.models import Company
from suite.kernel.documents.work import unit_of_work
from suite.kernel.users.models import User
from tests.factories.base import make_company, make_user

HAPPENED = "test.happened"
_things = count(1)


@pytest.fixture
def company(db) -> Company:
    return make_company()


@pytest.fixture
def boss(company) -> User:
    return make_user(company, "administrator")


@pytest.fixture
def consume() -> Iterator[Callable]:
    """consume(handle, name=…): registers a consumer of `test.happened` for the time of the test."""
    kept = dict(consumers._consumers), {event: list(names) for event, names in consumers._by_event.items()}

    def register(handle: Callable, name: str = "test.consumer") -> str:
        consumers.consumer(name, HAPPENED, label="Test")(handle)
        return name

    yield register
    consumers._consumers.clear()
    consumers._consumers.update(kept[0])
    consumers._by_event.clear()
    consumers._by_event.update(kept[1])


@pytest.fixture
def happened(company, boss) -> Callable[..., list[Delivery]]:
    """happened(thing=1, seq=1): the fact, committed; returns its deliveries. Without `thing` it is about something new."""

    def tell(thing: int | None = None, seq: int = 1, actor: User = boss, **payload) -> list[Delivery]:
        with unit_of_work(actor):
            event = emit_fact(
                HAPPENED, company_id=actor.company_id, aggregate="test.thing", aggregate_id=thing or 1_000_000 + next(_things), seq=seq,
                actor=actor, payload=payload,
            )
        return list(Delivery.objects.filter(event_id=event).order_by("handler"))

    return tell


@pytest.fixture
def due() -> Callable[..., None]:
    """due(delivery, …): makes them due now; without arguments, all that are pending."""

    def make(*deliveries: Delivery) -> None:
        ids = [delivery.pk for delivery in deliveries] or list(Delivery.objects.filter(status=0).values_list("pk", flat=True))
        with connection.cursor() as cursor:
            cursor.execute("UPDATE integration_delivery SET next_at = clock_timestamp() - interval '1 s' WHERE id = ANY(%s)", [ids])

    return make


def _forget_connections() -> None:
    pools.reset()
    app._pool = None
    app.amqp._producer_pool = None
    publisher._connections = None


@pytest.fixture
def empty_queue() -> Iterator[None]:
    """The broker's queue, empty before and after."""

    def purge() -> None:
        with app.connection_for_write() as broker:
            broker.default_channel.client.delete(app.conf.task_default_queue)

    purge()
    yield
    purge()


@pytest.fixture
def no_broker(tmp_path, empty_queue) -> Iterator[Callable[[], None]]:
    """The broker cannot be reached, until the function given is called."""
    address = app.conf.broker_url

    def back() -> None:
        app.conf.broker_url = address
        _forget_connections()

    app.conf.broker_url = f"redis+socket://{tmp_path}/nobody.sock"
    _forget_connections()
    yield back
    back()
