"""Stock transfers: inside a warehouse at once; between warehouses in transit until received, at unchanged value (INV-7a, INV-7b)."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.inventory.models import Location, StockMove, StockTransfer, StockTransferLine, StockValue
from erp.inventory.rules import Taken, consume, plain, unit_cost
from erp.inventory.selectors.costs import ledger_date_for, stock_accounts
from erp.inventory.services.adjusting import COUNTER_ROLE, MOVE_KIND, happened_at
from erp.inventory.services.issuing import Left, take_out
from erp.inventory.services.layers import lock_levels, open_layers, stock_value
from erp.inventory.services.lines import ZERO, IssueLine
from erp.inventory.services.receiving import Incoming, articles_of, put_in
from erp.inventory.signals import stock_arrived, transfer_cancelled, transfer_closed_short, transfer_received, transfer_sent
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
        for line in lines:
            line.received = line.quantity
        StockTransferLine.objects.bulk_update(lines, ["received"])
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
    StockTransfer, "receive", source=StockTransfer.UNDER_WAY, target=None, label=gettext_lazy("Receive"), after=transfer_received,
    icon="package-import", order=20,
)
def receive_transfer(
    document: StockTransfer, *, actor: Any, act: Act, quantities: Mapping[int, Decimal] | None = None, received_on: date | None = None,
) -> None:
    """Puts goods that are on their way into the destination, at the value they left with (INV-7b where accounts differ).

    `quantities` by line id say what arrived (unnamed lines: nothing); None: all that is under way. The rest stays under way. Raises
    Refusal for nothing at all, unknown lines, more than is under way, and a day before the goods were sent or in the future.
    """
    lines = list(document.lines.order_by("position", "pk"))
    arriving = _arriving(document, lines, quantities)
    on = _day(document, received_on)
    step = "receive" if act.before == Status.IN_TRANSIT else f"receive/{document.version}"
    _arrive(document, document.destination, arriving, step=step, on=on, actor=actor)
    for line in lines:
        line.received += arriving.get(line.key, ZERO)
    StockTransferLine.objects.bulk_update(lines, ["received"])
    document.status = Status.PARTIALLY_RECEIVED if any(line.under_way for line in lines) else Status.DONE
    act.payload["received"] = {key: str(quantity) for key, quantity in arriving.items()}


@transition(
    StockTransfer, "close_short", source=StockTransfer.UNDER_WAY, target=Status.CLOSED_SHORT, label=gettext_lazy("Close short"),
    after=transfer_closed_short, icon="package-off", is_dangerous=True, order=80,
)
def close_transfer_short(
    document: StockTransfer, *, actor: Any, act: Act, loss: StockTransfer.Loss, reason: str, closed_on: date | None = None,
) -> None:
    """Gives up what never arrived: out of transit as a loss, by kind as a count difference (INV-1) or scrap (INV-4).

    Raises Refusal without a reason, for an unknown kind, and for a day before the goods were sent or in the future.
    """
    if not reason.strip():
        raise Refusal(_("Say why the rest never arrived; nothing was closed."), field="reason", code="no_reason")
    if loss not in StockTransfer.Loss.values:
        raise Refusal(_("Say whether the goods are missing or damaged; nothing was closed."), field="loss", code="no_loss")
    lines = list(document.lines.order_by("position", "pk"))
    on = _day(document, closed_on, field="closed_on")
    parts, ledger_date = _out_of_transit(document, {line.key: line.under_way for line in lines if line.under_way}, document.origin, on)
    value = sum((part.value for part in parts), ZERO)
    entry = _begin(document, "close_short", ledger_date, actor, reason.strip()[:200]) if value else None
    _leave_transit(document, parts, entry=entry, ledger_date=ledger_date, on=on, actor=actor, kind=MOVE_KIND[loss])
    if entry:
        sums: dict[int, Decimal] = {}
        for part in parts:
            sums[part.layer.account_id] = sums.get(part.layer.account_id, ZERO) - part.value
        complete_entry(entry, [
            EntryLine(role=COUNTER_ROLE[loss], account_id=None, amount=value),
            *(EntryLine(role=None, account_id=account_id, amount=amount) for account_id, amount in sums.items() if amount),
        ], actor)
    for line in lines:
        line.lost = line.under_way
    StockTransferLine.objects.bulk_update(lines, ["lost"])
    document.loss = loss
    act.payload["value"] = str(value)


@transition(
    StockTransfer, "cancel", source={Status.DRAFT, Status.IN_TRANSIT}, target=Status.CANCELLED, label=gettext_lazy("Cancel"),
    after=transfer_cancelled, icon="x", is_dangerous=True, order=90,
)
def cancel_transfer(document: StockTransfer, *, actor: Any, act: Act) -> None:
    """Puts goods that are on their way back to where they came from; once some have arrived, the rest is received or closed short."""
    if act.before == Status.IN_TRANSIT:
        under_way = {line.key: line.quantity for line in document.lines.all()}
        _arrive(document, document.origin, under_way, step="cancel", on=document.sent_on, actor=actor)


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


def _arriving(document: StockTransfer, lines: list[StockTransferLine], quantities: Mapping[int, Decimal] | None) -> dict[str, Decimal]:
    """What arrives per line key, above zero."""
    if quantities is None:
        return {line.key: line.under_way for line in lines if line.under_way}
    by_pk = {line.pk: line for line in lines}
    arriving: dict[str, Decimal] = {}
    for pk, quantity in quantities.items():
        field, line = f"quantities/{pk}", by_pk.get(pk)
        if line is None:
            raise Refusal(_("Line %(line)s is not on %(transfer)s; nothing was received.") % {"line": pk, "transfer": document}, field=field)
        if not quantity.is_finite() or quantity < 0:
            raise Refusal(_("A quantity is below zero; nothing was received."), field=field, code="bad_quantity")
        if quantity > line.under_way:
            raise Refusal(
                _("Line %(position)s: only %(left)s of %(product)s are under way; nothing was received.")
                % {"position": line.position, "left": plain(line.under_way), "product": line.product}, field=field, code="received_too_much",
                hint=_("Look at the transfer again, somebody may have received it; count in what is too much as a stock adjustment."),
            )
        if quantity:
            arriving[line.key] = quantity
    if not arriving:
        raise Refusal(_("Nothing of %(transfer)s would arrive; nothing was received.") % {"transfer": document}, field="quantities", code="nothing",
                      hint=_("Enter what arrived, or close the transfer short."))
    return arriving


def _day(document: StockTransfer, given: date | None, *, field: str = "received_on") -> date:
    on = given or document.sent_on
    if on < document.sent_on or (given and on > timezone.localdate()):
        raise Refusal(_("The day is between the one the goods were sent and today; nothing was done."), field=field, code="bad_date")
    return on


def _out_of_transit(document: StockTransfer, wanted: dict[str, Decimal], place: Location, on: date) -> tuple[list[Taken], date]:
    """What leaves transit of each layer that is kept for the lines, oldest first; and the date in the books. Levels and layers are locked."""
    products = sorted(set(document.lines.values_list("product_id", flat=True)))
    ledger_date = ledger_date_for(document.company_id, on)
    lock_levels(document.company_id, products)
    layers, digits = open_layers(document.company_id, products, {document.origin.warehouse_id, place.warehouse_id})
    parts: list[Taken] = []
    for key, quantity in wanted.items():
        taken, lacking = consume([layer for layer in layers if layer.kept_for == key and layer.quantity > 0], quantity, digits or 0)
        if lacking:
            raise Refusal(_("Less is under way than %(transfer)s says; nothing was moved.") % {"transfer": document}, code="not_under_way")
        parts.extend(taken)
    return parts, ledger_date


def _arrive(document: StockTransfer, place: Location, wanted: dict[str, Decimal], *, step: str, on: date, actor: Any) -> None:
    parts, ledger_date = _out_of_transit(document, wanted, place, on)
    products = {part.layer.product_id for part in parts}
    accounts = stock_accounts(document.company_id, products, [place.warehouse_id])
    booked = [part for part in parts if part.layer.account_id != accounts[part.layer.product_id, place.warehouse_id]]
    entry = _begin(document, step, ledger_date, actor) if booked else None
    for some, its_entry in ((booked, entry), ([part for part in parts if part not in booked], None)):
        if not some:
            continue
        _leave_transit(document, some, entry=its_entry, ledger_date=ledger_date, on=on, actor=actor)
        incoming = [
            Incoming(
                part.layer.kept_for, part.layer.kept_for, part.layer.product_id, place.warehouse_id, place.pk, part.layer.lot_id, part.quantity,
                part.value, part.layer.unit_cost, accounts[part.layer.product_id, place.warehouse_id],
            )
            for part in some
        ]
        _put(document, incoming, entry=its_entry, ledger_date=ledger_date, happened_on=on, actor=actor)
        if its_entry:
            _complete(its_entry, [(part.layer.account_id, -part.value) for part in some], [(p.account_id, p.value) for p in incoming], actor)
    stock_arrived.send(sender=StockMove, company_id=document.company_id, product_ids=sorted(products), actor=actor)


def _leave_transit(
    document: StockTransfer, parts: list[Taken], *, entry: JournalEntry | None, ledger_date: date, on: date, actor: Any,
    kind: str = StockMove.Kind.TRANSFER,
) -> None:
    transit_id = _transit_place(document).pk
    moves = StockMove.objects.bulk_create(
        StockMove(
            company_id=document.company_id, product_id=part.layer.product_id, location_id=transit_id, lot_id=part.layer.lot_id, kind=kind,
            quantity=-part.quantity, effective_at=happened_at(on), ledger_date=ledger_date, entry=entry, document_key=document.key,
            line_key=part.layer.kept_for, actor_id=recorded_id(actor),
        )
        for part in parts
    )
    StockValue.objects.bulk_create(
        stock_value(part.layer, move, quantity=-part.quantity, value=-part.value, line_key=part.layer.kept_for)
        for part, move in zip(parts, moves, strict=True)
    )


def _transit_place(document: StockTransfer) -> Location:
    """Where goods under way from a warehouse are counted."""
    place, _made = Location.objects.get_or_create(
        company_id=document.company_id, warehouse_id=document.origin.warehouse_id, kind=Location.Kind.TRANSIT,
        defaults={"code": "TRANSIT", "name": _("In transit")},
    )
    return place


def _begin(document: StockTransfer, step: str, ledger_date: date, actor: Any, why: str = "") -> JournalEntry:
    return begin_entry(
        company_id=document.company_id, journal_kind=Journal.Kind.STOCK, ledger_date=ledger_date, description=why or document.note or document.number,
        actor=actor, source_key=f"{document.key}/{step}",
    )


def _complete(entry: JournalEntry, out: list[tuple[int, Decimal]], came: list[tuple[int, Decimal]], actor: Any) -> None:
    sums: dict[int, Decimal] = {}
    for account_id, amount in [*came, *out]:
        sums[account_id] = sums.get(account_id, ZERO) + amount
    complete_entry(entry, [EntryLine(role=None, account_id=account_id, amount=amount) for account_id, amount in sums.items() if amount], actor)
