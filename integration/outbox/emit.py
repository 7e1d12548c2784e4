"""Writing a fact and its deliveries, in the transaction that makes it true, with one statement."""

import json
from typing import Any

from django.db import connection, transaction

from integration.outbox.consumers import consumers_of
from integration.outbox.publish import publisher
from integration.outbox.rules import GRACE
from suite.kernel.companies.cause import current_cause
from suite.kernel.documents.event_ids import draw_event_id
from suite.kernel.documents.models import Document
from suite.kernel.documents.statements import kept
from suite.kernel.documents.transitions import Act
from suite.kernel.documents.work import current_trace, current_work
from suite.kernel.users.service_user import recorded_id

INSERT = """
WITH fact AS (
    INSERT INTO integration_event (id, uid, type, aggregate, aggregate_id, seq, payload, company_id, actor_id, trace_parent, causation_id, created)
    VALUES (%s, gen_random_uuid(), %s, %s, %s, %s, %s::jsonb, %s, %s, %s, %s, clock_timestamp()) RETURNING id)
INSERT INTO integration_delivery (event_id, handler, aggregate_key, seq, status, attempts, next_at, last_error)
SELECT fact.id, consumer.name, %s::text, %s::bigint, 0, 1, clock_timestamp() + %s::interval, '' FROM fact, unnest(%s::text[]) AS consumer(name) RETURNING id"""


EVENTS = """
INSERT INTO integration_event (id, uid, type, aggregate, aggregate_id, seq, payload, company_id, actor_id, trace_parent, causation_id, created)
SELECT e.id, gen_random_uuid(), e.type, e.aggregate, e.aggregate_id, e.seq, e.payload::jsonb, e.company_id, e.actor_id, e.trace, e.cause, clock_timestamp()
  FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::bigint[], %s::bigint[], %s::text[], %s::bigint[], %s::bigint[], %s::text[], %s::bigint[])
       AS e(id, type, aggregate, aggregate_id, seq, payload, company_id, actor_id, trace, cause)"""
DELIVERIES = """
INSERT INTO integration_delivery (event_id, handler, aggregate_key, seq, status, attempts, next_at, last_error)
SELECT d.event_id, d.handler, d.key, d.seq, 0, 1, clock_timestamp() + %s::interval, ''
  FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::bigint[]) AS d(event_id, handler, key, seq) RETURNING id"""


def emit(event_type: str, document: Document, act: Act, **payload: Any) -> int:
    """Records the fact that `act` did to `document`; its consumers hear of it after the commit. Returns the event's id.

    The document's version orders the events of one document: it was raised under the document's lock.
    """
    work = current_work()
    event_id = act.event_id()
    cause = current_cause()
    aggregate = document._meta.label_lower
    key = f"{aggregate}:{document.pk}"
    names = consumers_of(event_type)
    values = [
        event_id, event_type, aggregate, document.pk, document.version, json.dumps({"version": 1, **act.payload, **payload}, default=str),
        document.company_id, recorded_id(act.actor), current_trace(), cause if cause != event_id else None,
    ]
    if work.gathers and not work.previewing:
        act.is_emitted = True
        work.at_seal("events", _emit_all, (values, key, names))
        return event_id
    with connection.cursor() as cursor:
        cursor.execute(kept(INSERT), [*values, key, document.version, GRACE, names])
        ids = [row[0] for row in cursor.fetchall()]
    act.is_emitted = True
    if work.previewing:
        work.follow_ups.extend(ids)
    elif ids:
        wake_after_commit(ids)
    return event_id


def _emit_all(facts: list[tuple[list[Any], str, list[str]]]) -> None:
    """The facts of many documents that acted together."""
    deliveries = [(values[0], name, key, values[4]) for values, key, names in facts for name in names]
    with connection.cursor() as cursor:
        cursor.execute(EVENTS, [list(column) for column in zip(*(values for values, _key, _names in facts), strict=True)])
        if not deliveries:
            return
        cursor.execute(DELIVERIES, [GRACE, *(list(column) for column in zip(*deliveries, strict=True))])
        ids = [row[0] for row in cursor.fetchall()]
    wake_after_commit(ids)


def wake_after_commit(ids: list[int]) -> None:
    """One message per transaction, however many events it emitted."""
    work = current_work()
    if not work.to_wake:
        transaction.on_commit(lambda: publisher.send(list(work.to_wake), is_first=True), robust=publisher.runs_here is None)
    work.to_wake.extend(ids)


def emit_fact(event_type: str, *, company_id: int, aggregate: str, aggregate_id: int, seq: int, actor: Any, payload: dict[str, Any]) -> int:
    """Records a fact about something that is no document (stock that arrived). `seq` orders the facts of one aggregate."""
    event_id = draw_event_id()
    key = f"{aggregate}:{aggregate_id}"
    with connection.cursor() as cursor:
        cursor.execute(kept(INSERT), [
            event_id, event_type, aggregate, aggregate_id, seq, json.dumps({"version": 1, **payload}, default=str), company_id,
            recorded_id(actor), current_trace(), current_cause(), key, seq, GRACE, consumers_of(event_type),
        ])
        ids = [row[0] for row in cursor.fetchall()]
    work = current_work()
    if work.previewing:
        work.follow_ups.extend(ids)
    elif ids:
        wake_after_commit(ids)
    return event_id

