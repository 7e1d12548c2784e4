"""What is claimed from a carrier: drafted with the loss, posted as agreed, dropped, or taken back."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.carrierclaims.models import CarrierClaim
from erp.ledger.models import Journal
from erp.ledger.roles import AccountRole
from erp.ledger.services.entries import begin_entry
from erp.receivables.models import OpenItem
from erp.receivables.rules import Plan
from erp.receivables.selectors import posting_facts
from erp.receivables.services.settling import settle_against
from erp.receivables.services.writing import open_item, write_plan
from suite.kernel.documents.editing import editing
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.transitions import Act, transition
from suite.kernel.documents.work import in_unit_of_work
from suite.kernel.documents.writing import insert_row
from suite.kernel.numbering.services import next_number
from suite.kernel.users.service_user import recorded_id

Status = CarrierClaim.Status
DUE = timedelta(days=30)


@editing(CarrierClaim)
def refuse_bad_claim(claim: CarrierClaim, *, actor: Any) -> None:
    """Raises Refusal: an amount not above zero, a party that carries nothing, a day to come."""
    if claim.amount is None or claim.amount <= 0:
        raise Refusal(_("A claim is above zero; nothing was saved."), field="amount", code="carrier_claim_above_zero")
    if not claim.carrier.is_carrier:
        raise Refusal(_("%(carrier)s is no carrier; nothing was saved.") % {"carrier": claim.carrier}, field="carrier", code="no_carrier")
    if claim.claimed_on > timezone.localdate():
        raise Refusal(_("Nothing is claimed for a day to come; nothing was saved."), field="claimed_on", code="future")


def draft_carrier_claim(
    *, company_id: int, carrier_id: int, shipment_key: str, shipment_number: str, tracking_number: str, loss: Decimal, claimed_on: date, actor: Any,
) -> CarrierClaim | None:
    """A draft over the loss, to be made what was agreed with the carrier; the one the shipment has already. None for a loss of nothing."""

    def draft() -> CarrierClaim | None:
        known = CarrierClaim.objects.filter(company_id=company_id, shipment_key=shipment_key).exclude(status__in=(Status.DROPPED, Status.REVERSED)).first()
        if known or loss <= 0:
            return known
        return insert_row(CarrierClaim(
            company_id=company_id, carrier_id=carrier_id, shipment_key=shipment_key, shipment_number=shipment_number, tracking_number=tracking_number,
            loss=loss, amount=loss, claimed_on=claimed_on, due_on=claimed_on + DUE, created_by_id=recorded_id(actor),
        ))

    return in_unit_of_work(draft, actor=actor)


@transition(CarrierClaim, "post", source={Status.DRAFT}, target=Status.POSTED, label=gettext_lazy("Claim"), icon="gavel", order=10)
def post_carrier_claim(claim: CarrierClaim, *, actor: Any, act: Act) -> None:
    """Dr AR (carrier) / Cr SCRAP_LOSS, an open item of the carrier, without tax: damages. Raises Refusal: a closed period, a bad claim."""
    refuse_bad_claim(claim, actor=actor)
    claim.number = next_number(company_id=claim.company_id, series="CC")
    claim.due_on = claim.due_on or claim.claimed_on + DUE
    claim.entry, _item = _book(claim, 1, claim.claimed_on, claim.key, actor)
    act.payload["amount"] = str(claim.amount)


@transition(CarrierClaim, "drop", source={Status.DRAFT}, target=Status.DROPPED, label=gettext_lazy("Do not claim"), icon="x", is_dangerous=True, order=70)
def drop_carrier_claim(claim: CarrierClaim, *, actor: Any, act: Act, reason: str = "") -> None:
    """The loss is borne."""


@transition(
    CarrierClaim, "reverse", source={Status.POSTED}, target=Status.REVERSED, label=gettext_lazy("Take back"), icon="arrow-back-up", is_dangerous=True, order=80,
)
def reverse_carrier_claim(claim: CarrierClaim, *, actor: Any, act: Act, on: date | None = None, reason: str = "") -> None:
    """The mirror; what the carrier paid of it becomes a credit of the carrier. Raises Refusal: a day before it, a closed period."""
    on = on or max(timezone.localdate(), claim.claimed_on)
    if on < claim.claimed_on:
        raise Refusal(_("A claim is not taken back before its day; nothing was done."), field="on", code="too_early")
    owed = list(OpenItem.objects.filter(document_key=claim.key, kind=OpenItem.Kind.CLAIM))
    claim.reversal, mirror = _book(claim, -1, on, f"{claim.key}/reversed", actor)
    settle_against(credit_items=[mirror], debit_items=owed, on=on)


def _book(claim: CarrierClaim, sign: int, on: date, source: str, actor: Any) -> tuple[Any, OpenItem]:
    entry = begin_entry(
        company_id=claim.company_id, journal_kind=Journal.Kind.GENERAL, ledger_date=on, actor=actor, source_key=source,
        reverses_id=claim.entry_id if sign < 0 else None,
        description=_("Claim %(number)s on %(carrier)s") % {"number": claim.number, "carrier": claim.carrier},
    )
    facts = posting_facts(claim.company_id)
    plan = Plan()
    plan.add(AccountRole.AR, sign * claim.amount, party_id=claim.carrier_id)
    plan.add(AccountRole.SCRAP_LOSS, -sign * claim.amount)
    item = open_item(
        entry, facts, party_id=claim.carrier_id, kind=OpenItem.Kind.CLAIM, document_key=claim.key, amount=sign * claim.amount, issued_on=on,
        due_on=claim.due_on if sign > 0 else on,
    )
    OpenItem.objects.bulk_create([item])
    write_plan(entry, plan, facts, actor=actor)
    return entry, item
