"""From any document, everything that followed from it: events, rows, time and money per hop."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.urls import NoReverseMatch, reverse

from integration.outbox.models import Delivery, Event
from integration.trace.kinds import NEVER_WITHOUT_CAUSE, Kind, fact_label, kinds, status_label
from suite.access.permissions import may

MOST_NODES = 5_000


@dataclass
class Node:
    """An event or a row. `amount` is in the document's currency; empty where the reader may not see the row."""

    key: str
    kind: str
    label: str
    number: str = ""
    status: str = ""
    at: datetime | None = None
    amount: Decimal | None = None
    quantity: Decimal | None = None
    actor: str = ""
    is_visible: bool = True
    about: str = ""

    @property
    def title(self) -> str:
        """The event in words."""
        return fact_label(self.label, self.about)

    @property
    def is_document(self) -> bool:
        """Whether it has a number and a life of its own; everything else is a detail of what happened."""
        return self.kind in kinds() and kinds()[self.kind].is_document

    @property
    def status_label(self) -> str:
        return status_label(self.kind, self.status)

    @property
    def url(self) -> str:
        """The row's page, or nothing where it has none."""
        app, _dot, model = self.kind.partition(".")
        if not self.is_visible or not model:
            return ""
        try:
            return reverse(f"{app}:{model}_detail", args=[self.key.partition(":")[2]])
        except NoReverseMatch:
            return ""


@dataclass(frozen=True)
class Edge:
    """`source` caused `target`, `milliseconds` after it."""

    source: str
    target: str
    milliseconds: float | None
    consumer: str = ""


@dataclass
class Trace:
    """The graph below one document."""

    root: str
    nodes: dict[str, Node] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)
    ledger: list[dict[str, Any]] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)
    is_complete: bool = True

    @property
    def is_settled(self) -> bool:
        """Whether nothing of it is still under way."""
        return not any(delivery.status in (Delivery.Status.PENDING, Delivery.Status.DEAD) for delivery in self.deliveries)


def trace_of(root: str, *, user: Any) -> Trace:
    """Everything that `root` ("crm.order:42") led to, as far as `user` may see it. Raises LookupError for an unknown document."""
    company_id = user.company_id
    found = Trace(root)
    found.nodes[root] = _root_node(root, user)
    fresh = [root]
    while fresh and len(found.nodes) < MOST_NODES:
        events = _events_about(fresh, company_id)
        for event in events:
            _add_event(found, event)
        rows = _rows_caused_by([event.pk for event in events], company_id)
        fresh = [node.key for node in _add_rows(found, events, rows, user) if node.kind in kinds() and kinds()[node.kind].is_document]
    found.is_complete = not fresh
    event_ids = [int(key.partition(":")[2]) for key, node in found.nodes.items() if node.kind == "event"]
    found.deliveries = list(Delivery.objects.filter(event_id__in=event_ids).select_related("event").order_by("pk"))
    found.ledger = _ledger_lines(found, user)
    return found


def _root_node(root: str, user: Any) -> Node:
    label, _colon, pk = root.partition(":")
    kind = kinds().get(label)
    if kind is None or not pk.isdigit():
        raise LookupError(root)
    row = kind.model.objects.visible_to(user).filter(pk=int(pk)).first() if may(user, kind.model, "view") else None
    if row is None:
        raise LookupError(root)
    amount = getattr(row, kind.amount, None) if kind.amount != "NULL" else None
    name, number = str(kind.model._meta.verbose_name), getattr(row, "number", "") or ""
    return Node(root, label, name, number, _status(row), getattr(row, "created_at", None), amount)


def _status(row: Any) -> str:
    return str(row.get_status_display()) if hasattr(row, "get_status_display") else ""


def _events_about(keys: Iterable[str], company_id: int) -> list[Event]:
    pairs = [(key.partition(":")[0], int(key.partition(":")[2])) for key in keys]
    query = (
        "SELECT e.* FROM integration_event e JOIN unnest(%s::text[], %s::bigint[]) AS k(aggregate, aggregate_id)"
        " USING (aggregate, aggregate_id) WHERE e.company_id = %s ORDER BY e.id"
    )
    return list(Event.objects.raw(query, [[pair[0] for pair in pairs], [pair[1] for pair in pairs], company_id]).prefetch_related("actor"))


