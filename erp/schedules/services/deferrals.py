"""Income and cost moved to the months they are for."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.ledger.models import Account, Journal, JournalEntry
from erp.ledger.roles import AccountRole
from erp.ledger.rules import RESULT_TYPES
from erp.ledger.services import EntryLine, accounts_of, begin_entry, complete_entry
from erp.receivables.models import ClearingItem
from erp.schedules.models import Deferral, DeferralInstalment
from erp.schedules.rules import parts_of
from suite.kernel.companies.models import Company
from suite.kernel.documents.editing import edited
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.locking import lock_one
from suite.kernel.documents.transitions import Act, transition
from suite.kernel.documents.work import in_unit_of_work

Status = Deferral.Status


@edited(Deferral)
def plan_deferral(deferral: Deferral, *, actor: Any) -> None:
    """The parts as they will be posted, to be looked at before anything is. Raises Refusal: a day in the wrong order, no result account."""
    account = deferral.account
    if account and (account.type not in RESULT_TYPES or account.control != Account.Control.NONE):
        raise Refusal(
            _("%(account)s is no income or expense account; nothing was saved.") % {"account": account}, field="account",
            hint=_("Choose the account that bears the parts."),
        )
    if deferral.booked_on > deferral.ends_on:
        raise Refusal(_("It is booked after the time it is for; there is nothing to defer."), field="booked_on")
    digits = Company.objects.select_related("currency").get(pk=deferral.company_id).currency.digits
    deferral.instalments.all().delete()
    DeferralInstalment.objects.bulk_create(
        DeferralInstalment(company_id=deferral.company_id, deferral=deferral, position=place, due_on=part.due_on, amount=part.amount)
        for place, part in enumerate(
            parts_of(deferral.amount, deferral.starts_on, deferral.ends_on, by_days=deferral.split == Deferral.Split.DAYS, digits=digits), 1)
    )


@transition(Deferral, "activate", source={Status.DRAFT}, target=Status.ACTIVE, label=gettext_lazy("Activate"), icon="player-play", order=10)
def activate_deferral(deferral: Deferral, *, actor: Any, act: Act) -> None:
    """Moves the amount off the result (prepaid expense, deferred revenue); its parts follow by the calendar. Raises Refusal: a closed period."""
    if not deferral.instalments.exists():
        plan_deferral(deferral, actor=actor)
    if deferral.is_moved:
        deferral.entry = _post(deferral, deferral.amount, deferral.booked_on, deferral.key, actor, units=deferral.instalments.count(), is_release=False)


@transition(
    Deferral, "release", source={Status.ACTIVE}, target=Status.DONE, label=gettext_lazy("Release the rest"), icon="lock-open", is_dangerous=True, order=80,
)
def release_deferral(deferral: Deferral, *, actor: Any, act: Act, on: date | None = None, reason: str = "") -> None:
    """Everything not released yet counts on one day: the contract ended early. Raises Refusal: nothing left, a closed period."""
    on = on or timezone.localdate()
    left = list(deferral.instalments.filter(entry=None).order_by("position"))
    if not left:
        raise Refusal(_("Every part of %(deferral)s is released; nothing was done.") % {"deferral": deferral}, code="nothing_left")
    for part in left:
        part.due_on = min(part.due_on, on) if part.due_on <= on else on
        part.entry = _post(deferral, part.amount, part.due_on, f"{deferral.key}/{part.position}", actor)
        part.save(update_fields=["due_on", "entry"])


@transition(
    Deferral, "post_part", source={Status.ACTIVE}, target=None, label=gettext_lazy("Post the next part"), icon="calendar-check", order=20,
)
def post_part(deferral: Deferral, *, actor: Any, act: Act, position: int | None = None) -> None:
    """P2P-20 (or its revenue twin): a part released on its day, the first that waits unless said otherwise. Raises Refusal: closed period."""
    waiting = deferral.instalments.filter(entry=None)
    part = (waiting.filter(position=position) if position else waiting.order_by("position")).first()
    if part is None:
        raise Refusal(_("Every part of %(deferral)s is released; nothing was done.") % {"deferral": deferral}, code="nothing_left")
    part.entry = _post(deferral, part.amount, part.due_on, f"{deferral.key}/{part.position}", actor)
    part.save(update_fields=["entry"])
    if not waiting.exists():
        deferral.status = Status.DONE


def post_instalment(*, instalment: DeferralInstalment, actor: Any) -> JournalEntry:
    """The entry of a part, posted on its day; the existing one when it was posted before. Raises Refusal: closed period."""

    def post() -> JournalEntry:
        deferral = lock_one(Deferral, instalment.deferral_id)
        part = DeferralInstalment.objects.select_related("entry").get(pk=instalment.pk)
        if part.entry_id is None:
            post_part(deferral, actor=actor, position=part.position)
            part.refresh_from_db()
        return part.entry

    return in_unit_of_work(post, actor=actor)


def _post(
    deferral: Deferral, amount: Decimal, on: date, source: str, actor: Any, *, units: int = 1, is_release: bool = True,
) -> JournalEntry:
    """Between the result and the balance sheet: out of the result at the start, back into it part by part."""
    is_revenue = deferral.kind == Deferral.Kind.REVENUE
    result = deferral.account_id or accounts_of(deferral.company_id).of(AccountRole.REVENUE if is_revenue else AccountRole.EXPENSE)
    waiting = AccountRole.DEFERRED_REVENUE if is_revenue else AccountRole.PREPAID
    # Debit above zero: releasing cost debits it, releasing revenue credits it; the start is the mirror.
    on_result = amount * (1 if is_release else -1) * (-1 if is_revenue else 1)
    entry = begin_entry(
        company_id=deferral.company_id, journal_kind=Journal.Kind.GENERAL, ledger_date=on, description=deferral.description, actor=actor, source_key=source,
    )
    if not entry.is_new:
        return entry
    beside = []
    if is_revenue:
        beside = [[ClearingItem(
            company_id=deferral.company_id, entry=entry, role=waiting, account_id=accounts_of(deferral.company_id).of(waiting),
            order_line_key=deferral.key, line_key=deferral.key, quantity=-units if is_release else units, amount=-on_result,
        )]]
    complete_entry(entry, [
        EntryLine(account_id=result, amount=on_result, description=deferral.description),
        EntryLine(waiting, amount=-on_result, party_id=deferral.party_id),
    ], actor, beside=beside)
    return entry
