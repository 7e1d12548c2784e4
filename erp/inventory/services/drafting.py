"""Adjustments and transfers as drafts, for programs; people draft them on pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from erp.inventory.models import StockAdjustment, StockAdjustmentLine, StockTransfer, StockTransferLine
from suite.kernel.documents.work import unit_of_work
from suite.kernel.users.service_user import recorded_id


@dataclass(frozen=True)
class AdjustmentLineInput:
    """A quantity in (positive, at `unit_cost` or the present cost) or out (negative); or a change of value alone.

    A revaluation of a standard-cost product names the new standard as `unit_cost`.
    """

    product_id: int
    location_id: int | None = None
    quantity: Decimal = Decimal(0)
    unit_cost: Decimal | None = None
    value_change: Decimal = Decimal(0)
    lot_id: int | None = None


def draft_adjustment(
    *, company_id: int, kind: str, warehouse_id: int, happened_on: date, lines: Sequence[AdjustmentLineInput], actor: Any, note: str = "",
    source_key: str | None = None,
) -> StockAdjustment:
    """A draft to post with `post_adjustment`; the one that has this source key already, if any."""
    with unit_of_work(actor):
        if source_key and (found := StockAdjustment.objects.filter(company_id=company_id, source_key=source_key).first()):
            return found
        adjustment = StockAdjustment.objects.create(
            company_id=company_id, kind=kind, warehouse_id=warehouse_id, happened_on=happened_on, note=note, source_key=source_key,
            created_by_id=recorded_id(actor),
        )
        StockAdjustmentLine.objects.bulk_create(
            StockAdjustmentLine(
                company_id=company_id, adjustment=adjustment, position=position, product_id=line.product_id, location_id=line.location_id,
                lot_id=line.lot_id, quantity=line.quantity, unit_cost=line.unit_cost, value_change=line.value_change,
            )
            for position, line in enumerate(lines, 1)
        )
        return adjustment


def draft_transfer(
    *, company_id: int, origin_id: int, destination_id: int, sent_on: date, lines: Sequence[tuple[int, int | None, Decimal]], actor: Any,
    note: str = "", source_key: str | None = None,
) -> StockTransfer:
    """A draft to send with `send_transfer`: lines of (product, lot, quantity). The one that has this source key already, if any."""
    with unit_of_work(actor):
        if source_key and (found := StockTransfer.objects.filter(company_id=company_id, source_key=source_key).first()):
            return found
        transfer = StockTransfer.objects.create(
            company_id=company_id, origin_id=origin_id, destination_id=destination_id, sent_on=sent_on, note=note, source_key=source_key,
            created_by_id=recorded_id(actor),
        )
        StockTransferLine.objects.bulk_create(
            StockTransferLine(company_id=company_id, transfer=transfer, position=position, product_id=product_id, lot_id=lot_id, quantity=quantity)
            for position, (product_id, lot_id, quantity) in enumerate(lines, 1)
        )
        return transfer
