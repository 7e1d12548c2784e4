"""Running one delivery: the effect and the mark "done" in one transaction, so it happens exactly once."""

import logging
from dataclasses import dataclass

from django.db import DatabaseError, Error, connection, transaction

from integration.outbox.consumers import consumer_named
from integration.outbox.faults import drilled, fault_point
from integration.outbox.models import Delivery, Event
from integration.outbox.rules import MAX_TRIES, backoff
from suite.kernel.companies.cause import caused_by
from suite.kernel.documents.statements import kept
from suite.kernel.documents.work import current_work, in_unit_of_work, tracing
from suite.kernel.users.service_user import service_user

log = logging.getLogger("suite.outbox")

READ = """
SELECT d.id, d.handler, e.id, e.uid, e.type, e.aggregate, e.aggregate_id, e.seq, e.payload, e.company_id, e.actor_id, e.trace_parent,
       e.causation_id, e.created,
       EXISTS (SELECT 1 FROM integration_delivery f
                WHERE f.handler = d.handler AND f.aggregate_key = d.aggregate_key AND f.seq < d.seq AND f.status IN (0, 2)) AS is_blocked
  FROM integration_delivery d JOIN integration_event e ON e.id = d.event_id
 WHERE d.id {which} AND d.status = 0 ORDER BY d.id FOR NO KEY UPDATE OF d SKIP LOCKED"""
LOCK = READ.format(which="= %s")
LOCK_ALL = READ.format(which="= ANY(%s)")

DONE = "UPDATE integration_delivery SET status = 1, done_at = clock_timestamp() WHERE id = %s"
ALL_DONE = "UPDATE integration_delivery SET status = 1, done_at = clock_timestamp() WHERE id = ANY(%s)"

FAILED = """
UPDATE integration_delivery SET last_error = %(error)s, first_failed_at = coalesce(first_failed_at, clock_timestamp()),
       status = CASE WHEN attempts >= %(most)s THEN 2 ELSE 0 END, next_at = clock_timestamp() + %(wait)s
 WHERE id = %(id)s AND status = 0 RETURNING status"""

COUNTED = """
UPDATE integration_delivery SET attempts = attempts + CASE WHEN attempts >= %(most)s THEN 0 ELSE 1 END,
       status = CASE WHEN attempts >= %(most)s THEN 2 ELSE 0 END
 WHERE id = (SELECT d.id FROM integration_delivery d WHERE d.id = %(id)s AND d.status = 0 AND d.attempts = coalesce(%(tried)s, d.attempts)
                FOR NO KEY UPDATE SKIP LOCKED) RETURNING status"""


@dataclass
class Locked:
    """A delivery held by this transaction, with its event."""

    delivery_id: int
    handler: str
    event: Event
    is_blocked: bool


def _document_of(delivery_id: int) -> str:
    """Which document a delivery is about, before its lock is taken; the drills ask."""
    return Delivery.objects.values_list("aggregate_key", flat=True).get(pk=delivery_id)


def lock_delivery(delivery_id: int) -> Locked | None:
    with connection.cursor() as cursor:
        cursor.execute(kept(LOCK), [delivery_id])
        row = cursor.fetchone()
    return _locked(row) if row else None


def _locked(row: tuple) -> Locked:
    names = ("id", "uid", "type", "aggregate", "aggregate_id", "seq", "payload", "company_id", "actor_id", "trace_parent", "causation_id", "created")
    values = dict(zip(names, row[2:14], strict=True))
    if isinstance(values["payload"], str):
        values["payload"] = Event._meta.get_field("payload").from_db_value(values["payload"], None, connection)
    return Locked(row[0], row[1], Event(**values), row[14])


