"""A record's story: status changes, changes of its fields, notes and files, newest first."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from suite.access.permissions import may
from suite.kernel.attachments.models import Attachment
from suite.kernel.audit.models import RowChange, StatusChange
from suite.kernel.documents.transitions import transitions_of
from suite.kernel.notes.models import Note
from suite.kernel.users.models import User
from suite.resources.display import plain_number
from suite.resources.statuses import colour_of

LIMIT = 60
UNTOLD = {"id", "company_id", "version", "status", "state", "created_by_id", "created_at", "cause"}


@dataclass
class Happening:
    """One thing that happened to a record."""

    at: datetime
    actor_id: int | None
    icon: str
    colour: str
    title: str
    text: str = ""
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    actor: str = ""


def _of_record(model: type[Model], record: Model) -> dict[str, Any]:
    return {"content_type": ContentType.objects.get_for_model(type(record)), "object_id": record.pk}


def _is_numbered(record: Model) -> bool:
    return isinstance(record.pk, int)


def _changes(model: type[Model], change: RowChange) -> list[tuple[str, str, str]]:
    names = {f.column: f for f in model._meta.concrete_fields}
    found = []
    for column, after in (change.after or {}).items():
        known = names.get(column)
        if known is None or known.is_relation or column in UNTOLD:
            continue
        before = (change.before or {}).get(column)
        found.append((capfirst(str(known.verbose_name)), _spoken(known, before), _spoken(known, after)))
    return found


def _spoken(field: Any, value: Any) -> str:
    """A value of the audit trail as people read it."""
    if value in (None, ""):
        return "–"
    if field.flatchoices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if field.get_internal_type() == "DateField" and (day := parse_date(str(value))):
        return date_format(day, "DATE_FORMAT")
    if field.get_internal_type() == "DateTimeField" and (moment := parse_datetime(str(value))):
        return date_format(timezone.localtime(moment) if timezone.is_aware(moment) else moment, "SHORT_DATETIME_FORMAT")
    if field.get_internal_type() == "DecimalField" or isinstance(value, float):
        return plain_number(Decimal(str(value)))
    return str(value)


def story_of(record: Model, user: Any) -> list[Happening]:
    """What happened to the record, newest first, at most 60 entries: four queries however long it is."""
    model, found = type(record), []
    labels = {name: str(t.label) for name, t in transitions_of(model).items()}
    statuses = next((dict(f.flatchoices) for f in model._meta.concrete_fields if f.name in {"status", "state"}), {})
    if _is_numbered(record):
        for change in StatusChange.objects.filter(**_of_record(StatusChange, record)).order_by("-id")[:LIMIT]:
            title = labels.get(change.action, change.action.replace("_", " ").capitalize())
            text = " → ".join(str(statuses.get(part, part)) for part in dict.fromkeys((change.before, change.after)))
            found.append(Happening(change.at, change.actor_id, "arrow-right", colour_of(change.after), title,
                                   f"{text}. {change.reason}" if change.reason else text))
        if may(user, Note, "view"):
            for note in Note.objects.filter(**_of_record(Note, record))[:LIMIT]:
                found.append(Happening(note.at, note.author_id, "message", "yellow", _("Note"), note.text))
    for change in RowChange.objects.filter(table_name=model._meta.db_table, row_id=str(record.pk)).order_by("-id")[:LIMIT]:
        if change.operation == "INSERT":
            found.append(Happening(change.at, change.actor_id, "plus", "blue", _("Created")))
        elif changes := _changes(model, change):
            found.append(Happening(change.at, change.actor_id, "pencil", "secondary", _("Changed"), changes=changes))
    found.sort(key=lambda item: item.at, reverse=True)
    found = found[:LIMIT]
    names = {person.pk: str(person) for person in User.objects.filter(pk__in={item.actor_id for item in found if item.actor_id})}
    for item in found:
        item.actor = names.get(item.actor_id, _("Suite"))
    return found


def attachments_of(record: Model, user: Any) -> list[Attachment]:
    """The files kept with the record, newest first; none for those who may not see files."""
    if not (_is_numbered(record) and may(user, Attachment, "view")):
        return []
    return list(Attachment.objects.visible_to(user).filter(**_of_record(Attachment, record)).select_related("author"))