def _add_event(found: Trace, event: Event) -> None:
    key = f"event:{event.pk}"
    found.nodes[key] = Node(key, "event", event.type, at=event.created, actor=str(event.actor or ""), about=event.document_key)
    about = found.nodes.get(event.document_key)
    if about is not None:
        found.edges.append(Edge(event.document_key, key, None))
    if event.causation_id and f"event:{event.causation_id}" in found.nodes:
        cause = found.nodes[f"event:{event.causation_id}"]
        found.edges.append(Edge(cause.key, key, _milliseconds(cause.at, event.created)))


def _milliseconds(start: datetime | None, end: datetime | None) -> float | None:
    # What an act writes itself is a moment older than the event that closes it: no time passed.
    return max(0.0, round((end - start).total_seconds() * 1000, 1)) if start and end else None


def _branch(kind: Kind) -> str:
    columns = {column.column for column in kind.model._meta.concrete_fields}
    at = "created_at" if "created_at" in columns else "NULL::timestamptz"
    number = "number" if "number" in columns else "NULL"
    status = "status" if "status" in columns else "NULL"
    return (
        f"SELECT '{kind.label}' AS kind, id, cause, {number}::text AS number, {status}::text AS status, {at} AS at,"  # noqa: S608 - own names
        f" {kind.amount}::numeric AS amount, {kind.quantity}::numeric AS quantity FROM {kind.table}"
        " WHERE cause = ANY(%(events)s) AND company_id = %(company)s"
    )


def _rows_caused_by(event_ids: list[int], company_id: int) -> list[tuple]:
    if not event_ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(_branch(kind) for kind in kinds().values()), {"events": event_ids, "company": company_id})
        return cursor.fetchall()


def _add_rows(found: Trace, events: list[Event], rows: list[tuple], user: Any) -> list[Node]:
    created = {event.pk: event.created for event in events}
    visible = {label: may(user, kind.model, "view") for label, kind in kinds().items()}
    added = []
    for label, pk, cause, number, status, at, amount, quantity in rows:
        key = f"{label}:{pk}"
        kind = kinds()[label]
        if key not in found.nodes:
            node = Node(key, label, str(kind.model._meta.verbose_name), at=at, is_visible=visible[label])
            if visible[label]:
                node.number, node.status, node.amount, node.quantity = number or "", status or "", amount, quantity
            found.nodes[key] = node
            added.append(node)
        if key != found.root:
            found.edges.append(Edge(f"event:{cause}", key, _milliseconds(created[cause], at)))
    return added


def _ledger_lines(found: Trace, user: Any) -> list[dict[str, Any]]:
    entry_kind = kinds()["erp.journalentry"]
    entries = [int(node.key.partition(":")[2]) for node in found.nodes.values() if node.kind == entry_kind.label and node.is_visible]
    if not entries:
        return []
    lines = entry_kind.model._meta.get_field("lines").related_model.objects
    rows = lines.filter(entry_id__in=entries).select_related("account", "entry").order_by("entry_id", "position", "pk")
    return [
        {"entry": line.entry_id, "number": line.entry.number, "date": line.entry.ledger_date, "account": str(line.account),
         "account_id": line.account_id, "debit": line.debit, "credit": line.credit}
        for line in rows
    ]


def orphans(company_id: int | None = None) -> dict[str, list[int]]:
    """Rows whose cause is no event, or that must have a cause and have none: kind to ids (at most 20 each). Empty when all is well."""
    found: dict[str, list[int]] = {}
    with connection.cursor() as cursor:
        for kind in kinds().values():
            must = NEVER_WITHOUT_CAUSE.get(kind.label)
            missing = f" OR (r.cause IS NULL AND {must})" if must else ""
            company = "AND r.company_id = %(company)s" if company_id else ""
            cursor.execute(
                f"SELECT r.id FROM {kind.table} r LEFT JOIN integration_event e ON e.id = r.cause"  # noqa: S608 - own names
                f" WHERE ((r.cause IS NOT NULL AND e.id IS NULL){missing}) {company} ORDER BY r.id LIMIT 20", {"company": company_id},
            )
            ids = [row[0] for row in cursor.fetchall()]
            if ids:
                found[kind.label] = ids
    return found
