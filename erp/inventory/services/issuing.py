"""Goods that leave: chosen and locked, moved, and valued from their layers, in four statements however many lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from erp.inventory.models import CostLayer, StockMove, StockValue
from erp.inventory.rules import Layer, consume, in_order, plain
from erp.inventory.selectors.costs import currency_digits, last_costs
from erp.inventory.selectors.names import document_names, product_names
from erp.inventory.services.layers import open_layers, stock_value
from erp.inventory.services.lines import ZERO, IssuedLine, IssueLine
from erp.ledger.models import JournalEntry
from suite.kernel.companies.cause import current_cause
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.statements import kept
from suite.kernel.documents.work import unit_of_work
from suite.kernel.documents.writing import insert_rows
from suite.kernel.money.rules import round_money
from suite.kernel.users.service_user import recorded_id

TAKE = """SELECT line, location_id, lot_id, quantity, document_key
FROM erp_take_stock(%s, %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::numeric[], %s::text[], %s, %s)"""


@dataclass(frozen=True)
class Left:
    """Units of one line that left one layer."""

    line: IssueLine
    move: StockMove
    account_id: int
    quantity: Decimal
    value: Decimal


@dataclass(frozen=True)
class Displaced:
    """A reservation of another document that waits again, because its stock is gone."""

    document_key: str
    product_id: int
    quantity: Decimal


def issue(
    *, company_id: int, entry: JournalEntry, document_key: str, lines: Sequence[IssueLine], happened_at: datetime, ledger_date: date,
    kind: str = StockMove.Kind.ISSUE, actor: Any,
) -> list[IssuedLine]:
    """Moves the goods of the lines out and says what they cost: per line and inventory account, in company currency.

    Consumes the firm reservations of each line's `reservation_key`. The caller credits the inventory accounts in `entry` with exactly
    these values. Raises Refusal when free stock does not suffice (it names who holds the rest); then nothing moved.
    """
    left, _displaced = take_out(
        company_id=company_id, entry=entry, document_key=document_key, lines=lines, happened_at=happened_at, ledger_date=ledger_date,
        kind=kind, actor=actor,
    )
    sums: dict[tuple[str, int, int, int], list[Decimal]] = {}
    for part in left:
        total = sums.setdefault((part.line.line_key, part.line.product_id, part.line.warehouse_id, part.account_id), [ZERO, ZERO])
        total[0] += part.quantity
        total[1] += part.value
    return [IssuedLine(*key, quantity, value) for key, (quantity, value) in sums.items()]


def take_out(
    *, company_id: int, entry: JournalEntry | None, document_key: str, lines: Sequence[IssueLine], happened_at: datetime, ledger_date: date,
    kind: str, actor: Any, displace: bool = False, is_valued: bool = True,
) -> tuple[list[Left], list[Displaced]]:
    """As `issue`, in detail. With `displace`, reservations of others give way and are reported; without values for a move inside a warehouse."""
    wanted = [line for line in lines if line.quantity > 0]
    if len(wanted) != len(lines):
        raise Refusal(_("A quantity that leaves stock is above zero; nothing was moved."), field="quantity", code="bad_quantity")
    if not wanted:
        return [], []
    with unit_of_work(actor):
        picks, displaced = _choose(company_id, wanted, displace)
        moves = insert_rows(
            StockMove(
                company_id=company_id, product_id=line.product_id, location_id=location_id, lot_id=lot_id, kind=kind, quantity=-quantity,
                effective_at=happened_at, ledger_date=ledger_date, entry=entry, document_key=document_key, line_key=line.line_key,
                actor_id=recorded_id(actor),
            )
            for line, location_id, lot_id, quantity in picks
        )
        chosen = [(line, move) for (line, *_place), move in zip(picks, moves, strict=True)]
        if not is_valued:
            return [Left(line, move, 0, -move.quantity, ZERO) for line, move in chosen], displaced
        return _value(company_id, chosen), displaced


def _choose(company_id: int, lines: Sequence[IssueLine], displace: bool) -> tuple[list[tuple], list[Displaced]]:
    with connection.cursor() as cursor:
        cursor.execute(kept(TAKE), [
            company_id, [line.product_id for line in lines], [line.warehouse_id for line in lines], [line.location_id for line in lines],
            [line.lot_id for line in lines], [line.quantity for line in lines], [line.reservation_key for line in lines], displace, current_cause(),
        ])
        rows = cursor.fetchall()
    picks: dict[tuple, Decimal] = {}
    displaced = []
    missing = []
    for number, location_id, lot_id, quantity, holder in rows:
        line = lines[number - 1]
        if location_id is None:
            missing.append((line, quantity, holder))
            continue
        key = (number - 1, location_id, lot_id)
        picks[key] = picks.get(key, ZERO) + quantity
        if holder:
            displaced.append(Displaced(holder, line.product_id, quantity))
    if missing:
        _refuse(company_id, missing)
    return [(lines[number], location_id, lot_id, quantity) for (number, location_id, lot_id), quantity in picks.items()], displaced


def _refuse(company_id: int, missing: list[tuple[IssueLine, Decimal, str]]) -> None:
    names = product_names(company_id, [line.product_id for line, _quantity, _holders in missing])
    sentences = []
    for line, quantity, holders in missing:
        product = names.get(line.product_id, str(line.product_id))
        sentence = _("%(product)s: %(missing)s of %(wanted)s are not free.") % {
            "product": product, "missing": plain(quantity), "wanted": plain(line.quantity)}
        if holders:
            sentence += " " + _("Reserved for %(documents)s.") % {"documents": ", ".join(document_names(holders.split(",")))}
        sentences.append(sentence)
    raise Refusal(
        " ".join([*sentences, _("Nothing was moved.")]), code="not_enough_stock", field="quantity",
        hint=_("Ship less, release a reservation of another order, or receive or count the stock first."),
    )


def _value(company_id: int, chosen: list[tuple[IssueLine, StockMove]]) -> list[Left]:
    """Consumes the layers for moves that are saved."""
    products, warehouses = [line.product_id for line, _move in chosen], [line.warehouse_id for line, _move in chosen]
    layers, digits = open_layers(company_id, products, warehouses)
    if _short(layers, chosen):
        # A receipt that was committed while this statement waited for its locks is in the next snapshot.
        layers, digits = open_layers(company_id, products, warehouses)
    digits = currency_digits(company_id) if digits is None else digits
    ordered = in_order(layers)
    left: list[Left] = []
    values: list[StockValue] = []
    for line, move in chosen:
        usable = [layer for layer in ordered if _fits(layer, line, move)]
        taken, lacking = consume(usable, -move.quantity, digits)
        parts = [(part.layer, part.quantity, part.value) for part in taken]
        if lacking:
            parts.append(_owe(layers, line, move, lacking, digits))
        for layer, quantity, value in parts:
            values.append(stock_value(layer, move, quantity=-quantity, value=-value, line_key=line.line_key))
            left.append(Left(line, move, layer.account_id, quantity, value))
    insert_rows(values)
    return left


def _fits(layer: Layer, line: IssueLine, move: StockMove) -> bool:
    return (layer.product_id, layer.warehouse_id, layer.lot_id) == (line.product_id, line.warehouse_id, move.lot_id)


def _short(layers: list[Layer], chosen: list[tuple[IssueLine, StockMove]]) -> bool:
    free: dict[tuple, Decimal] = {}
    for layer in in_order(layers):
        key = (layer.product_id, layer.warehouse_id, layer.lot_id)
        free[key] = free.get(key, ZERO) + layer.quantity
    for line, move in chosen:
        key = (line.product_id, line.warehouse_id, move.lot_id)
        free[key] = free.get(key, ZERO) + move.quantity
    return any(quantity < 0 for quantity in free.values())


def _owe(layers: list[Layer], line: IssueLine, move: StockMove, quantity: Decimal, digits: int) -> tuple[Layer, Decimal, Decimal]:
    """What leaves before it came (a place that may go below zero): at the last known cost, made good by the next receipt."""
    cost, account_id = last_costs(move.company_id, [line.product_id], line.warehouse_id)[line.product_id]
    value = round_money(quantity * cost, digits)
    owed = next((layer for layer in layers if layer.is_owed and _fits(layer, line, move)), None)
    if owed is None:
        row = CostLayer.objects.create(
            company_id=move.company_id, product_id=line.product_id, warehouse_id=line.warehouse_id, account_id=account_id, lot_id=move.lot_id,
            is_owed=True, received_on=move.ledger_date, unit_cost=cost,
        )
        owed = Layer(row.pk, line.product_id, line.warehouse_id, account_id, move.lot_id, False, True, "", move.ledger_date, cost, ZERO, ZERO)
        layers.append(owed)
    owed.quantity -= quantity
    owed.value -= value
    return owed, quantity, value
