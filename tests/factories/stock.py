"""A company with books and a warehouse, and stock put there through the real services."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from erp.inventory.models import Location, Lot, StockAdjustment, Warehouse
from erp.inventory.services import AdjustmentLineInput, IssuedLine, IssueLine, draft_adjustment, issue, post_adjustment
from erp.ledger.models import JournalEntry
from erp.ledger.roles import AccountRole
from erp.ledger.services import EntryLine, begin_entry, complete_entry
from suite.kernel.companies.models import Company
from suite.kernel.documents.work import in_unit_of_work
from suite.kernel.products.models import Product
from suite.kernel.sites.models import Site
from suite.kernel.users.models import User

DAY = date(2026, 3, 2)


def make_warehouse(company: Company, code: str = "WH1", site: Site | None = None, **values) -> Warehouse:
    """A warehouse of the site (MAIN) with stock location A1."""
    site = site or Site.objects.get(company=company, code="MAIN")
    warehouse = Warehouse.objects.create(company=company, code=code, name=f"Warehouse {code}", site=site, **values)
    make_location(warehouse, "A1")
    return warehouse


def make_location(warehouse: Warehouse, code: str, **values) -> Location:
    return Location.objects.create(company=warehouse.company, warehouse=warehouse, code=code, **values)


def make_lot(product: Product, number: str, expires_on: date | None = None) -> Lot:
    return Lot.objects.create(company=product.company, product=product, number=number, expires_on=expires_on)


def adjust(
    actor: User, kind: str, lines: list[tuple], *, place: Location, on: date = DAY, lot: Lot | None = None,
) -> StockAdjustment:
    """A posted adjustment at a location: lines of (product, quantity, unit cost or None[, change of value])."""
    adjustment = draft_adjustment(
        company_id=place.company_id, kind=kind, warehouse_id=place.warehouse_id, happened_on=on, actor=actor,
        lines=[
            AdjustmentLineInput(
                product_id=product.pk, location_id=place.pk, quantity=Decimal(quantity), unit_cost=None if cost is None else Decimal(cost),
                value_change=Decimal(change[0]) if change else Decimal(0), lot_id=lot and lot.pk,
            )
            for product, quantity, cost, *change in lines
        ],
    )
    return post_adjustment(adjustment, actor=actor)


def stock_up(actor: User, product: Product, quantity: Any, cost: Any, *, place: Location, on: date = DAY, lot: Lot | None = None) -> StockAdjustment:
    """Units received at a cost, as a count gain (INV-2)."""
    return adjust(actor, "count", [(product, quantity, cost)], place=place, on=on, lot=lot)


def ship(
    actor: User, lines: list[IssueLine], *, document_key: str, on: date = DAY, within: Callable[[], None] = lambda: None,
) -> tuple[JournalEntry, list[IssuedLine]]:
    """A posted goods issue at cost of goods sold, as a dispatch books it where cost is booked at shipment (O2C-1s)."""
    def act() -> tuple[JournalEntry, list[IssuedLine]]:
        entry = begin_entry(company_id=actor.company_id, journal_kind="stock", ledger_date=on, description=document_key, actor=actor)
        issued = issue(
            company_id=actor.company_id, entry=entry, document_key=document_key, lines=lines, happened_at=noon(on), ledger_date=on, actor=actor)
        within()
        book(entry, issued, actor, sign=-1)
        return entry, issued

    return in_unit_of_work(act, actor=actor)


def book(entry: JournalEntry, lines: list[IssuedLine], actor: User, *, sign: int) -> None:
    """Inventory lines against cost of goods sold: credited when goods leave (-1), debited when they come back (1)."""
    total = sum((line.value for line in lines), Decimal(0))
    complete_entry(entry, [
        *(EntryLine(account_id=line.account_id, amount=sign * line.value) for line in lines),
        EntryLine(role=AccountRole.COGS, amount=-sign * total),
    ], actor)


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=UTC)
