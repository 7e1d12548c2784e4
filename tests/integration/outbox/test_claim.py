"""What is due is handed out once, with a lease."""

from datetime import timedelta

import pytest
from django.utils import timezone

from integration.outbox.models import Delivery
from integration.outbox.rules import LEASE
from integration.outbox.sweep import claim


@pytest.fixture(autouse=True)
def consumer(consume):
    consume(lambda event, actor: None)


def test_a_claimed_delivery_is_leased_for_ten_seconds(happened, due):
    (delivery,) = happened()
    due()
    assert claim().ids == [delivery.pk]
    assert claim().ids == []
    delivery.refresh_from_db()
    assert timedelta(seconds=9) < delivery.next_at - timezone.now() <= LEASE
    assert (delivery.status, delivery.attempts) == (Delivery.Status.PENDING, 1)


def test_what_is_not_due_is_left(happened):
    happened()
    assert claim().ids == []


def test_what_waits_for_an_earlier_one_is_left(happened, due):
    (first,), (second,) = happened(thing=1, seq=1), happened(thing=1, seq=2)
    due()
    assert claim().ids == [first.pk]
    Delivery.objects.filter(pk=first.pk).update(status=Delivery.Status.DEAD)
    due(second)
    assert claim().ids == []
    Delivery.objects.filter(pk=first.pk).update(status=Delivery.Status.SKIPPED)
    assert claim().ids == [second.pk]


def test_what_was_tried_before_is_a_suspect(happened, due):
    (fresh,), (suspect,) = happened(), happened()
    Delivery.objects.filter(pk=suspect.pk).update(attempts=2)
    due()
    claimed = claim()
    assert (claimed.fresh, claimed.suspects) == ([fresh.pk], {suspect.pk: 2})
    assert claimed.messages() == [([fresh.pk], 1), ([suspect.pk], 2)]


def test_a_limit_is_kept_and_the_longest_due_comes_first(happened, due):
    deliveries = [happened()[0] for _ in range(5)]
    due()
    Delivery.objects.filter(pk=deliveries[3].pk).update(next_at=timezone.now() - timedelta(hours=1))
    assert claim(1).ids == [deliveries[3].pk]
    assert len(claim(3).ids) == 3


@pytest.mark.django_db(transaction=True)
def test_two_sweepers_share_the_work_without_overlap(happened, due, race):
    wanted = {happened()[0].pk for _ in range(60)}
    due()
    outcomes = race(lambda: [claim(7).ids for _ in range(8)], times=2)
    handed_out = [pk for outcome in outcomes for ids in outcome.value for pk in ids]
    assert sorted(handed_out) == sorted(wanted)
