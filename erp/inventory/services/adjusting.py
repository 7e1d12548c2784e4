"""Posting stock adjustments: opening (INV-3), count (INV-1, INV-2), scrap (INV-4), revaluation (INV-5), write-down (INV-6)."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.inventory.models import StockAdjustment, StockAdjustmentLine, StockMove
from erp.inventory.selectors.costs import ledger_date_for
from erp.inventory.selectors.names import document_names
from erp.inventory.services.issuing import Displaced, take_out
from erp.inventory.services.layers import lock_levels
from erp.inventory.services.lines import ZERO, IssueLine, ReceiptLine
from erp.inventory.services.receiving import receive
from erp.inventory.services.revaluing import revalue
from erp.inventory.signals import stock_adjusted
from erp.ledger.models import Journal, JournalEntry
from erp.ledger.roles import AccountRole
from erp.ledger.services import EntryLine, begin_entry, complete_entry
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.transitions import Act, transition

Kind = StockAdjustment.Kind

COUNTER_ROLE = {
    Kind.OPENING: AccountRole.OPENING_BALANCE_EQUITY,
    Kind.COUNT: AccountRole.INVENTORY_ADJUSTMENT,
    Kind.SCRAP: AccountRole.SCRAP_LOSS,
    Kind.REVALUATION: AccountRole.INVENTORY_REVALUATION,
    Kind.WRITE_DOWN: AccountRole.INVENTORY_WRITE_DOWN,
}
MOVE_KIND = {Kind.OPENING: StockMove.Kind.OPENING, Kind.COUNT: StockMove.Kind.COUNT, Kind.SCRAP: StockMove.Kind.SCRAP}


@transition(
    StockAdjustment, "post", source={StockAdjustment.Status.DRAFT}, target=StockAdjustment.Status.POSTED, label=gettext_lazy("Post"),
    after=stock_adjusted, icon="check", order=10,
)
def post_adjustment(document: StockAdjustment, *, actor: Any, act: Act) -> None:
    """Moves stock and books its value. Stock that is lost below its reservations makes them wait again; `act.payload` reports the orders."""
    lines = list(document.lines.select_related("product", "location").order_by("position", "pk"))
    _check(document, lines)
    ledger_date = ledger_date_for(document.company_id, document.happened_on)
    entry = begin_entry(
        company_id=document.company_id, journal_kind=Journal.Kind.OPENING if document.kind == Kind.OPENING else Journal.Kind.STOCK,
        ledger_date=ledger_date, description=document.note or document.get_kind_display(), actor=actor, source_key=document.key,
    )
    true_up = ZERO
    if document.kind in MOVE_KIND:
        sums, true_up = _move(document, lines, entry=entry, ledger_date=ledger_date, actor=actor, act=act)
    else:
        sums = _by_account(revalue(document, lines, entry=entry, ledger_date=ledger_date).items())
    total = sum(sums.values(), ZERO)
    counter = -total - true_up
    entry_lines = [EntryLine(role=None, account_id=account_id, amount=amount) for account_id, amount in sums.items() if amount]
    if counter:
        entry_lines.append(EntryLine(role=COUNTER_ROLE[document.kind], account_id=None, amount=counter))
    if true_up:
        # What left before it came cost more than was booked; the difference is this receipt's, not history's (4.2.1).
        entry_lines.append(EntryLine(role=AccountRole.INVENTORY_ADJUSTMENT, account_id=None, amount=true_up))
    complete_entry(entry, entry_lines, actor, owners=(document,))
    document.entry = entry
    act.payload["value"] = str(total)


def happened_at(day: date) -> datetime:
    """The moment of an event of which only the day is known: now for today, else noon."""
    return timezone.now() if day == timezone.localdate() else datetime.combine(day, time(12), tzinfo=UTC)


def _move(
    document: StockAdjustment, lines: list[StockAdjustmentLine], *, entry: JournalEntry, ledger_date: date, actor: Any, act: Act,
) -> tuple[dict[int, Decimal], Decimal]:
    lock_levels(document.company_id, [line.product_id for line in lines])
    facts = {
        "company_id": document.company_id, "entry": entry, "document_key": document.key, "happened_at": happened_at(document.happened_on),
        "ledger_date": ledger_date, "kind": MOVE_KIND[document.kind], "actor": actor,
    }
    left, displaced = take_out(displace=True, lines=[
        IssueLine(line.key, line.product_id, document.warehouse_id, line.location_id, line.lot_id, -_signed(document, line))
        for line in lines if _signed(document, line) < 0
    ], **facts)
    came = receive(lines=[
        ReceiptLine(line.key, line.product_id, line.location_id, line.quantity, line.unit_cost, line.lot_id)
        for line in lines if _signed(document, line) > 0
    ], **facts)
    if displaced:
        act.payload["waiting_again"] = _report(displaced)
    true_up = sum((part.true_up for part in came), ZERO)
    parts = [*((part.account_id, -part.value) for part in left), *((part.account_id, part.value) for part in came)]
    return _by_account(parts), true_up


def _signed(document: StockAdjustment, line: StockAdjustmentLine) -> Decimal:
    """Scrap leaves, with whichever sign it was typed."""
    return -abs(line.quantity) if document.kind == Kind.SCRAP else line.quantity


def _by_account(parts: Iterable[tuple[int, Decimal]]) -> dict[int, Decimal]:
    sums: dict[int, Decimal] = {}
    for account_id, amount in parts:
        sums[account_id] = sums.get(account_id, ZERO) + amount
    return sums


def _report(displaced: list[Displaced]) -> list[str]:
    return document_names(sorted({part.document_key for part in displaced}))


def _check(document: StockAdjustment, lines: list[StockAdjustmentLine]) -> None:
    if not lines:
        raise Refusal(_("The adjustment has no lines; nothing was posted."), code="no_lines", hint=_("Add a line."))
    moves = document.kind in MOVE_KIND
    for line in lines:
        where = {"product": line.product, "position": line.position}
        if not line.product.is_stocked:
            raise Refusal(_("Line %(position)s: %(product)s has no stock; nothing was posted.") % where, field="product", code="not_stocked")
        if not moves:
            if line.quantity:
                raise Refusal(_("Line %(position)s changes value only: leave the quantity empty.") % where, field="quantity", code="value_only")
            continue
        if not line.quantity or line.value_change:
            raise Refusal(_("Line %(position)s moves stock: enter a quantity, and no change of value.") % where, field="quantity", code="no_quantity")
        if _signed(document, line) > 0 and line.location_id is None:
            raise Refusal(_("Line %(position)s: say where the goods are put.") % where, field="location", code="no_location")
        if line.location_id is not None and line.location.warehouse_id != document.warehouse_id:
            raise Refusal(_("Line %(position)s: the location is in another warehouse.") % where, field="location", code="other_warehouse")
        if document.kind == Kind.OPENING and line.quantity < 0:
            raise Refusal(_("Line %(position)s: opening stock comes in.") % where, field="quantity", code="bad_quantity")
        if document.kind == Kind.OPENING and line.unit_cost is None:
            raise Refusal(_("Line %(position)s: opening stock needs its cost.") % where, field="unit_cost", code="no_cost")
