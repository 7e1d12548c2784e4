"""The sweeper hands out, stays away from a long queue, and works itself while the broker is away."""

import time

import pytest

from integration.outbox.models import Delivery
from integration.outbox.publish import BREAK_SECONDS, Publisher, publisher, waiting_messages
from integration.outbox.sweep import QUEUE_IS_LONG, Sweeper, drain

DONE, PENDING = Delivery.Status.DONE, Delivery.Status.PENDING


@pytest.fixture(autouse=True)
def speaks():
    """Nobody told the publisher to be silent before or after."""
    publisher._silent_until = 0.0
    yield
    publisher._silent_until = 0.0


def statuses() -> list[int]:
    return list(Delivery.objects.order_by("pk").values_list("status", flat=True))


def test_due_deliveries_are_sent_in_messages_and_suspects_travel_alone(consume, happened, due, empty_queue):
    consume(lambda event, actor: None)
    deliveries = [happened()[0] for _ in range(5)]
    Delivery.objects.filter(pk__in=[deliveries[0].pk, deliveries[1].pk]).update(attempts=3)
    due()
    assert Sweeper().sweep() == 5
    assert waiting_messages() == 3
    assert statuses() == [PENDING] * 5
    assert Sweeper().sweep() == 0


def test_a_long_queue_is_left_alone(consume, happened, due, empty_queue):
    consume(lambda event, actor: None)
    happened()
    due()
    for _ in range(QUEUE_IS_LONG):
        publisher.send([0], is_first=True)
    assert Sweeper().sweep() == 0
    assert waiting_messages() == QUEUE_IS_LONG
    assert Delivery.objects.get().next_at is not None


def test_the_sweeper_runs_deliveries_itself_when_told_so(consume, happened, due):
    seen = []
    consume(lambda event, actor: seen.append(event.seq))
    happened(thing=1, seq=1)
    happened(thing=1, seq=2)
    due()
    sweeper = Sweeper(in_process=True)
    assert [sweeper.sweep(), sweeper.sweep(), sweeper.sweep()] == [1, 1, 0]
    assert (seen, statuses()) == ([1, 2], [DONE, DONE])


def test_while_the_broker_is_away_the_sweeper_works_itself(consume, happened, due, no_broker):
    consume(lambda event, actor: None)
    for _ in range(25):
        happened()
    due()
    assert waiting_messages() is None
    sweeper = Sweeper()
    assert [sweeper.sweep(), sweeper.sweep(), sweeper.sweep()] == [20, 5, 0]
    assert statuses() == [DONE] * 25


def test_a_broker_that_is_away_is_not_asked_with_every_sweep(consume, happened, due, no_broker):
    consume(lambda event, actor: None)
    sweeper = Sweeper()
    assert sweeper.sweep() == 0
    no_broker()
    happened()
    due()
    assert sweeper.sweep() == 1
    assert statuses() == [DONE]


def test_after_a_failure_the_publisher_is_silent_for_two_seconds_and_then_speaks_again(no_broker):
    tells = Publisher()
    began = time.monotonic()
    assert tells.send([1], is_first=True) is False
    no_broker()
    tells._connections = None
    assert tells.send([1], is_first=True) is False
    assert waiting_messages() == 0
    time.sleep(max(0.0, began + BREAK_SECONDS + 0.5 - time.monotonic()))
    assert tells.send([1], is_first=True) is True
    assert waiting_messages() == 1


@pytest.mark.django_db(transaction=True)
def test_an_act_commits_although_the_broker_is_away(consume, happened, no_broker):
    consume(lambda event, actor: None)
    (delivery,) = happened()
    delivery.refresh_from_db()
    assert delivery.status == PENDING


def test_draining_runs_what_is_pending_in_order_and_leaves_what_failed(consume, happened):
    seen = []

    def handle(event, actor):
        if event.payload.get("bad"):
            raise ValueError("bad")
        seen.append((event.aggregate_id, event.seq))

    consume(handle)
    happened(thing=1, seq=1)
    happened(thing=1, seq=2)
    happened(thing=2, seq=1, bad=True)
    happened(thing=2, seq=2)
    drain()
    assert seen == [(1, 1), (1, 2)]
    assert statuses() == [DONE, DONE, PENDING, PENDING]
