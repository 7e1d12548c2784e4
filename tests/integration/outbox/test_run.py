"""One delivery: effect and mark in one transaction, failures kept, tries counted."""

import pytest
from django.db import connection

from integration.outbox import tasks
from integration.outbox.models import Delivery
from integration.outbox.rules import LONGEST_WAIT_SECONDS, MAX_TRIES, backoff
from integration.outbox.run import run_deliveries, run_delivery
from suite.kernel.companies.cause import current_cause
from suite.kernel.documents.work import current_trace
from suite.kernel.units.models import Unit

PENDING, DONE, DEAD, SKIPPED = Delivery.Status.PENDING, Delivery.Status.DONE, Delivery.Status.DEAD, Delivery.Status.SKIPPED


class Died(BaseException):
    """Ends a run as a killed process would: nobody notes a failure."""


def state(delivery: Delivery) -> tuple[int, int]:
    delivery.refresh_from_db()
    return delivery.status, delivery.attempts


def make_unit(event, actor) -> None:
    Unit.objects.create(code=f"u{event.aggregate_id}", name="Made by the handler")


def test_a_delivery_is_done_once(consume, happened):
    consume(make_unit)
    (delivery,) = happened(thing=1)
    assert [run_delivery(delivery.pk), run_delivery(delivery.pk)] == ["done", "taken"]
    assert state(delivery) == (DONE, 1)
    assert delivery.done_at is not None
    assert Unit.objects.filter(code="u1").count() == 1


def test_the_handler_acts_for_the_person_behind_the_event_and_its_rows_carry_the_event(consume, happened, boss):
    seen = []
    consume(lambda event, actor: seen.append((actor.username, actor.on_behalf_of_id, actor.company_id, current_cause(), current_trace())))
    (delivery,) = happened()
    run_delivery(delivery.pk)
    assert seen == [("integration", boss.pk, boss.company_id, delivery.event_id, "")]


def test_what_a_failing_handler_wrote_is_undone_and_the_failure_is_kept(consume, happened):
    def fails_late(event, actor):
        make_unit(event, actor)
        raise ValueError("the shelf is gone")

    consume(fails_late)
    (delivery,) = happened(thing=2)
    assert run_delivery(delivery.pk) == "retry"
    assert state(delivery) == (PENDING, 1)
    assert delivery.last_error == "ValueError: the shelf is gone"
    assert delivery.first_failed_at is not None
    assert not Unit.objects.filter(code="u2").exists()


def test_the_error_that_is_kept_has_no_values_of_rows(consume, happened):
    Unit.objects.create(code="secr-42", name="There already")
    consume(lambda event, actor: Unit.objects.create(code="secr-42", name="Again"))
    (delivery,) = happened()
    assert run_delivery(delivery.pk) == "retry"
    delivery.refresh_from_db()
    assert delivery.last_error.startswith("IntegrityError: duplicate key value violates unique constraint")
    assert "secr-42" not in delivery.last_error


def test_a_delivery_to_a_consumer_that_no_longer_exists_fails_and_says_so(consume, happened):
    consume(make_unit, "test.erased")
    (delivery,) = happened()
    Delivery.objects.filter(pk=delivery.pk).update(handler="test.gone")
    assert run_delivery(delivery.pk) == "retry"
    delivery.refresh_from_db()
    assert delivery.last_error == "KeyError: 'test.gone'"


def test_after_twelve_failed_tries_a_delivery_is_dead(consume, happened):
    calls = []

    def fails(event, actor):
        calls.append(event.pk)
        raise ValueError("no")

    consume(fails)
    (delivery,) = happened()
    outcomes = [run_deliveries([delivery.pk], is_first=number == 1)[delivery.pk] for number in range(1, MAX_TRIES + 2)]
    assert outcomes == ["retry"] * 11 + ["dead", "taken"]
    assert state(delivery) == (DEAD, 12)
    assert len(calls) == 12


def test_a_handler_that_kills_its_process_is_tried_twelve_times_too(consume, happened):
    calls = []

    def dies(event, actor):
        calls.append(event.pk)
        raise Died

    consume(dies)
    (delivery,) = happened()
    for number in range(1, MAX_TRIES + 1):
        with pytest.raises(Died):
            run_deliveries([delivery.pk], is_first=number == 1)
    assert state(delivery) == (PENDING, 12)
    assert run_deliveries([delivery.pk], is_first=False) == {delivery.pk: "dead"}
    assert state(delivery) == (DEAD, 12)
    assert len(calls) == 12