def perform(delivery_id: int) -> str:
    """"done", "taken" (somebody has it, or it is done) or "blocked" (an earlier one is open). Raises what the consumer raises."""
    document = ""

    def act() -> str:
        nonlocal document
        locked = lock_delivery(delivery_id)
        if locked is None:
            return "taken"
        if locked.is_blocked:
            return "blocked"
        document = locked.event.document_key
        fault_point("after_lock", document)
        _handle(locked)
        fault_point("after_handler", document)
        with connection.cursor() as cursor:
            cursor.execute(kept(DONE), [delivery_id])
        current_work().at_seal("~outbox.before_commit", lambda keys: [fault_point("before_commit", key) for key in keys], document)
        return "done"

    if drilled():
        fault_point("before_lock", _document_of(delivery_id))
    outcome = in_unit_of_work(act, actor=None)
    fault_point("after_commit", document)
    return outcome


def _handle(locked: Locked) -> None:
    event = locked.event
    actor = service_user(on_behalf_of=event.actor_id, company_id=event.company_id)
    current_work().actor_id = event.actor_id or actor.pk
    with caused_by(event.id), tracing(event.trace_parent):
        consumer_named(locked.handler).handle(event, actor)


def perform_together(ids: list[int]) -> set[int]:
    """Runs the deliveries of one commit in one transaction; the ids of those that are done now. Raises what a consumer raises: then none is."""

    def act() -> set[int]:
        with connection.cursor() as cursor:
            cursor.execute(kept(LOCK_ALL), [ids])
            found = [_locked(row) for row in cursor.fetchall()]
        ready = [locked for locked in found if not locked.is_blocked]
        for locked in ready:
            _handle(locked)
        done = [locked.delivery_id for locked in ready]
        with connection.cursor() as cursor:
            cursor.execute(kept(ALL_DONE), [done])
        return set(done)

    return in_unit_of_work(act, actor=None)


def run_delivery(delivery_id: int) -> str:
    """What `perform` says, or "retry" or "dead" when the consumer failed.

    A lost connection is raised: the caller's process looks after it, the delivery's lease runs out and the sweeper hands it out again.
    """
    try:
        return perform(delivery_id)
    except Exception as error:  # noqa: BLE001 - whatever the consumer raises is kept on its delivery for a person to read
        # psycopg2 says OperationalError, InterfaceError or plain DatabaseError when the server went away.
        if isinstance(error, Error) and not _is_alive():
            raise
        return note_failure(delivery_id, error)


def _is_alive() -> bool:
    try:
        return connection.connection is not None and connection.is_usable()
    except DatabaseError:
        return False


def note_failure(delivery_id: int, error: Exception) -> str:
    """Keeps the error on its delivery: "retry", or "dead" after the last try."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT attempts FROM integration_delivery WHERE id = %s", [delivery_id])
        tries = (cursor.fetchone() or (1,))[0]
        cursor.execute(FAILED, {"id": delivery_id, "error": _readable(error), "most": MAX_TRIES, "wait": backoff(tries)})
        row = cursor.fetchone()
    outcome = "dead" if row and row[0] == Delivery.Status.DEAD else "retry"
    log.warning("A delivery failed.", extra={"delivery": delivery_id, "tries": tries, "outcome": outcome, "error": _readable(error)[:300]})
    return outcome


def _readable(error: Exception) -> str:
    """The error's own words: no values of rows, which PostgreSQL gives in DETAIL."""
    text = f"{type(error).__name__}: {error}".split("\nDETAIL:")[0].replace("\x00", "")
    return text[:2000]


def run_deliveries(ids: list[int], *, is_first: bool, tried: int | None = None) -> dict[int, str]:
    """Runs each; a repeated try is counted before it starts, so that a delivery which kills its process dies after twelve.

    `tried` is how many tries there were when it was handed out: of two messages for the same try only one counts, and only one runs.
    """
    outcomes: dict[int, str] = {}
    for delivery_id in ids:
        refused = None if is_first else _count_try(delivery_id, tried)
        outcomes[delivery_id] = refused or run_delivery(delivery_id)
    return outcomes


def _count_try(delivery_id: int, tried: int | None) -> str | None:
    """Why the delivery is not to be run now: somebody has it ("taken", not waited for), or its tries are used up ("dead")."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(COUNTED, {"id": delivery_id, "most": MAX_TRIES, "tried": tried})
        row = cursor.fetchone()
    if row is None:
        return "taken"
    return "dead" if row[0] == Delivery.Status.DEAD else None
