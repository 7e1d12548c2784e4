"""Saving what people and programs type: header and lines in one unit of work, with version check and the domain's own arithmetic.

Pages, API and import all save through here, so a rule stands once: `@edited(Order)` registers what the domain does after its
record was written (prices, totals, dates), `@editing(Order)` what it fills in before, `editable_statuses` on a document class says
while it may be edited at all.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.db.models.deletion import ProtectedError
from django.utils.translation import gettext as _

from suite.access.permissions import may
from suite.kernel.documents.errors import Refusal, StaleVersion, TransitionNotAllowed
from suite.kernel.documents.locking import lock_one
from suite.kernel.documents.models import Document
from suite.kernel.documents.work import in_unit_of_work
from suite.kernel.users.service_user import recorded_id

_before_edit: dict[type, list[Callable[..., None]]] = defaultdict(list)
_after_edit: dict[type, list[Callable[..., None]]] = defaultdict(list)


def editing(model: type[Model]) -> Callable:
    """Register `function(record, *, actor)`: fills in defaults, or refuses, before the record is written. Its pk says whether it is new."""

    def register(function: Callable[..., None]) -> Callable[..., None]:
        _before_edit[model].append(function)
        return function

    return register


def edited(model: type[Model]) -> Callable:
    """Register `function(record, *, actor)`: runs after record and lines were written, in the same transaction."""

    def register(function: Callable[..., None]) -> Callable[..., None]:
        _after_edit[model].append(function)
        return function

    return register


def refuse_unless_editable(record: Model) -> None:
    """Raises TransitionNotAllowed for a document whose status no longer admits edits."""
    statuses = getattr(record, "editable_statuses", ("draft",)) if isinstance(record, Document) else None
    if statuses is not None and record.pk and record.status not in statuses:
        raise TransitionNotAllowed(
            _("%(document)s is %(status)s and can no longer be edited; nothing was saved.")
            % {"document": record, "status": record.get_status_display()},
        )


def save_record(
    record: Model, *, actor: Any, lines: Sequence[tuple[str, Iterable[Model], Iterable[Model]]] = (), expected_version: int | None = None,
) -> Model:
    """The record, saved with its lines: each of `lines` is (name of the line's key to the record, lines to save, lines to delete).

    Raises PermissionDenied, StaleVersion (somebody saved first), TransitionNotAllowed (status admits no edit), or what the domain
    refuses; then nothing was saved.
    """

    def save() -> Model:
        model = type(record)
        if not may(actor, model, "change" if record.pk else "add"):
            raise PermissionDenied(_("You may not save this."))
        if record.pk:
            kept = lock_one(model, record.pk)
            refuse_unless_editable(kept)
            if expected_version is not None and getattr(kept, "version", expected_version) != expected_version:
                raise StaleVersion(_("%(record)s was changed by somebody else; nothing was saved.") % {"record": kept})
            if hasattr(kept, "version"):
                record.version = kept.version + 1
            if isinstance(kept, Document):
                record.status, record.number = kept.status, kept.number
        elif isinstance(record, Document):
            record.created_by_id = recorded_id(actor)
        if hasattr(record, "company_id") and record.company_id is None:
            record.company_id = actor.company_id
        for step in _before_edit[model]:
            step(record, actor=actor)
        record.save()
        for parent, kept_lines, dropped in lines:
            for line in dropped:
                if line.pk:
                    line.delete()
            for position, line in enumerate(kept_lines, 1):
                setattr(line, parent, record)
                line.company_id = record.company_id
                if hasattr(line, "position"):
                    line.position = position
                line.save()
        for step in _after_edit[model]:
            step(record, actor=actor)
        return record

    return in_unit_of_work(save, actor=actor)


def delete_record(record: Model, *, actor: Any) -> None:
    """Deletes a record that nothing else names. Raises PermissionDenied, TransitionNotAllowed, or Refusal when it is in use."""

    def delete() -> None:
        if not may(actor, type(record), "delete"):
            raise PermissionDenied(_("You may not delete this."))
        refuse_unless_editable(lock_one(type(record), record.pk))
        try:
            record.delete()
        except ProtectedError:
            raise Refusal(
                _("%(record)s is used by other records; it was not deleted.") % {"record": record}, hint=_("Set it inactive instead."),
            ) from None

    in_unit_of_work(delete, actor=actor)
