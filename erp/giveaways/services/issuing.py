"""Goods given away leave stock for an expense, and may come back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from erp.giveaways.models import DispatchReason, Giveaway
from erp.inventory.services import IssueLine, ReturnLine, issue, take_back
from erp.ledger.models import Journal
from erp.ledger.roles import AccountRole
from erp.ledger.rules import EntryLine
from erp.ledger.services.entries import begin_entry, complete_entry
from suite.kernel.companies.models import Company
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.locking import lock_one
from suite.kernel.documents.work import in_unit_of_work
from suite.kernel.money.rules import ZERO, round_money
from suite.kernel.users.service_user import recorded_id


@dataclass(frozen=True)
class GivenLine:
    """What leaves: a shipment line and where its goods are taken from."""

    line_key: str
    product_id: int
    warehouse_id: int
    quantity: Decimal
    location_id: int | None = None
    lot_id: int | None = None


def issue_giveaway(
    *, company_id: int, shipment_key: str, shipment_number: str, customer_id: int, reason_id: int, lines: Sequence[GivenLine], given_on: date,
    happened_at: datetime, actor: Any,
) -> Giveaway | None:
    """O2C-29: the reason's account bears the cost of the goods and the tax on their deemed supply; get-or-create per shipment.

    None for a shipment without goods. Raises Refusal: no such reason, not enough stock, closed period; then nothing moved.
    """

    def post() -> Giveaway | None:
        if not lines:
            return None
        reason = DispatchReason.objects.select_related("tax").filter(company_id=company_id, pk=reason_id).first()
        if reason is None:
            raise Refusal(_("The reason of %(shipment)s is gone; nothing left.") % {"shipment": shipment_number}, code="reason_unknown")
        entry = begin_entry(
            company_id=company_id, journal_kind=Journal.Kind.STOCK, ledger_date=given_on, actor=actor, source_key=shipment_key,
            description=f"{reason.name} {shipment_number}",
        )
        if not entry.is_new:
            return Giveaway.objects.get(entry=entry)
        left = issue(
            company_id=company_id, entry=entry, document_key=shipment_key, happened_at=happened_at, ledger_date=given_on, actor=actor, lines=[
                IssueLine(
                    line_key=line.line_key, product_id=line.product_id, warehouse_id=line.warehouse_id, location_id=line.location_id, lot_id=line.lot_id,
                    quantity=line.quantity,
                )
                for line in lines
            ],
        )
        cost = sum((Decimal(item.value) for item in left), ZERO)
        digits = Company.objects.select_related("currency").get(pk=company_id).currency.digits
        rate = reason.tax.rate if reason.tax else ZERO
        tax = round_money(cost * rate, digits)
        complete_entry(entry, [
            EntryLine(account_id=reason.account_id, amount=cost + tax),
            *(EntryLine(account_id=item.account_id, amount=-Decimal(item.value)) for item in left),
            EntryLine(AccountRole.OUTPUT_TAX, amount=-tax),
        ], actor)
        return Giveaway.objects.create(
            company_id=company_id, number=shipment_number, shipment_key=shipment_key, shipment_number=shipment_number, customer_id=customer_id, reason=reason,
            given_on=given_on, cost=cost, tax=reason.tax, tax_rate=rate, tax_amount=tax, entry=entry, created_by_id=recorded_id(actor),
        )

    return in_unit_of_work(post, actor=actor)


def take_back_giveaway(
    *, company_id: int, shipment_key: str, lines: Sequence[GivenLine], returned_on: date, actor: Any,
) -> Giveaway | None:
    """The mirror of the goods issue, at the cost the goods left with; get-or-create per shipment. Raises Refusal: closed period."""

    def post() -> Giveaway | None:
        known = Giveaway.objects.filter(company_id=company_id, shipment_key=shipment_key).first()
        if known is None:
            return None
        given = lock_one(Giveaway, known.pk)
        if given.status == Giveaway.Status.RETURNED:
            return given
        entry = begin_entry(
            company_id=company_id, journal_kind=Journal.Kind.STOCK, ledger_date=returned_on, actor=actor, source_key=f"{shipment_key}/back",
            description=f"{given.reason.name} {given.shipment_number} back",
        )
        back = take_back(
            company_id=company_id, entry=entry, document_key=shipment_key, happened_at=timezone.now(), ledger_date=returned_on, actor=actor, lines=[
                ReturnLine(
                    line_key=f"{line.line_key}/return", original_line_key=line.line_key, product_id=line.product_id, warehouse_id=line.warehouse_id,
                    location_id=line.location_id, quantity=line.quantity,
                )
                for line in lines
            ],
        )
        cost = sum((Decimal(item.value) for item in back), ZERO)
        complete_entry(entry, [
            *(EntryLine(account_id=item.account_id, amount=Decimal(item.value)) for item in back),
            EntryLine(AccountRole.OUTPUT_TAX, amount=given.tax_amount), EntryLine(account_id=given.reason.account_id, amount=-cost - given.tax_amount),
        ], actor)
        given.return_entry, given.status = entry, Giveaway.Status.RETURNED
        given.version += 1
        given.save(update_fields=("return_entry", "status", "version"))
        return given

    return in_unit_of_work(post, actor=actor)
