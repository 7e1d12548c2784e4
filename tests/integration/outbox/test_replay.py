"""What a person does about a dead delivery."""

import pytest
from django.core.exceptions import PermissionDenied

from integration.outbox.models import Delivery, Event, Replay
from integration.outbox.replay import preview_delivery, replay_deliveries, skip_deliveries
from integration.outbox.run import run_delivery
from suite.kernel.documents.errors import Refusal
from suite.kernel.units.models import Unit
from tests.factories.base import make_company, make_user

PENDING, DONE, DEAD, SKIPPED = Delivery.Status.PENDING, Delivery.Status.DONE, Delivery.Status.DEAD, Delivery.Status.SKIPPED


def make_unit(event, actor) -> None:
    Unit.objects.create(code=f"u{event.aggregate_id}", name="Made by the handler")


@pytest.fixture
def dead(consume, happened) -> Delivery:
    consume(make_unit)
    (delivery,) = happened(thing=1, seq=1)
    Delivery.objects.filter(pk=delivery.pk).update(status=DEAD, attempts=12, last_error="ValueError: no")
    return delivery


def test_a_replayed_delivery_has_all_its_tries_again_and_then_is_done(dead, boss):
    assert replay_deliveries([dead.pk], actor=boss, reason="The shelf is back.") == 1
    dead.refresh_from_db()
    assert (dead.status, dead.attempts, dead.last_error) == (PENDING, 1, "")
    assert run_delivery(dead.pk) == "done"
    assert Unit.objects.filter(code="u1").count() == 1
    kept = Replay.objects.get()
    assert (kept.actor, kept.action, kept.reason, kept.delivery_ids) == (boss, "replay", "The shelf is back.", [dead.pk])


def test_what_is_done_is_not_run_again(dead, boss):
    Delivery.objects.filter(pk=dead.pk).update(status=DONE)
    with pytest.raises(Refusal, match="done"):
        replay_deliveries([dead.pk], actor=boss, reason="Once more.")
    assert Replay.objects.count() == 0


def test_skipping_needs_a_reason_and_lets_later_deliveries_run(dead, happened, boss):
    (later,) = happened(thing=1, seq=2)
    assert run_delivery(later.pk) == "blocked"
    with pytest.raises(Refusal):
        skip_deliveries([dead.pk], actor=boss, reason="  ")
    assert skip_deliveries([dead.pk], actor=boss, reason="Done by hand.") == 1
    dead.refresh_from_db()
    assert (dead.status, Replay.objects.get().action) == (SKIPPED, "skip")
    assert run_delivery(later.pk) == "done"


def test_deliveries_of_another_company_do_not_exist(dead):
    stranger = make_user(make_company(), "administrator")
    with pytest.raises(Delivery.DoesNotExist):
        replay_deliveries([dead.pk], actor=stranger, reason="Mine?")
    with pytest.raises(Delivery.DoesNotExist):
        skip_deliveries([dead.pk], actor=stranger, reason="Mine?")


def test_who_may_not_replay_is_refused(dead, company):
    clerk = make_user(company, "sales")
    with pytest.raises(PermissionDenied):
        replay_deliveries([dead.pk], actor=clerk, reason="Please.")
    dead.refresh_from_db()
    assert dead.status == DEAD


def test_a_preview_of_a_delivery_leaves_everything_as_it_was(dead):
    before = list(Delivery.objects.values()), list(Event.objects.values()), Unit.objects.count()
    first, second = preview_delivery(dead), preview_delivery(dead)
    assert first == second
    assert (list(Delivery.objects.values()), list(Event.objects.values()), Unit.objects.count()) == before


def test_a_preview_raises_what_the_handler_would(consume, happened):
    def fails(event, actor):
        raise Refusal("The shelf is gone.")

    consume(fails)
    (delivery,) = happened()
    with pytest.raises(Refusal, match="The shelf is gone"):
        preview_delivery(delivery)
