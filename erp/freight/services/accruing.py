"""Freight is cost on the day the goods leave (O2C-17), whenever the carrier bills it; or it is given up."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.freight.models import FreightAccrual
from erp.ledger.models import Journal, JournalEntry
from erp.ledger.roles import AccountRole
from erp.ledger.rules import EntryLine
from erp.ledger.selectors import accounts_of
from erp.ledger.services import begin_entry, complete_entry
from erp.receivables.models import ClearingItem
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.transitions import Act, transition
from suite.kernel.documents.work import in_unit_of_work
from suite.kernel.documents.writing import insert_row
from suite.kernel.users.service_user import recorded_id

Status = FreightAccrual.Status


def accrue_freight(
    *, company_id: int, shipment_key: str, shipment_number: str, order_key: str, carrier_id: int, amount: Decimal, accrued_on: date, actor: Any,
) -> FreightAccrual:
    """O2C-17: the carrier's rate (company currency) as cost of the day; the accrual of the shipment where it is there already.

    `carrier_id` is the carrier's party. Raises Refusal: closed period, missing role.
    """

    def accrue() -> FreightAccrual:
        entry = begin_entry(
            company_id=company_id, journal_kind=Journal.Kind.GENERAL, ledger_date=accrued_on, description=f"Freight of {shipment_number}", actor=actor,
            source_key=f"{shipment_key}/freight",
        )
        if not entry.is_new:
            return FreightAccrual.objects.get(company_id=company_id, shipment_key=shipment_key)
        accrual = insert_row(FreightAccrual(
            company_id=company_id, number=shipment_number, shipment_key=shipment_key, order_key=order_key, carrier_id=carrier_id, accrued_on=accrued_on,
            amount=amount, entry=entry, created_by_id=recorded_id(actor),
        ))
        complete_entry(entry, [
            EntryLine(AccountRole.FREIGHT_OUT, amount=amount), EntryLine(AccountRole.FREIGHT_ACCRUAL, amount=-amount, party_id=carrier_id),
        ], actor, beside=([freight_item(entry, accrual, -amount)],))
        accrual.open_amount = amount
        return accrual

    return in_unit_of_work(accrue, actor=actor)


def freight_item(entry: JournalEntry, accrual: FreightAccrual, amount: Decimal, *, by: str = "") -> ClearingItem:
    """A row, not yet written, for what an entry puts on the account; `by` names the bill line that took it off. Its units are its currency."""
    return ClearingItem(
        company_id=entry.company_id, entry=entry, role=AccountRole.FREIGHT_ACCRUAL, account_id=accounts_of(entry.company_id).of(AccountRole.FREIGHT_ACCRUAL),
        order_line_key=accrual.shipment_key, line_key=accrual.key, invoice_line_key=by, quantity=amount, amount=amount,
    )


@transition(
    FreightAccrual, "release", source={Status.OPEN}, target=Status.RELEASED, label=gettext_lazy("Give up"), icon="ban", is_dangerous=True, order=80,
)
def release_freight(accrual: FreightAccrual, *, actor: Any, act: Act, reason: str, on: date | None = None) -> None:
    """The carrier will not bill it: what is open is no cost any more, dated `on` (today). Raises Refusal: no reason, before it left, closed period."""
    on = on or max(timezone.localdate(), accrual.accrued_on)
    if not reason.strip():
        raise Refusal(_("An accrual is given up for a reason; nothing was done."), field="reason", hint=_("Say why the carrier will not bill it."))
    if on < accrual.accrued_on:
        raise Refusal(_("An accrual is not given up before its day; nothing was done."), field="on", code="too_early")
    entry = begin_entry(
        company_id=accrual.company_id, journal_kind=Journal.Kind.GENERAL, ledger_date=on, actor=actor, source_key=f"{accrual.key}/released",
        description=f"Freight of {accrual.number} given up: {reason}",
    )
    amount = accrual.open_amount
    complete_entry(entry, [
        EntryLine(AccountRole.FREIGHT_ACCRUAL, amount=amount, party_id=accrual.carrier_id), EntryLine(AccountRole.FREIGHT_OUT, amount=-amount),
    ], actor, beside=([freight_item(entry, accrual, amount)],))
    accrual.reason, accrual.open_amount = reason.strip()[:200], Decimal(0)
