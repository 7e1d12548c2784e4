"""Goods that leave for a customer or come back: stock and ledger in one entry."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from erp.inventory.services import IssuedLine, IssueLine, ReturnLine, issue, take_back
from erp.ledger.models import Journal, JournalEntry
from erp.ledger.services.entries import begin_entry
from erp.receivables.rules import Issued, ReturnedLine, ShippedLine, plan_dispatch, plan_take_back
from erp.receivables.selectors import posting_facts
from erp.receivables.services.writing import write_plan
from suite.kernel.documents.work import in_unit_of_work


def issue_shipment(
    *, company_id: int, shipment_key: str, shipment_number: str, order_key: str, customer_id: int, lines: Sequence[ShippedLine],
    shipped_on: date, happened_at: datetime, actor: Any,
) -> JournalEntry | None:
    """The goods issue of a shipment: O2C-1 (or 1s), and O2C-7/8 for units invoiced before. One entry per shipment, whoever asks how often.

    None for a shipment without goods. Raises Refusal: not enough stock, closed period; then nothing moved.
    """

    def post() -> JournalEntry | None:
        if not lines:
            return None
        entry = begin_entry(
            company_id=company_id, journal_kind=Journal.Kind.STOCK, ledger_date=shipped_on, description=f"Goods issue {shipment_number}",
            actor=actor, source_key=shipment_key, lock_key=order_key or None,
        )
        if not entry.is_new:
            return entry
        left = issue(
            company_id=company_id, entry=entry, document_key=shipment_key, happened_at=happened_at, ledger_date=shipped_on, actor=actor,
            lines=[
                IssueLine(
                    line_key=line.line_key, product_id=line.product_id, warehouse_id=line.warehouse_id, location_id=line.location_id,
                    lot_id=line.lot_id, quantity=line.quantity, reservation_key=line.order_line_key,
                )
                for line in lines
            ],
        )
        facts = posting_facts(
            company_id, product_ids=[line.product_id for line in lines], order_line_keys=[line.order_line_key for line in lines],
        )
        order_lines = {line.line_key: (line.order_line_key, line.line_key) for line in lines}
        write_plan(entry, plan_dispatch(_issued(left, order_lines), facts), facts, actor=actor)
        return entry

    return in_unit_of_work(post, actor=actor)


def take_back_shipment(
    *, company_id: int, shipment_key: str, lines: Sequence[ReturnedLine], returned_on: date, actor: Any, happened_at: datetime | None = None,
    order_key: str = "",
) -> JournalEntry | None:
    """RMA-1: goods of a shipment back in stock at the cost they left with; get-or-create per shipment and set of line keys.

    Raises Refusal: more comes back than left, closed period.
    """

    def post() -> JournalEntry | None:
        if not lines:
            return None
        entry = begin_entry(
            company_id=company_id, journal_kind=Journal.Kind.STOCK, ledger_date=returned_on, description=f"Goods back {shipment_key}",
            actor=actor, source_key=f"{shipment_key}/back/{lines[0].line_key}"[:80], lock_key=order_key or None,
        )
        if not entry.is_new:
            return entry
        back = take_back(
            company_id=company_id, entry=entry, document_key=shipment_key, happened_at=happened_at or timezone.now(), ledger_date=returned_on,
            actor=actor, lines=[
                ReturnLine(
                    line_key=line.line_key, original_line_key=line.original_line_key, product_id=line.product_id,
                    warehouse_id=line.warehouse_id, location_id=line.location_id, quantity=line.quantity,
                )
                for line in lines
            ],
        )
        facts = posting_facts(
            company_id, product_ids=[line.product_id for line in lines], order_line_keys=[line.order_line_key for line in lines],
        )
        originals = {line.line_key: (line.order_line_key, line.original_line_key) for line in lines}
        write_plan(entry, plan_take_back(_issued(back, originals), facts), facts, actor=actor)
        return entry

    return in_unit_of_work(post, actor=actor)


def _issued(moved: Iterable[IssuedLine], keys: dict[str, tuple[str, str]]) -> list[Issued]:
    """What moved, with the order line and the shipment line its cost is kept under."""
    return [
        Issued(keys[item.line_key][1], keys[item.line_key][0], item.product_id, item.warehouse_id, item.account_id, Decimal(item.quantity),
               Decimal(item.value))
        for item in moved
    ]
