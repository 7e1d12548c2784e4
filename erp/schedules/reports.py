"""What the calendar will post: the preview of every schedule."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from erp.ledger.models import JournalEntry
from erp.schedules.models import DeferralInstalment, RecurringEntry, ScheduledReversal
from erp.schedules.selectors import days_of, source_key
from suite.kernel.money.rules import ZERO
from suite.resources.report_tables import Column, Table


def schedule_preview(*, company_id: int, starts_on: date, ends_on: date) -> Table:
    """Everything recurring entries, deferrals and reversals post from a day to a day, with the entry where it is posted already."""
    rows = [*_recurring(company_id, starts_on, ends_on), *_instalments(company_id, starts_on, ends_on), *_reversals(company_id, starts_on, ends_on)]
    rows.sort(key=lambda row: (row["due_on"], row["name"]))
    return Table(
        [
            Column("due_on", _("Date"), "date"), Column("kind", _("Kind")), Column("name", _("What"), link="link"), Column("amount", _("Amount"), "money"),
            Column("number", _("Entry"), link="entry_link"),
        ],
        rows, {"name": _("Total"), "amount": sum((row["amount"] for row in rows), ZERO)},
    )


def _row(kind: str, due_on: date, name: str, amount: Any, link: str, entry: JournalEntry | None) -> dict[str, Any]:
    return {
        "due_on": due_on, "kind": kind, "name": name, "amount": amount, "link": link, "number": entry.number if entry else "",
        "entry_link": reverse("erp:journalentry_detail", args=[entry.pk]) if entry else "",
    }


def _recurring(company_id: int, starts_on: date, ends_on: date) -> list[dict[str, Any]]:
    templates = list(RecurringEntry.objects.filter(company_id=company_id, status="active").prefetch_related("lines"))
    wanted = [(template, day) for template in templates for day in days_of(template, ends_on) if day >= starts_on]
    known = {entry.source_key: entry for entry in JournalEntry.objects.filter(
        company_id=company_id, source_key__in=[source_key(*item) for item in wanted])}
    return [
        _row(_("Recurring entry"), day, template.name, sum((line.debit for line in template.lines.all()), ZERO),
             reverse("erp:recurringentry_detail", args=[template.pk]), known.get(source_key(template, day)))
        for template, day in wanted
    ]


def _instalments(company_id: int, starts_on: date, ends_on: date) -> list[dict[str, Any]]:
    parts = DeferralInstalment.objects.filter(company_id=company_id, due_on__range=(starts_on, ends_on)).exclude(deferral__status="draft")
    return [
        _row(part.deferral.get_kind_display(), part.due_on, part.deferral.description, part.amount,
             reverse("erp:deferral_detail", args=[part.deferral_id]), part.entry)
        for part in parts.select_related("deferral", "entry")
    ]


def _reversals(company_id: int, starts_on: date, ends_on: date) -> list[dict[str, Any]]:
    rows = ScheduledReversal.objects.filter(company_id=company_id, reverse_on__range=(starts_on, ends_on)).select_related("entry")
    mirrors = {entry.reverses_id: entry for entry in JournalEntry.objects.filter(company_id=company_id, reverses__in=[row.entry_id for row in rows])}
    return [
        _row(_("Reversal"), row.reverse_on, f"{row.entry} {row.entry.description}", sum((line.debit for line in row.entry.lines.all()), ZERO),
             reverse("erp:journalentry_detail", args=[row.entry_id]), mirrors.get(row.entry_id))
        for row in rows.prefetch_related("entry__lines")
    ]
