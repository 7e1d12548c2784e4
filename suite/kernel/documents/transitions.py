"""A transition is a service function with its rule written on top; it registers itself for pages, API, history and tests."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import wraps
from hashlib import sha256
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.dispatch import Signal
from django.utils.translation import gettext as _

from suite.access.permissions import code
from suite.kernel.companies.cause import caused_by, has_cause
from suite.kernel.documents.errors import StaleVersion, TransitionNotAllowed
from suite.kernel.documents.event_ids import draw_event_id
from suite.kernel.documents.idempotency import once
from suite.kernel.documents.locking import lock, lock_one
from suite.kernel.documents.saving import write_row, write_rows
from suite.kernel.documents.signals import act_done
from suite.kernel.documents.statements import kept
from suite.kernel.documents.work import Work, current_trace, current_work, in_unit_of_work
from suite.kernel.users.service_user import recorded_id

STATUS_CHANGED = (
    "INSERT INTO kernel_statuschange (company_id, content_type_id, object_id, action, before, after, version, actor_id, trace, reason, at)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, statement_timestamp())"
)
STATUSES_CHANGED = (
    "INSERT INTO kernel_statuschange (company_id, content_type_id, object_id, action, before, after, version, actor_id, trace, reason, at)"
    " SELECT *, statement_timestamp() FROM unnest(%s::bigint[], %s::int[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::int[], %s::bigint[],"
    " %s::text[], %s::text[])"
)


@dataclass(frozen=True)
class Transition:
    """One way a document's status may change."""

    model: type
    name: str
    source: frozenset[str]
    target: str | None
    permission: str
    label: str
    icon: str
    is_dangerous: bool
    order: int
    run: Callable[..., Any]
    offered: Callable[[Any], bool] | None = None


class Act:
    """One run of a transition, as its signals see it. `event_id` is drawn when first asked for, and emitted at the end.

    `after` is the fact announced at the end; the function may name another, or None. A function that has written the document itself, as it
    is to stay, sets `is_written`.
    """

    def __init__(self, transition: str, document: Any, actor: Any, before: str, after: Signal | None) -> None:
        self.transition = transition
        self.document = document
        self.actor = actor
        self.before = before
        self.reason = ""
        self.payload: dict[str, Any] = {}
        self.after = after
        self.is_written = False
        self.is_emitted = False
        self._event_id: int | None = None

    @property
    def is_drawn(self) -> bool:
        return self._event_id is not None

    def event_id(self) -> int:
        """The id of the event that this act will emit."""
        if self._event_id is None:
            self._event_id = draw_event_id()
        return self._event_id


@dataclass(frozen=True)
class Asked:
    """One document of a transition that runs for many together: its act, what was asked of it, and the event that its rows carry as their cause
    (`with one.causing():` around what makes them; None: the one that is in force).
    """

    document: Any
    act: Act
    kwargs: dict[str, Any]
    cause: int | Callable[[], int] | None = None

    def causing(self) -> AbstractContextManager[None]:
        """Rows made inside are this document's."""
        return caused_by(self.cause) if self.cause is not None else nullcontext()

    @property
    def cause_id(self) -> int | None:
        """The event id that statements which make rows write as their cause."""
        return self.cause() if callable(self.cause) else self.cause


_by_model: dict[type, dict[str, Transition]] = defaultdict(dict)
_guards: list[Callable[[Any, str, Any], None]] = []


def guards(function: Callable[[Any, str, Any], None]) -> Callable[[Any, str, Any], None]:
    """Register `function(document, name, actor)`: may refuse a transition that its document class names in `approvable`, before it begins."""
    _guards.append(function)
    return function


def transitions_of(model: type) -> dict[str, Transition]:
    """The transitions of a document class by name, in order of likelihood."""
    return dict(sorted(_by_model[model].items(), key=lambda item: item[1].order))


def available(document: Any, user: Any) -> list[Transition]:
    """What the user may do to the document in its present status, likeliest first."""
    return [
        t for t in transitions_of(type(document)).values()
        if document.status in t.source and user.has_perm(t.permission) and (t.offered is None or t.offered(document))
    ]


