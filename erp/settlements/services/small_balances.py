"""Remainders within the tolerance are written off together (O2C-12)."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.ledger.models import Journal
from erp.ledger.roles import AccountRole
from erp.ledger.services.entries import begin_entry
from erp.receivables.models import OpenItem
from erp.receivables.rules import Plan
from erp.receivables.selectors import posting_facts
from erp.receivables.services.settling import allocate, lock_items
from erp.receivables.services.writing import open_item, write_plan
from erp.settlements.models import SmallBalance, SmallBalanceRun
from erp.settlements.selectors import small_balances
from suite.kernel.companies.models import Company
from suite.kernel.documents.editing import editing
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.transitions import Act, transition
from suite.kernel.money.rules import ZERO
from suite.kernel.numbering.services import next_number

Status = SmallBalanceRun.Status
BATCH = 2_000


@editing(SmallBalanceRun)
def refuse_above_tolerance(run: SmallBalanceRun, *, actor: Any) -> None:
    """Raises Refusal: a day to come, more than the company's payment tolerance."""
    if run.as_of > timezone.localdate():
        raise Refusal(_("Nothing is written off for a day to come; nothing was saved."), field="as_of", code="future")
    tolerance = Company.objects.values_list("payment_tolerance", flat=True).get(pk=run.company_id or actor.company_id)
    if run.most <= 0 or run.most > tolerance:
        raise Refusal(
            _("Small is above zero and at most the payment tolerance of %(tolerance)s; nothing was saved.") % {"tolerance": tolerance}, field="most",
            code="above_tolerance", hint=_("Enter less, or have the tolerance of the company raised."),
        )


@transition(SmallBalanceRun, "post", source={Status.DRAFT}, target=Status.POSTED, label=gettext_lazy("Write off"), icon="eraser", order=10)
def post_small_balances(run: SmallBalanceRun, *, actor: Any, act: Act) -> None:
    """O2C-12 for every small remainder of the day, in one entry; debts are given up, credits gained. The items stay locked meanwhile.

    Raises Refusal: nothing small is open, above tolerance, a closed period.
    """
    refuse_above_tolerance(run, actor=actor)
    asked = (run.company_id, run.as_of, run.most, run.min_days)
    lock_items(item.pk for item in small_balances(*asked))
    items = small_balances(*asked)  # as they are now that nobody else can change them
    if not items:
        raise Refusal(_("Nothing small is open; nothing was posted."), code="nothing_small", hint=_("Choose a later day or fewer days."))
    run.number = next_number(company_id=run.company_id, series="SBR")
    entry = begin_entry(
        company_id=run.company_id, journal_kind=Journal.Kind.GENERAL, ledger_date=run.as_of, actor=actor, source_key=run.key,
        description=_("Small balances %(number)s") % {"number": run.number},
    )
    facts = posting_facts(run.company_id)
    plan, mirrors = Plan(), []
    for item in items:
        plan.add(AccountRole.ROUNDING, item.open_amount)
        plan.add(AccountRole.AR, -item.open_amount, party_id=item.party_id)
        mirrors.append(open_item(
            entry, facts, party_id=item.party_id, kind=OpenItem.Kind.ROUNDING, document_key=run.key, amount=-item.open_amount, issued_on=run.as_of,
        ))
    SmallBalance.objects.bulk_create([
        SmallBalance(company_id=run.company_id, run=run, position=place, item=item, customer_id=item.party_id, amount=item.open_amount)
        for place, item in enumerate(items, 1)
    ], batch_size=BATCH)
    OpenItem.objects.bulk_create(mirrors, batch_size=BATCH)
    write_plan(entry, plan, facts, actor=actor)
    allocate([
        (item, mirror, item.open_amount) if item.open_amount > 0 else (mirror, item, -item.open_amount) for item, mirror in zip(items, mirrors, strict=True)
    ], on=run.as_of)
    run.entry, run.number_of_items = entry, len(items)
    run.given_up = sum((item.open_amount for item in items if item.open_amount > 0), ZERO)
    run.gained = -sum((item.open_amount for item in items if item.open_amount < 0), ZERO)
    act.payload["items"] = len(items)
