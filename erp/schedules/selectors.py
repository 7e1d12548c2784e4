"""What is due by the calendar and not posted yet."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from erp.ledger.models import JournalEntry
from erp.schedules.models import DeferralInstalment, RecurringEntry, ScheduledReversal
from erp.schedules.rules import Part, occurrences
from suite.kernel.documents.models import Document


class Due(NamedTuple):
    """Something to post: of which record (model label and key), for which day."""

    kind: str
    pk: int
    due_on: date
    name: str


def source_key(template: RecurringEntry, day: date) -> str:
    """The source of the entry that a template makes for a day: one per template and day, kept by the database."""
    return f"{template.key}/{day}"


def days_of(template: RecurringEntry, until: date) -> list[date]:
    """The days up to `until` on which a template falls due."""
    return list(occurrences(template.first_on, template.every, min(until, template.last_on or until)))


def due(company_id: int, on: date) -> list[Due]:
    """Everything that should be posted by the end of `on` and is not, oldest first."""
    found: list[Due] = []
    templates = list(RecurringEntry.objects.filter(company_id=company_id, status=RecurringEntry.Status.ACTIVE, first_on__lte=on))
    wanted = {source_key(template, day): (template, day) for template in templates for day in days_of(template, on)}
    known = set(JournalEntry.objects.filter(company_id=company_id, source_key__in=list(wanted)).values_list("source_key", flat=True))
    found += [Due("recurring", template.pk, day, template.name) for key, (template, day) in wanted.items() if key not in known]
    instalments = DeferralInstalment.objects.filter(
        company_id=company_id, entry=None, deferral__status="active", due_on__lte=on,
    ).select_related("deferral")
    found += [Due("deferral", part.pk, part.due_on, part.deferral.description) for part in instalments]
    found += [Due("reversal", row.pk, row.reverse_on, str(row.entry)) for row in pending_reversals(company_id, on)]
    return sorted(found, key=lambda item: (item.due_on, item.kind, item.pk))


def pending_reversals(company_id: int, on: date) -> Sequence[ScheduledReversal]:
    """Scheduled reversals of posted entries whose day has come and which are not mirrored yet."""
    return list(ScheduledReversal.objects.filter(
        company_id=company_id, reverse_on__lte=on, entry__status="posted", entry__reversed_by=None,
    ).select_related("entry"))


def planned_parts(deferral: Document) -> list[Part]:
    """The parts a deferral has: what is posted and what will be."""
    return [Part(row.due_on, row.amount) for row in deferral.instalments.order_by("position")]
