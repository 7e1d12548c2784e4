"""A customer that is a supplier: one debt is set off against the other."""

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.ledger.models import Journal
from erp.ledger.roles import AccountRole
from erp.ledger.services.entries import begin_entry
from erp.payables.services.allocating import lock_payable_items
from erp.receivables.models import OpenItem
from erp.receivables.rules import Plan
from erp.receivables.selectors import posting_facts
from erp.receivables.services.settling import lock_items, settle_against, undo_allocations
from erp.receivables.services.writing import open_item, write_plan
from erp.settlements.models import SetOff
from erp.settlements.selectors import two_sides
from suite.kernel.documents.editing import editing
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.transitions import Act, transition
from suite.kernel.money.rules import ZERO
from suite.kernel.numbering.services import next_number

Status = SetOff.Status


@editing(SetOff)
def refuse_one_sided(set_off: SetOff, *, actor: Any) -> None:
    """Raises Refusal: a party that is not both, a day to come."""
    if not (set_off.party.is_customer and set_off.party.is_supplier):
        raise Refusal(
            _("%(party)s is not customer and supplier; nothing was saved.") % {"party": set_off.party}, field="party", code="not_both",
            hint=_("Mark the party as both, if it is the same legal person."),
        )
    if set_off.set_off_on > timezone.localdate():
        raise Refusal(_("Nothing is set off for a day to come; nothing was saved."), field="set_off_on", code="future")


@transition(SetOff, "post", source={Status.DRAFT}, target=Status.POSTED, label=gettext_lazy("Set off"), icon="arrows-exchange-2", order=10)
def post_set_off(set_off: SetOff, *, actor: Any, act: Act) -> None:
    """Dr AP / Cr AR of the same party; both sides' oldest items in company currency are settled by it, and it shows on both statements.

    Raises Refusal: more than either side has open, nothing open, a closed period.
    """
    refuse_one_sided(set_off, actor=actor)
    found = two_sides(set_off.company_id, set_off.party_id)
    lock_items(item.pk for item in found[0])
    lock_payable_items(item.pk for item in found[1])
    owed, owing = two_sides(set_off.company_id, set_off.party_id)
    both = min(sum((item.open_amount for item in owed), ZERO), -sum((item.open_amount for item in owing), ZERO))
    amount = both if set_off.amount is None else set_off.amount
    if amount <= 0 or amount > both:
        raise Refusal(
            _("Both sides have %(both)s open in company currency; nothing was set off.") % {"both": both}, field="amount",
            code="more_than_both_sides", hint=_("Enter at most that, above zero."),
        )
    set_off.amount = amount
    set_off.number = next_number(company_id=set_off.company_id, series="SET")
    entry = begin_entry(
        company_id=set_off.company_id, journal_kind=Journal.Kind.GENERAL, ledger_date=set_off.set_off_on, actor=actor, source_key=set_off.key,
        description=_("Set-off %(number)s %(reason)s") % {"number": set_off.number, "reason": set_off.reason},
    )
    facts = posting_facts(set_off.company_id)
    plan = Plan()
    plan.add(AccountRole.AP, amount, party_id=set_off.party_id)
    plan.add(AccountRole.AR, -amount, party_id=set_off.party_id)
    debit, credit = (
        open_item(entry, facts, party_id=set_off.party_id, kind=OpenItem.Kind.SET_OFF, document_key=set_off.key, amount=sign * amount,
                  issued_on=set_off.set_off_on, role=role)
        for sign, role in ((1, AccountRole.AP), (-1, AccountRole.AR))
    )
    OpenItem.objects.bulk_create([debit, credit])
    write_plan(entry, plan, facts, actor=actor)
    settle_against(credit_items=[credit], debit_items=owed, on=set_off.set_off_on)
    settle_against(credit_items=owing, debit_items=[debit], on=set_off.set_off_on)
    set_off.entry = entry
    act.payload["amount"] = str(amount)


@transition(
    SetOff, "reverse", source={Status.POSTED}, target=Status.REVERSED, label=gettext_lazy("Reverse"), icon="arrow-back-up", is_dangerous=True, order=80,
)
def reverse_set_off(set_off: SetOff, *, actor: Any, act: Act, on: date | None = None, reason: str = "") -> None:
    """The mirror; what it settled on both sides is open again. Raises Refusal: a day before it, a closed period."""
    on = on or max(timezone.localdate(), set_off.set_off_on)
    if on < set_off.set_off_on:
        raise Refusal(_("A set-off is not reversed before its day; nothing was done."), field="on", code="too_early")
    items = list(OpenItem.objects.filter(document_key=set_off.key, kind=OpenItem.Kind.SET_OFF).order_by("pk"))
    undo_allocations(items, on=on)
    entry = begin_entry(
        company_id=set_off.company_id, journal_kind=Journal.Kind.GENERAL, ledger_date=on, actor=actor, source_key=f"{set_off.key}/reversed",
        reverses_id=set_off.entry_id, description=f"{set_off.number} {reason}".strip(),
    )
    facts = posting_facts(set_off.company_id)
    plan = Plan()
    plan.add(AccountRole.AP, -set_off.amount, party_id=set_off.party_id)
    plan.add(AccountRole.AR, set_off.amount, party_id=set_off.party_id)
    mirrors = [
        open_item(entry, facts, party_id=set_off.party_id, kind=OpenItem.Kind.SET_OFF, document_key=set_off.key, amount=-item.amount, issued_on=on,
                  role=AccountRole.AP if item.amount > 0 else AccountRole.AR)
        for item in items
    ]
    OpenItem.objects.bulk_create(mirrors)
    write_plan(entry, plan, facts, actor=actor)
    for item, mirror in zip(items, mirrors, strict=True):
        settle_against(credit_items=[min(item, mirror, key=lambda one: one.amount)], debit_items=[max(item, mirror, key=lambda one: one.amount)], on=on)
    set_off.reversal = entry
