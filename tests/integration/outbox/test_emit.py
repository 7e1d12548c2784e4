"""A fact is written in the transaction that makes it true, or not at all."""

from datetime import timedelta

import pytest
from django.utils import timezone

from integration.outbox.emit import emit_fact
from integration.outbox.models import Delivery, Event
from integration.outbox.publish import waiting_messages
from integration.outbox.rules import GRACE
from suite.kernel.companies.cause import caused_by
from suite.kernel.documents.work import tracing, unit_of_work
from tests.integration.outbox.conftest import HAPPENED

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def nothing(event, actor) -> None:
    """A consumer with no effect."""


def test_an_event_is_written_with_one_delivery_per_consumer(consume, happened, company, boss):
    consume(nothing, "test.a")
    consume(nothing, "test.b")
    before = timezone.now()
    deliveries = happened(thing=7, seq=3, amount="1.50")
    event = Event.objects.get(pk=deliveries[0].event_id)
    assert (event.type, event.document_key, event.seq, event.company_id, event.actor_id) == (HAPPENED, "test.thing:7", 3, company.pk, boss.pk)
    assert event.payload == {"version": 1, "amount": "1.50"}
    assert [(d.handler, d.aggregate_key, d.seq, d.status, d.attempts) for d in deliveries] == [
        ("test.a", "test.thing:7", 3, Delivery.Status.PENDING, 1), ("test.b", "test.thing:7", 3, Delivery.Status.PENDING, 1),
    ]
    assert before + GRACE <= deliveries[0].next_at <= timezone.now() + GRACE + timedelta(seconds=1)


def test_a_rolled_back_act_leaves_no_event(consume, company, boss):
    consume(nothing)
    with pytest.raises(ZeroDivisionError), unit_of_work(boss):
        emit_fact(HAPPENED, company_id=company.pk, aggregate="test.thing", aggregate_id=8, seq=1, actor=boss, payload={})
        raise ZeroDivisionError
    assert not Event.objects.filter(aggregate="test.thing").exists()
    assert not Delivery.objects.filter(aggregate_key="test.thing:8").exists()


def test_outside_a_unit_of_work_nothing_can_be_emitted(consume, company, boss):
    consume(nothing)
    with pytest.raises(RuntimeError, match="unit of work"):
        emit_fact(HAPPENED, company_id=company.pk, aggregate="test.thing", aggregate_id=9, seq=1, actor=boss, payload={})


def test_an_event_knows_its_cause_and_its_trace(consume, happened):
    consume(nothing)
    cause = happened(thing=1)[0].event_id
    with caused_by(cause), tracing(TRACE):
        effect = Event.objects.get(pk=happened(thing=2)[0].event_id)
    assert (effect.causation_id, effect.trace_parent) == (cause, TRACE)


def test_two_facts_cannot_have_the_same_place_in_the_order_of_a_document(consume, happened, django_assert_num_queries):
    consume(nothing)
    happened(thing=5, seq=1)
    with pytest.raises(Exception, match="event_in_order"):
        happened(thing=5, seq=1)


def test_an_event_never_changes(consume, happened):
    consume(nothing)
    event = happened()[0].event_id
    with pytest.raises(Exception, match="never changed or deleted"):
        Event.objects.filter(pk=event).update(type="test.other")


@pytest.mark.django_db(transaction=True)
def test_a_transaction_sends_one_message_however_many_facts_it_holds(consume, company, boss, empty_queue):
    consume(nothing)
    with unit_of_work(boss):
        for thing in range(1, 8):
            emit_fact(HAPPENED, company_id=company.pk, aggregate="test.thing", aggregate_id=thing, seq=1, actor=boss, payload={})
        assert waiting_messages() == 0
    assert waiting_messages() == 1


@pytest.mark.django_db(transaction=True)
def test_a_fact_that_nobody_consumes_sends_no_message(company, boss, empty_queue):
    with unit_of_work(boss):
        emit_fact("test.unheard", company_id=company.pk, aggregate="test.thing", aggregate_id=1, seq=1, actor=boss, payload={})
    assert Event.objects.filter(type="test.unheard").count() == 1
    assert waiting_messages() == 0