def test_of_two_messages_for_the_same_try_one_runs(consume, happened):
    calls = []

    def fails(event, actor):
        calls.append(event.pk)
        raise ValueError("no")

    consume(fails)
    (delivery,) = happened()
    outcomes = [run_deliveries([delivery.pk], is_first=False, tried=1)[delivery.pk] for _message in range(2)]
    assert outcomes == ["retry", "taken"]
    assert state(delivery) == (PENDING, 2)
    assert len(calls) == 1


@pytest.mark.parametrize("tries", range(1, 16))
def test_the_wait_doubles_with_jitter_up_to_five_minutes(tries):
    ceiling = min(LONGEST_WAIT_SECONDS, 0.5 * 2**tries)
    waits = [backoff(tries).total_seconds() for _ in range(200)]
    assert 0.2 * ceiling <= min(waits) < max(waits) <= ceiling
    assert max(waits) - min(waits) > 0.4 * ceiling


def test_an_earlier_open_delivery_blocks_later_ones_of_the_same_document_and_consumer(consume, happened):
    order = []
    consume(lambda event, actor: order.append(event.seq))
    (first,), (second,) = happened(thing=3, seq=1), happened(thing=3, seq=2)
    assert run_delivery(second.pk) == "blocked"
    assert state(second) == (PENDING, 1)
    assert [run_delivery(first.pk), run_delivery(second.pk)] == ["done", "done"]
    assert order == [1, 2]


@pytest.mark.parametrize(("status", "outcome"), [(PENDING, "blocked"), (DEAD, "blocked"), (DONE, "done"), (SKIPPED, "done")])
def test_dead_deliveries_block_and_skipped_ones_do_not(consume, happened, status, outcome):
    consume(make_unit)
    (first,), (second,) = happened(thing=4, seq=1), happened(thing=4, seq=2)
    Delivery.objects.filter(pk=first.pk).update(status=status)
    assert run_delivery(second.pk) == outcome


def test_a_dead_delivery_blocks_neither_other_consumers_nor_other_documents(consume, happened):
    consume(lambda event, actor: None, "test.a")
    consume(lambda event, actor: None, "test.b")
    sick, well = happened(thing=5, seq=1)
    Delivery.objects.filter(pk=sick.pk).update(status=DEAD)
    later_sick, later_well = happened(thing=5, seq=2)
    other, _ = happened(thing=6, seq=1)
    assert [run_delivery(d.pk) for d in (later_sick, well, later_well, other)] == ["blocked", "done", "done", "done"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("code", ["40001", "40P01", "55P03"])
def test_a_conflict_with_a_rival_is_repeated_at_once_and_counts_as_no_try(consume, happened, code):
    calls = []

    def conflicts_twice(event, actor):
        calls.append(event.pk)
        if len(calls) < 3:
            with connection.cursor() as cursor:
                cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION 'a rival was here' USING ERRCODE = '{code}'; END $$")
        make_unit(event, actor)

    consume(conflicts_twice)
    (delivery,) = happened(thing=9)
    assert run_delivery(delivery.pk) == "done"
    assert state(delivery) == (DONE, 1)
    assert (len(calls), delivery.last_error, Unit.objects.filter(code="u9").count()) == (3, "", 1)


@pytest.mark.django_db(transaction=True)
def test_two_workers_with_the_same_delivery_make_one_effect(consume, happened, race):
    inside = []

    def slow(event, actor):
        inside.append(event.pk)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.3)")
        make_unit(event, actor)

    consume(slow)
    (delivery,) = happened(thing=10)
    outcomes = race(lambda: run_delivery(delivery.pk), times=4)
    assert sorted(outcome.value for outcome in outcomes) == ["done", "taken", "taken", "taken"]
    assert len(inside) == 1
    assert Unit.objects.filter(code="u10").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_try_in_progress_is_not_waited_for_and_not_counted(consume, happened, race):
    def slow(event, actor):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.5)")

    def second() -> dict[int, str]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.2)")
        return run_deliveries([delivery.pk], is_first=False)

    consume(slow)
    (delivery,) = happened()
    first, again = race(lambda: run_deliveries([delivery.pk], is_first=True), second)
    assert (first.value, again.value) == ({delivery.pk: "done"}, {delivery.pk: "taken"})
    assert state(delivery) == (DONE, 1)


@pytest.mark.django_db(transaction=True)
def test_a_message_runs_its_deliveries_and_the_worker_shows_that_it_lives(consume, happened, tmp_path, monkeypatch):
    consume(make_unit)
    (delivery,) = happened(thing=12)
    monkeypatch.setattr(tasks, "_heartbeat", str(tmp_path / "worker.heartbeat"))
    tasks.deliver([delivery.pk], True)
    assert state(delivery) == (DONE, 1)
    assert (tmp_path / "worker.heartbeat").exists()
