"""Entries that are taken back on a day known beforehand."""

from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.ledger.models import Account, JournalEntry
from erp.ledger.services import mirror_entry
from erp.schedules.models import ScheduledReversal
from suite.kernel.calendars.models import Period
from suite.kernel.documents.editing import editing
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.locking import lock_one
from suite.kernel.documents.transitions import Act, transition
from suite.kernel.documents.work import in_unit_of_work


@editing(ScheduledReversal)
def refuse_entries_that_cannot_be_mirrored(row: ScheduledReversal, *, actor: Any) -> None:
    """Raises Refusal: the entry belongs to a document, is mirrored already, or the day lies before it."""
    entry = row.entry
    if entry.source_key or entry.lines.exclude(account__control=Account.Control.NONE).exists():
        raise Refusal(
            _("%(entry)s belongs to a document; nothing was scheduled.") % {"entry": entry}, field="entry", code="entry_of_document",
            hint=_("Reverse or credit that document."),
        )
    if entry.status != JournalEntry.Status.POSTED or JournalEntry.objects.filter(reverses=entry).exists():
        raise Refusal(_("%(entry)s is not posted, or is reversed already; nothing was scheduled.") % {"entry": entry}, field="entry")
    if row.reverse_on < entry.ledger_date:
        raise Refusal(_("A reversal is not dated before its entry; nothing was scheduled."), field="reverse_on", code="too_early")


def day_after_period(company_id: int, day: date) -> date:
    """The first day after the period that `day` lies in (without a period: the next day)."""
    period = Period.objects.filter(company_id=company_id, is_closing=False, starts_on__lte=day, ends_on__gte=day).first()
    return (period.ends_on if period else day) + timedelta(days=1)


def schedule_reversal(*, entry: JournalEntry, reverse_on: date, actor: Any) -> ScheduledReversal:
    """The order to mirror `entry` on a day; the known one where it has one. For entries a schedule itself posts."""

    def schedule() -> ScheduledReversal:
        known = ScheduledReversal.objects.filter(entry=entry).first()
        return known or ScheduledReversal.objects.create(company_id=entry.company_id, entry=entry, reverse_on=reverse_on)

    return in_unit_of_work(schedule, actor=actor)


def reverse_as_scheduled(*, reversal: ScheduledReversal, actor: Any) -> JournalEntry:
    """The mirror of the entry, dated on its day; the existing one where it was mirrored before. Raises Refusal: that day's period is closed."""

    def reverse() -> JournalEntry:
        entry = lock_one(JournalEntry, reversal.entry_id)
        known = JournalEntry.objects.filter(reverses=entry)
        if not known.exists():
            mirror_on_its_day(entry, actor=actor)
        return known.get()

    return in_unit_of_work(reverse, actor=actor)


@transition(
    JournalEntry, "mirror", source={JournalEntry.Status.POSTED}, target=None, label=gettext_lazy("Reverse as scheduled"), icon="arrow-back-up", order=85,
    offered=lambda entry: False,
)
def mirror_on_its_day(entry: JournalEntry, *, actor: Any, act: Act) -> None:
    """Posts the mirror of an entry on the day scheduled for it. Raises Refusal: none is scheduled, mirrored already, a closed period."""
    reversal = ScheduledReversal.objects.filter(entry=entry).first()
    if reversal is None or JournalEntry.objects.filter(reverses=entry).exists():
        raise Refusal(_("%(entry)s has no reversal that waits; nothing was done.") % {"entry": entry}, code="not_scheduled")
    mirror_entry(
        entry, on=reversal.reverse_on, description=_("Reversal of %(entry)s") % {"entry": entry.number}, actor=actor,
        source_key=f"erp.scheduledreversal:{reversal.pk}",
    )
