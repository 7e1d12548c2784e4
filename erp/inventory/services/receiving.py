"""Goods that come in: a move each, and their value in a layer or the pool."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import F
from django.utils.translation import gettext as _

from erp.inventory.models import CostLayer, Location, StockMove, StockValue
from erp.inventory.rules import Layer, fill_owed, in_order, plain, unit_cost
from erp.inventory.selectors.costs import last_costs, stock_accounts
from erp.inventory.selectors.names import product_names
from erp.inventory.services.layers import lock_levels, open_layers, stock_value
from erp.inventory.services.lines import ZERO, IssuedLine, ReceiptLine, ReceivedLine, ReturnLine
from erp.inventory.signals import stock_arrived
from erp.ledger.models import JournalEntry
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.work import unit_of_work
from suite.kernel.documents.writing import insert_rows
from suite.kernel.money.rules import round_money
from suite.kernel.products.models import Product
from suite.kernel.users.service_user import recorded_id


@dataclass(frozen=True)
class Article:
    """What valuing must know of a product."""

    valuation: str
    tracking: str
    standard_cost: Decimal
    digits: int

    @property
    def is_pooled(self) -> bool:
        return self.valuation == Product.Valuation.AVERAGE and self.tracking == Product.Tracking.NONE


@dataclass
class Incoming:
    """Units with a known value on their way into a location. `value_key` names the line whose goods they are."""

    line_key: str
    value_key: str
    product_id: int
    warehouse_id: int
    location_id: int
    lot_id: int | None
    quantity: Decimal
    value: Decimal
    actual_cost: Decimal
    account_id: int
    kept_for: str = ""
    true_up: Decimal = ZERO


def articles_of(company_id: int, product_ids: Iterable[int]) -> dict[int, Article]:
    """What valuing must know of the products, by product key; one statement."""
    rows = Product.objects.filter(company_id=company_id, pk__in=set(product_ids)).values_list(
        "pk", "valuation", "tracking", "standard_cost", "company__currency__digits")
    return {pk: Article(*facts) for pk, *facts in rows}


def receive(
    *, company_id: int, entry: JournalEntry | None, document_key: str, lines: Sequence[ReceiptLine], happened_at: datetime, ledger_date: date,
    kind: str = StockMove.Kind.RECEIPT, actor: Any,
) -> list[ReceivedLine]:
    """Moves the goods in and says what they are worth: per line, in company currency, at cost, or at the standard cost of the product.

    The caller debits the inventory accounts in `entry` with `value`, and INVENTORY_ADJUSTMENT with `true_up`.
    """
    if any(line.quantity <= 0 for line in lines):
        raise Refusal(_("A quantity that comes in is above zero; nothing was moved."), field="quantity", code="bad_quantity")
    if not lines:
        return []
    products = {line.product_id for line in lines}
    with unit_of_work(actor):
        lock_levels(company_id, products)
        articles = articles_of(company_id, products)
        warehouses = dict(
            Location.objects.filter(company_id=company_id, pk__in={line.location_id for line in lines}).values_list("pk", "warehouse_id"))
        accounts = stock_accounts(company_id, products, warehouses.values())
        layers, _digits = open_layers(company_id, products, warehouses.values())
        incoming = []
        for line in lines:
            article, warehouse_id = articles[line.product_id], warehouses[line.location_id]
            cost = line.unit_cost
            if cost is None:
                cost = _present_cost(company_id, layers, line.product_id, warehouse_id, article)
            valued_at = article.standard_cost if article.valuation == Product.Valuation.STANDARD else cost
            incoming.append(Incoming(
                line.line_key, line.line_key, line.product_id, warehouse_id, line.location_id, line.lot_id, line.quantity,
                round_money(line.quantity * valued_at, article.digits), cost, accounts[line.product_id, warehouse_id],
            ))
        put_in(
            company_id=company_id, entry=entry, document_key=document_key, incoming=incoming, happened_at=happened_at, ledger_date=ledger_date,
            kind=kind, actor=actor, layers=layers, articles=articles, fills_owed=True,
        )
        stock_arrived.send(sender=StockMove, company_id=company_id, product_ids=sorted(products), actor=actor)
    return [
        ReceivedLine(part.line_key, part.product_id, part.warehouse_id, part.account_id, part.quantity, part.value, part.true_up)
        for part in incoming
    ]


def take_back(
    *, company_id: int, entry: JournalEntry, document_key: str, lines: Sequence[ReturnLine], happened_at: datetime, ledger_date: date, actor: Any,
) -> list[IssuedLine]:
    """Goods of earlier issue lines back in stock at exactly the cost they left with: per line, in company currency.

    The caller debits the inventory accounts in `entry` with these values. Raises Refusal when more comes back than is still out.
    """
    if not lines:
        return []
    products = {line.product_id for line in lines}
    with unit_of_work(actor):
        lock_levels(company_id, products)
        with connection.cursor() as cursor:
            cursor.execute("SELECT line_key, product_id, lot_id, quantity, value FROM erp_issued(%s, %s::text[])",
                           [company_id, sorted({line.original_line_key for line in lines})])
            out = [list(row) for row in cursor.fetchall()]
        articles = articles_of(company_id, products)
        accounts = stock_accounts(company_id, products, {line.warehouse_id for line in lines})
        places = _stock_places(company_id, {line.warehouse_id for line in lines})
        incoming: list[Incoming] = []
        for line in lines:
            incoming.extend(_returned(line, out, articles[line.product_id].digits, accounts, places))
        put_in(
            company_id=company_id, entry=entry, document_key=document_key, incoming=incoming, happened_at=happened_at, ledger_date=ledger_date,
            kind=StockMove.Kind.RETURN, actor=actor, articles=articles,
        )
        stock_arrived.send(sender=StockMove, company_id=company_id, product_ids=sorted(products), actor=actor)
    return [IssuedLine(part.line_key, part.product_id, part.warehouse_id, part.account_id, part.quantity, part.value) for part in incoming]


def _returned(line: ReturnLine, out: list[list], digits: int, accounts: dict, places: dict[int, int]) -> list[Incoming]:
    missing = line.quantity
    parts = []
    for row in out:
        key, product_id, lot_id, quantity, value = row
        part = min(quantity, missing)
        if (key, product_id) != (line.original_line_key, line.product_id) or part <= 0:
            continue
        worth = value if part == quantity else round_money(value * part / quantity, digits)
        row[3:] = quantity - part, value - worth
        missing -= part
        location_id = line.location_id or places[line.warehouse_id]
        parts.append(Incoming(
            line.line_key, line.original_line_key, line.product_id, line.warehouse_id, location_id, lot_id, part, worth,
            unit_cost(worth, part), accounts[line.product_id, line.warehouse_id],
        ))
    if missing > 0 or line.quantity <= 0:
        raise Refusal(
            _("Only %(left)s of this line are still out; %(wanted)s cannot come back. Nothing was moved.")
            % {"left": plain(line.quantity - missing), "wanted": plain(line.quantity)},
            field="quantity", code="returned_too_much", hint=_("Check the quantity, or return the rest against the shipment it came with."),
        )
    return parts


def _stock_places(company_id: int, warehouse_ids: Iterable[int]) -> dict[int, int]:
    """The first stock location of each warehouse. Raises Refusal where there is none."""
    places: dict[int, int] = {}
    rows = Location.objects.filter(company_id=company_id, warehouse_id__in=warehouse_ids, kind=Location.Kind.STOCK).order_by("pk")
    for pk, warehouse_id in rows.values_list("pk", "warehouse_id"):
        places.setdefault(warehouse_id, pk)
    if set(places) != set(warehouse_ids):
        raise Refusal(_("The warehouse has no stock location; nothing was moved."), code="no_location", hint=_("Add a location of kind Stock."))
    return places


def _present_cost(company_id: int, layers: list[Layer], product_id: int, warehouse_id: int, article: Article) -> Decimal:
    if article.valuation == Product.Valuation.STANDARD:
        return article.standard_cost
    here = [layer for layer in in_order(layers) if (layer.product_id, layer.warehouse_id) == (product_id, warehouse_id)]
    if here:
        return unit_cost(sum((layer.value for layer in here), ZERO), sum((layer.quantity for layer in here), ZERO))
    return last_costs(company_id, [product_id], warehouse_id)[product_id][0]


def put_in(
    *, company_id: int, entry: JournalEntry | None, document_key: str, incoming: list[Incoming], happened_at: datetime, ledger_date: date,
    kind: str, actor: Any, articles: dict[int, Article], layers: list[Layer] | None = None, fills_owed: bool = False,
) -> None:
    """Writes the moves, layers and values of units whose value is known. A receipt makes good what is owed: `value` and `true_up` of
    the incoming say so afterwards."""
    products = {part.product_id for part in incoming}
    for part in incoming:
        if (articles[part.product_id].tracking == Product.Tracking.LOT) != (part.lot_id is not None):
            _refuse_lot(company_id, part.product_id, articles[part.product_id])
    if layers is None:
        layers, _digits = open_layers(company_id, products, {part.warehouse_id for part in incoming})
    moves = insert_rows(
        StockMove(
            company_id=company_id, product_id=part.product_id, location_id=part.location_id, lot_id=part.lot_id, kind=kind,
            quantity=part.quantity, effective_at=happened_at, ledger_date=ledger_date, entry=entry, document_key=document_key,
            line_key=part.line_key, actor_id=recorded_id(actor),
        )
        for part in incoming
    )
    pools = _pools(company_id, incoming, articles, layers, ledger_date)
    values: list[StockValue] = []
    fresh: list[tuple[CostLayer, Incoming, StockMove, Decimal, Decimal]] = []
    for part, move in zip(incoming, moves, strict=True):
        quantity, value = part.quantity, part.value
        owed = next((layer for layer in layers if fills_owed and layer.is_owed and layer.quantity < 0 and _same_place(layer, part)), None)
        if owed is not None:
            made_good, booked, part.true_up = fill_owed(owed, quantity, value, articles[part.product_id].digits)
            part.value -= part.true_up
            quantity, value = quantity - made_good, value - booked - part.true_up
            values.append(stock_value(owed, move, quantity=made_good, value=booked, line_key=part.value_key))
        if not quantity:
            continue
        pool = None if part.kept_for else pools.get((part.product_id, part.warehouse_id, part.account_id))
        if pool is not None:
            values.append(stock_value(pool, move, quantity=quantity, value=value, line_key=part.value_key))
            continue
        fresh.append((CostLayer(
            company_id=company_id, product_id=part.product_id, warehouse_id=part.warehouse_id, account_id=part.account_id, lot_id=part.lot_id,
            kept_for=part.kept_for, received_on=happened_at.date(), unit_cost=part.actual_cost,
        ), part, move, quantity, value))
    insert_rows(row[0] for row in fresh)
    values += [stock_value(layer, move, quantity=quantity, value=value, line_key=part.value_key) for layer, part, move, quantity, value in fresh]
    insert_rows(values)


def _same_place(layer: Layer, part: Incoming) -> bool:
    return (layer.product_id, layer.warehouse_id, layer.account_id, layer.lot_id) == (
        part.product_id, part.warehouse_id, part.account_id, part.lot_id)


def _pools(
    company_id: int, incoming: list[Incoming], articles: dict[int, Article], layers: list[Layer], ledger_date: date,
) -> dict[tuple[int, int, int], Layer | CostLayer]:
    """The pools that the units join, made where they are missing."""
    wanted = {(p.product_id, p.warehouse_id, p.account_id) for p in incoming if articles[p.product_id].is_pooled and not p.kept_for}
    found: dict[tuple[int, int, int], Layer | CostLayer] = {
        (layer.product_id, layer.warehouse_id, layer.account_id): layer for layer in layers if layer.is_pool}
    missing = sorted(wanted - set(found))
    if missing:
        CostLayer.objects.bulk_create(
            (CostLayer(company_id=company_id, product_id=product, warehouse_id=warehouse, account_id=account, is_pool=True, received_on=ledger_date)
             for product, warehouse, account in missing),
            ignore_conflicts=True,
        )
        made = CostLayer.objects.filter(company_id=company_id, is_pool=True, product_id__in={product for product, _w, _a in missing})
        found |= {(pool.product_id, pool.warehouse_id, pool.account_id): pool for pool in made.order_by(F("pk"))}
    return found


def _refuse_lot(company_id: int, product_id: int, article: Article) -> None:
    name = product_names(company_id, [product_id]).get(product_id, "")
    if article.tracking == Product.Tracking.LOT:
        raise Refusal(_("%(product)s is tracked by lots; nothing was moved.") % {"product": name}, field="lot", hint=_("Name the lot."))
    raise Refusal(_("%(product)s is not tracked by lots; nothing was moved.") % {"product": name}, field="lot", hint=_("Leave the lot empty."))
