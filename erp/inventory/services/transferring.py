"""Stock transfers: inside a warehouse at once; between warehouses in transit until received, at unchanged value (INV-7a, INV-7b)."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.inventory.models import Location, StockMove, StockTransfer, StockTransferLine, StockValue
from erp.inventory.rules import Layer, unit_cost
from erp.inventory.selectors.costs import ledger_date_for, stock_accounts
from erp.inventory.services.adjusting import happened_at
from erp.inventory.services.issuing import Left, take_out
from erp.inventory.services.layers import lock_levels, open_layers, stock_value
from erp.inventory.services.lines import ZERO, IssueLine
from erp.inventory.services.receiving import Incoming, articles_of, put_in
from erp.inventory.signals import stock_arrived, transfer_cancelled, transfer_received, transfer_sent
from erp.ledger.models import Journal, JournalEntry
from erp.ledger.roles import AccountRole
from erp.ledger.services import EntryLine, begin_entry, complete_entry
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.transitions import Act, transition
from suite.kernel.numbering.services import next_number
from suite.kernel.users.service_user import recorded_id

Status = StockTransfer.Status
SERIES = "ST"


@transition(
    StockTransfer, "send", source={Status.DRAFT}, target=None, label=gettext_lazy("Send"), after=transfer_sent, icon="truck-delivery", order=10,
)
def send_transfer(document: StockTransfer, *, actor: Any, act: Act) -> None:
    """Takes the goods from the origin: into the destination inside one warehouse, else on their way (INV-7a where accounts differ)."""
    lines = list(document.lines.select_related("product").order_by("position", "pk"))
    if not lines:
        raise Refusal(_("The transfer has no lines; nothing was moved."), code="no_lines", hint=_("Add a line."))
    document.number = document.number or next_number(company_id=document.company_id, series=SERIES)
    ledger_date = ledger_date_for(document.company_id, document.sent_on)
    products = [line.product_id for line in lines]
    lock_levels(document.company_id, products)
    origin, destination = document.origin, document.destination
    if origin.warehouse_id == destination.warehouse_id:
        _move_inside(document, lines, ledger_date=ledger_date, actor=actor)
        document.status = Status.DONE
        act.after = transfer_received
        return
    accounts = stock_accounts(document.company_id, products, [origin.warehouse_id, destination.warehouse_id])
    booked = {line.pk for line in lines if accounts[line.product_id, origin.warehouse_id] != accounts[line.product_id, destination.warehouse_id]}
    transit = stock_accounts(document.company_id, products, [origin.warehouse_id], AccountRole.INVENTORY_IN_TRANSIT) if booked else {}
    entry = _begin(document, "send", ledger_date, actor) if booked else None
    under_way = _transit_place(document)
    for some, its_entry in (([line for line in lines if line.pk in booked], entry), ([line for line in lines if line.pk not in booked], None)):
        left = _take(document, some, entry=its_entry, ledger_date=ledger_date, actor=actor)
        on_the_way = [
            Incoming(
                part.line.line_key, part.line.line_key, part.line.product_id, origin.warehouse_id, under_way.pk, part.move.lot_id,
                part.quantity, part.value, unit_cost(part.value, part.quantity),
                transit[part.line.product_id, origin.warehouse_id] if its_entry else part.account_id, kept_for=part.line.line_key,
            )
            for part in left
        ]
        _put(document, on_the_way, entry=its_entry, ledger_date=ledger_date, happened_on=document.sent_on, actor=actor)
        if its_entry:
            _complete(its_entry, [(part.account_id, -part.value) for part in left], [(part.account_id, part.value) for part in on_the_way], actor)
        for line in some:
            line.value = sum((part.value for part in left if part.line.line_key == line.key), ZERO)
    StockTransferLine.objects.bulk_update(lines, ["value"])
    document.status = Status.IN_TRANSIT


@transition(
    StockTransfer, "receive", source={Status.IN_TRANSIT}, target=Status.DONE, label=gettext_lazy("Receive"), after=transfer_received,
    icon="package-import", order=20,
)
def receive_transfer(document: StockTransfer, *, actor: Any, act: Act, received_on: date | None = None) -> None:
    """Puts the goods that are on their way into the destination, at the value they left with (INV-7b where accounts differ)."""
    _arrive(document, document.destination, name="receive", on=received_on or document.sent_on, actor=actor)


@transition(
    StockTransfer, "cancel", source={Status.DRAFT, Status.IN_TRANSIT}, target=Status.CANCELLED, label=gettext_lazy("Cancel"),
    after=transfer_cancelled, icon="x", is_dangerous=True, order=90,
)
def cancel_transfer(document: StockTransfer, *, actor: Any, act: Act) -> None:
    """Puts goods that are on their way back to where they came from."""
    if act.before == Status.IN_TRANSIT:
        _arrive(document, document.origin, name="cancel", on=document.sent_on, actor=actor)


def _move_inside(document: StockTransfer, lines: list[StockTransferLine], *, ledger_date: date, actor: Any) -> None:
    left = _take(document, lines, entry=None, ledger_date=ledger_date, actor=actor, is_valued=False)
    StockMove.objects.bulk_create(
        StockMove(
            company_id=document.company_id, product_id=part.line.product_id, location_id=document.destination_id, lot_id=part.move.lot_id,
            kind=StockMove.Kind.TRANSFER, quantity=part.quantity, effective_at=part.move.effective_at, ledger_date=ledger_date,
            document_key=document.key, line_key=part.line.line_key, actor_id=recorded_id(actor),
        )
        for part in left
    )
    stock_arrived.send(sender=StockMove, company_id=document.company_id, product_ids=sorted({line.product_id for line in lines}), actor=actor)


def _take(
    document: StockTransfer, lines: list[StockTransferLine], *, entry: JournalEntry | None, ledger_date: date, actor: Any, is_valued: bool = True,
) -> list[Left]:
    wanted = [IssueLine(line.key, line.product_id, document.origin.warehouse_id, document.origin_id, line.lot_id, line.quantity) for line in lines]
    left, _displaced = take_out(
        company_id=document.company_id, entry=entry, document_key=document.key, lines=wanted, happened_at=happened_at(document.sent_on),
        ledger_date=ledger_date, kind=StockMove.Kind.TRANSFER, actor=actor, is_valued=is_valued,
    )
    return left


def _put(document: StockTransfer, incoming: list[Incoming], *, entry: JournalEntry | None, ledger_date: date, happened_on: date, actor: Any) -> None:
    if incoming:
        put_in(
            company_id=document.company_id, entry=entry, document_key=document.key, incoming=incoming, happened_at=happened_at(happened_on),
            ledger_date=ledger_date, kind=StockMove.Kind.TRANSFER, actor=actor,
            articles=articles_of(document.company_id, {part.product_id for part in incoming}),
        )


def _arrive(document: StockTransfer, place: Location, *, name: str, on: date, actor: Any) -> None:
    lines = {line.key: line for line in document.lines.all()}
    products = {line.product_id for line in lines.values()}
    ledger_date = ledger_date_for(document.company_id, on)
    lock_levels(document.company_id, products)
    layers, _digits = open_layers(document.company_id, products, {document.origin.warehouse_id, place.warehouse_id})
    under_way = [layer for layer in layers if layer.kept_for in lines and layer.quantity > 0]
    accounts = stock_accounts(document.company_id, products, [place.warehouse_id])
    booked = [layer for layer in under_way if layer.account_id != accounts[layer.product_id, place.warehouse_id]]
    entry = _begin(document, name, ledger_date, actor) if booked else None
    for some, its_entry in ((booked, entry), ([layer for layer in under_way if layer not in booked], None)):
        if not some:
            continue
        _leave_transit(document, some, entry=its_entry, ledger_date=ledger_date, on=on, actor=actor)
        incoming = [
            Incoming(
                layer.kept_for, layer.kept_for, layer.product_id, place.warehouse_id, place.pk, layer.lot_id, layer.quantity, layer.value,
                layer.unit_cost, accounts[layer.product_id, place.warehouse_id],
            )
            for layer in some
        ]
        _put(document, incoming, entry=its_entry, ledger_date=ledger_date, happened_on=on, actor=actor)
        if its_entry:
            _complete(its_entry, [(layer.account_id, -layer.value) for layer in some], [(p.account_id, p.value) for p in incoming], actor)
    stock_arrived.send(sender=StockMove, company_id=document.company_id, product_ids=sorted(products), actor=actor)


def _leave_transit(document: StockTransfer, layers: list[Layer], *, entry: JournalEntry | None, ledger_date: date, on: date, actor: Any) -> None:
    transit_id = _transit_place(document).pk
    moves = StockMove.objects.bulk_create(
        StockMove(
            company_id=document.company_id, product_id=layer.product_id, location_id=transit_id, lot_id=layer.lot_id, kind=StockMove.Kind.TRANSFER,
            quantity=-layer.quantity, effective_at=happened_at(on), ledger_date=ledger_date, entry=entry, document_key=document.key,
            line_key=layer.kept_for, actor_id=recorded_id(actor),
        )
        for layer in layers
    )
    StockValue.objects.bulk_create(
        stock_value(layer, move, quantity=-layer.quantity, value=-layer.value, line_key=layer.kept_for)
        for layer, move in zip(layers, moves, strict=True)
    )


def _transit_place(document: StockTransfer) -> Location:
    """Where goods under way from a warehouse are counted."""
    place, _made = Location.objects.get_or_create(
        company_id=document.company_id, warehouse_id=document.origin.warehouse_id, kind=Location.Kind.TRANSIT,
        defaults={"code": "TRANSIT", "name": _("In transit")},
    )
    return place


def _begin(document: StockTransfer, step: str, ledger_date: date, actor: Any) -> JournalEntry:
    return begin_entry(
        company_id=document.company_id, journal_kind=Journal.Kind.STOCK, ledger_date=ledger_date, description=document.note or document.number,
        actor=actor, source_key=f"{document.key}/{step}",
    )


def _complete(entry: JournalEntry, out: list[tuple[int, Decimal]], came: list[tuple[int, Decimal]], actor: Any) -> None:
    sums: dict[int, Decimal] = {}
    for account_id, amount in [*came, *out]:
        sums[account_id] = sums.get(account_id, ZERO) + amount
    complete_entry(entry, [EntryLine(role=None, account_id=account_id, amount=amount) for account_id, amount in sums.items() if amount], actor)