def transition(
    model: type,
    name: str,
    *,
    source: Iterable[str],
    target: str | None,
    label: str,
    before: Signal | None = None,
    after: Signal | None = None,
    icon: str = "arrow-right",
    is_dangerous: bool = False,
    order: int = 50,
    offered: Callable[[Any], bool] | None = None,
    many: Callable[..., None] | None = None,
) -> Callable:
    """Turn `function(document, *, actor, act, **kwargs)` into a transition of `model`.

    `target` None: the function sets the status itself (confirmed or on hold). `before` may refuse by raising; `after` announces the fact.
    `offered`: whether pages offer it on a document whose status admits it; calling it nevertheless is for the function to refuse in words.
    The result takes `key` (idempotency) and `expected_version`, returns the saved document, and raises PermissionDenied,
    TransitionNotAllowed, StaleVersion, or whatever the function refuses with.

    `many(asked, *, actor)` does the same for a list of `Asked` with as few statements as for one; the function for one calls it, so that there is
    one way. The result's `together([(document, kwargs)], actor=, causes=None)` runs it, all or none, and gives the saved documents in order;
    `causes` are events of the acts that these follow from, where each follows from another's.
    """
    permission = code(model, name)

    def decorate(function: Callable[..., None]) -> Callable[..., Any]:
        @wraps(function)
        def run(document: Any, *, actor: Any, key: str | None = None, expected_version: int | None = None, **kwargs: Any) -> Any:
            if not actor.has_perm(permission):
                raise PermissionDenied(permission)

            def act_once() -> Any:
                if key is None:
                    return perform(document, actor, expected_version, kwargs)
                done: list[Any] = []

                def first_time() -> int:
                    done.append(perform(document, actor, expected_version, kwargs))
                    return done[0].pk

                request = sha256(f"{model._meta.label_lower}:{document.pk}:{name}:{sorted(kwargs.items())}".encode()).hexdigest()
                pk, replayed = once(actor=actor, key=key, request_hash=request, run=first_time)
                return model._base_manager.get(pk=pk) if replayed else done[0]

            return in_unit_of_work(act_once, actor=actor)

        def perform(document: Any, actor: Any, expected_version: int | None, kwargs: dict[str, Any]) -> Any:
            # A document that was never saved is known to nobody else: there is nothing to lock, the function writes it.
            document = document if document.pk is None else lock_one(model, document.pk)
            if expected_version is not None and document.version != expected_version:
                raise StaleVersion(_("%(document)s was changed by somebody else; nothing was done.") % {"document": document})
            refuse(document, actor)
            act = Act(name, document, actor, document.status, after)
            if has_cause():
                return steps(document, act, actor, kwargs)
            with caused_by(act.event_id):
                return steps(document, act, actor, kwargs)

        def refuse(document: Any, actor: Any) -> None:
            if document.status not in source:
                raise TransitionNotAllowed(
                    _("%(document)s is %(status)s: %(action)s is not possible, nothing was done.")
                    % {"document": document, "status": document.get_status_display(), "action": label}
                )
            if document.pk is not None and name in getattr(model, "approvable", ()):
                for guard in _guards:
                    guard(document, name, actor)

        def steps(document: Any, act: Act, actor: Any, kwargs: dict[str, Any]) -> Any:
            work: Work = current_work()
            if before:
                before.send(sender=model, document=document, act=act)
            if target is not None:
                document.status = target
            function(document, actor=actor, act=act, **kwargs)
            if not act.is_written:
                document.version += 1
                write_row(document)
            with connection.cursor() as cursor:
                cursor.execute(kept(STATUS_CHANGED), change(document, act, actor, kwargs))
            told(document, act, work)
            return document

        def change(document: Any, act: Act, actor: Any, kwargs: dict[str, Any]) -> list[Any]:
            return [
                document.company_id, ContentType.objects.get_for_model(model).pk, document.pk, name, act.before, document.status,
                document.version, recorded_id(actor), current_trace(), str(kwargs.get("reason") or act.reason)[:200],
            ]

        def told(document: Any, act: Act, work: Work) -> None:
            work.effects.append(act)
            if act.after:
                act.after.send(sender=model, document=document, act=act)
            act_done.send(sender=model, document=document, act=act)

        def together(
            pairs: Sequence[tuple[Any, dict[str, Any]]], *, actor: Any, causes: Sequence[int | None] | None = None,
        ) -> list[Any]:
            if not actor.has_perm(permission):
                raise PermissionDenied(permission)
            return in_unit_of_work(lambda: perform_all(pairs, actor, causes), actor=actor) if pairs else []

        def perform_all(pairs: Sequence[tuple[Any, dict[str, Any]]], actor: Any, causes: Sequence[int | None] | None) -> list[Any]:
            there = {one.pk: one for one in lock(model._base_manager.filter(pk__in=[one.pk for one, _kwargs in pairs if one.pk is not None]))}
            current_work().gathers |= len(pairs) > 1
            asked = []
            for place, (document, kwargs) in enumerate(pairs):
                document = document if document.pk is None else there[document.pk]
                refuse(document, actor)
                act = Act(name, document, actor, document.status, after)
                asked.append(Asked(document, act, kwargs, causes[place] if causes else None if has_cause() else act.event_id))
            with asked[0].causing():
                steps_of_all(asked, actor)
            return [one.document for one in asked]

        def steps_of_all(asked: Sequence[Asked], actor: Any) -> None:
            for one in asked:
                if before:
                    with one.causing():
                        before.send(sender=model, document=one.document, act=one.act)
                if target is not None:
                    one.document.status = target
            many(asked, actor=actor)
            changed = [one.document for one in asked if not one.act.is_written]
            for document in changed:
                document.version += 1
            write_rows(changed)
            rows = [change(one.document, one.act, actor, one.kwargs) for one in asked]
            with connection.cursor() as cursor:
                cursor.execute(STATUSES_CHANGED, [list(column) for column in zip(*rows, strict=True)])
            for one in asked:
                with one.causing():
                    told(one.document, one.act, current_work())

        if many is not None:
            run.together = together
        _by_model[model][name] = Transition(
            model, name, frozenset(source), target, permission, label, icon, is_dangerous, order, run, offered,
        )
        return run

    return decorate
