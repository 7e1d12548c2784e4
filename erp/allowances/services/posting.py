"""The allowance of a day is posted as the difference to what is set aside already; the newest one can be taken back."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.allowances.models import Allowance, AllowanceLine
from erp.allowances.selectors import ITEM, assessment, set_aside, why
from erp.ledger.models import Journal, JournalEntry
from erp.ledger.roles import AccountRole
from erp.ledger.rules import EntryLine
from erp.ledger.selectors import accounts_of
from erp.ledger.services.entries import begin_entry, complete_entry
from erp.receivables.models import ClearingItem
from erp.receivables.services.settling import lock_items
from suite.access.permissions import may
from suite.kernel.documents.editing import editing
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.transitions import Act, transition
from suite.kernel.documents.work import in_unit_of_work
from suite.kernel.documents.writing import insert_row
from suite.kernel.money.rules import ZERO
from suite.kernel.numbering.services import next_number
from suite.kernel.users.service_user import recorded_id

Status = Allowance.Status


@editing(Allowance)
def refuse_bad_day(allowance: Allowance, *, actor: Any) -> None:
    """Raises Refusal: a day to come."""
    if allowance.as_of > timezone.localdate():
        raise Refusal(_("Nothing is set aside for a day to come; nothing was saved."), field="as_of", code="future", hint=_("Choose today or a day before."))


def draft_allowance(*, company_id: int, as_of: date, actor: Any) -> Allowance:
    """A draft for the day. Raises PermissionDenied, and Refusal: a day to come."""

    def draft() -> Allowance:
        if not may(actor, Allowance, "add"):
            raise PermissionDenied(_("You may not make an allowance."))
        made = Allowance(company_id=company_id, as_of=as_of, created_by_id=recorded_id(actor))
        refuse_bad_day(made, actor=actor)
        return insert_row(made)

    return in_unit_of_work(draft, actor=actor)


@transition(Allowance, "post", source={Status.DRAFT}, target=Status.POSTED, label=gettext_lazy("Post"), icon="check", order=10)
def post_allowance(allowance: Allowance, *, actor: Any, act: Act) -> None:
    """O2C-14: what the day needs, item by item as its proposal shows, less what is set aside already; its mirror where less is needed.

    Raises Refusal: a later allowance is posted, nothing to post, a closed period.
    """
    _refuse_before_later(allowance)
    lock_items(one.risk.item_id for one in assessment(allowance.company_id, allowance.as_of))
    assessed = assessment(allowance.company_id, allowance.as_of)  # as it is now that nobody else can change the items
    if not any(one.delta for one in assessed):
        raise Refusal(
            _("What is set aside is what %(day)s needs; nothing was posted.") % {"day": allowance.as_of}, code="nothing_to_post",
            hint=_("Set rates per age, or judge an item by itself."),
        )
    allowance.target = sum((one.target for one in assessed), ZERO)
    allowance.existing = sum((one.risk.existing for one in assessed), ZERO)
    allowance.delta = allowance.target - allowance.existing
    allowance.number = next_number(company_id=allowance.company_id, series="ALW")
    AllowanceLine.objects.bulk_create([
        AllowanceLine(
            company_id=allowance.company_id, allowance=allowance, position=place, item_id=one.risk.item_id, customer_id=one.risk.customer_id,
            days_overdue=one.risk.days_overdue, open_amount=one.risk.open_amount, net=one.net, percent=one.percent, target=one.target,
            existing=one.risk.existing, delta=one.delta, explanation=why(one)[:240],
        )
        for place, one in enumerate(assessed, 1)
    ])
    allowance.entry = _book(
        allowance, [(one.risk.item_id, one.risk.customer_id, one.risk.existing, one.delta) for one in assessed if one.delta], allowance.as_of, actor,
        source=allowance.key,
    )
    act.payload["delta"] = str(allowance.delta)


@transition(
    Allowance, "reverse", source={Status.POSTED}, target=Status.REVERSED, label=gettext_lazy("Reverse"), icon="arrow-back-up", is_dangerous=True, order=80,
)
def reverse_allowance(allowance: Allowance, *, actor: Any, act: Act, on: date | None = None, reason: str = "") -> None:
    """The mirror of the entry: what was set aside before it is set aside again, as far as it was not used.

    Raises Refusal: a later allowance is posted, part of it was used, a day before it, a closed period.
    """
    on = on or max(timezone.localdate(), allowance.as_of)
    if on < allowance.as_of:
        raise Refusal(_("An allowance is not reversed before its day; nothing was done."), field="on", code="too_early")
    _refuse_before_later(allowance)
    lines = list(allowance.lines.exclude(delta=0).order_by("position"))
    now = set_aside(allowance.company_id, [line.item_id for line in lines])
    if any(now.get(line.item_id, ZERO) != line.target for line in lines):
        raise Refusal(
            _("Part of %(allowance)s was used since; nothing was reversed.") % {"allowance": allowance}, code="allowance_used",
            hint=_("Post the allowance of a later day: it adjusts to what is needed then."),
        )
    allowance.reversal = _book(
        allowance, [(line.item_id, line.customer_id, line.target, -line.delta) for line in lines], on, actor, source=f"{allowance.key}/reversed",
        reverses=allowance.entry,
    )


def _refuse_before_later(allowance: Allowance) -> None:
    later = Allowance.objects.filter(company_id=allowance.company_id, status=Status.POSTED, as_of__gte=allowance.as_of).exclude(pk=allowance.pk)
    if later.exists():
        raise Refusal(
            _("The allowance of %(day)s is posted already; nothing was done.") % {"day": later.first().as_of}, field="as_of", code="later_allowance",
            hint=_("Choose a later day, or reverse that one first."),
        )


def _book(
    allowance: Allowance, rows: Sequence[tuple[int, int, Decimal, Decimal]], on: date, actor: Any, *, source: str, reverses: JournalEntry | None = None,
) -> JournalEntry:
    """Posts (item, customer, set aside before, difference): one line each way, one row of the allowance per item."""
    entry = begin_entry(
        company_id=allowance.company_id, journal_kind=Journal.Kind.GENERAL, ledger_date=on, actor=actor, source_key=source,
        reverses_id=reverses and reverses.pk, description=_("Allowance for bad debt %(number)s") % {"number": allowance.number},
    )
    account = accounts_of(allowance.company_id).of(AccountRole.ALLOWANCE_BAD_DEBT)
    kept = [allowance_row(entry, account, item_id, customer_id, before, delta) for item_id, customer_id, before, delta in rows]
    up, down = (sum((delta for *_row, delta in rows if (delta > 0) == is_up), ZERO) for is_up in (True, False))
    lines = [
        line for amount in (up, down) if amount
        for line in (EntryLine(AccountRole.BAD_DEBT, amount=amount), EntryLine(AccountRole.ALLOWANCE_BAD_DEBT, amount=-amount))
    ]
    complete_entry(entry, lines, actor, beside=[kept])
    return entry


def allowance_row(entry: JournalEntry, account_id: int, item_id: int, customer_id: int, before: Decimal, delta: Decimal) -> ClearingItem:
    """What an entry does to the allowance of an item, not yet written; a unit stands for an item that has one."""
    after = before + delta
    return ClearingItem(
        company_id=entry.company_id, entry=entry, role=AccountRole.ALLOWANCE_BAD_DEBT, account_id=account_id, order_line_key=f"kernel.party:{customer_id}",
        line_key=f"{ITEM}{item_id}", quantity=Decimal(bool(after)) - Decimal(bool(before)), amount=-delta,
    )
