"""The same entry again and again."""

from datetime import date
from typing import Any

from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.ledger.models import Account, Journal, JournalEntry
from erp.ledger.services import EntryLine, post_entry
from erp.schedules.models import RecurringEntry
from erp.schedules.selectors import days_of, source_key
from erp.schedules.services.reversals import day_after_period, schedule_reversal
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.locking import lock_one
from suite.kernel.documents.transitions import Act, transition
from suite.kernel.documents.work import in_unit_of_work

Status = RecurringEntry.Status
BY_HAND = (Journal.Kind.GENERAL, Journal.Kind.BANK)


@transition(
    RecurringEntry, "activate", source={Status.DRAFT, Status.STOPPED}, target=Status.ACTIVE, label=gettext_lazy("Activate"), icon="player-play", order=10,
)
def activate_recurring_entry(template: RecurringEntry, *, actor: Any, act: Act) -> None:
    """From now on it posts by its calendar, days that have passed included. Raises Refusal: unbalanced, one line only, a control account."""
    totals = template.lines.aggregate(debit=Sum("debit"), credit=Sum("credit"))
    if template.lines.count() < 2 or totals["debit"] != totals["credit"]:
        raise Refusal(
            _("Debits and credits of the template differ, or it has no two lines; it was not activated."), code="entry_balances",
            hint=_("Correct the amounts until both sides are equal."),
        )
    guilty = template.lines.exclude(account__control=Account.Control.NONE).select_related("account").first()
    if guilty or template.journal.kind not in BY_HAND:
        raise Refusal(
            _("%(what)s takes lines from its own documents only; the template was not activated.") % {"what": guilty.account if guilty else template.journal},
            field="account" if guilty else "journal", code="control_account", hint=_("Choose another account, and the general journal."),
        )


@transition(RecurringEntry, "stop", source={Status.ACTIVE}, target=Status.STOPPED, label=gettext_lazy("Stop"), icon="player-stop", is_dangerous=True, order=80)
def stop_recurring_entry(template: RecurringEntry, *, actor: Any, act: Act, reason: str = "") -> None:
    """Nothing more is posted; what was posted stays."""


def post_occurrence(*, template: RecurringEntry, on: date, actor: Any) -> JournalEntry:
    """The template's entry for one of its days, posted; the existing one when it was posted before.

    Raises Refusal: no day of its calendar, not active, a closed period.
    """

    def post() -> JournalEntry:
        fresh = lock_one(RecurringEntry, template.pk)
        if fresh.status != Status.ACTIVE or on not in days_of(fresh, on):
            raise Refusal(_("%(template)s is not due on %(day)s; nothing was posted.") % {"template": fresh, "day": on}, code="not_due")
        known = JournalEntry.objects.filter(company_id=fresh.company_id, source_key=source_key(fresh, on))
        if not known.exists():
            post_due_day(fresh, actor=actor, on=on)
        return known.get()

    return in_unit_of_work(post, actor=actor)


@transition(
    RecurringEntry, "post_day", source={Status.ACTIVE}, target=None, label=gettext_lazy("Post a day that is due"), icon="calendar-check", order=20,
    offered=lambda template: False,
)
def post_due_day(template: RecurringEntry, *, actor: Any, act: Act, on: date | None = None) -> None:
    """The template's entry for a day of its calendar, the last one unless said otherwise. Raises Refusal: no such day, a closed period."""
    days = days_of(template, on or timezone.localdate())
    day = on or (days[-1] if days else None)
    if day not in days:
        raise Refusal(_("%(template)s is not due on %(day)s; nothing was posted.") % {"template": template, "day": day or ""}, code="not_due")
    entry = post_entry(
        company_id=template.company_id, journal_id=template.journal_id, ledger_date=day, actor=actor, source_key=source_key(template, day),
        description=template.name, lines=[
            EntryLine(account_id=line.account_id, amount=line.debit - line.credit, party_id=line.party_id, description=line.description)
            for line in template.lines.order_by("position")
        ],
    )
    if entry.is_new and template.is_reversing:
        schedule_reversal(entry=entry, reverse_on=day_after_period(template.company_id, day), actor=actor)
