"""Stock in tables: what it is worth, what is there, what moved, what runs low. Page, export and endpoint show the same rows."""

from datetime import date
from decimal import Decimal
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from erp.inventory.models import Location, StockLevel, Warehouse
from erp.inventory.selectors import low_stock, moves, valuation
from erp.ledger.models import Account
from erp.ledger.selectors import account_totals
from suite.resources.report_tables import Column, Table

ZERO = Decimal(0)
MOST = 5_000


def stock_valuation(*, company_id: int, on: date, warehouse: Warehouse | None = None) -> Table:
    """Units and value per product, warehouse and inventory account at the end of a day, and per account beside the ledger's balance."""
    found = valuation(company_id, on, warehouse_id=warehouse.pk if warehouse else None)
    rows = [
        {
            "sku": row.sku, "name": row.name, "category": row.category, "warehouse": row.warehouse, "account": row.account,
            "quantity": row.quantity, "unit_cost": row.unit_cost, "value": row.value,
            "layers": f"{reverse('erp:costlayer_list')}?{urlencode({'product': row.product_id})}",
            "moves": f"{reverse('erp:stockmove_list')}?{urlencode({'product': row.product_id})}",
        }
        for row in found
    ]
    table = Table(
        columns=(
            Column("sku", _("Article"), link="layers"), Column("name", _("Name")), Column("category", _("Category")),
            Column("warehouse", _("Warehouse")), Column("account", _("Account")), Column("quantity", _("Quantity"), "quantity", link="moves"),
            Column("unit_cost", _("Unit cost"), "money"), Column("value", _("Value"), "money", link="layers"),
        ),
        rows=rows, totals={"sku": _("Total"), "value": sum((row.value for row in found), ZERO)},
    )
    if warehouse is None:
        table.facts = _beside_ledger(company_id, on, found)
    return table


def _beside_ledger(company_id: int, on: date, found: list) -> list[tuple[str, str]]:
    layers: dict[int, Decimal] = {}
    for row in found:
        layers[row.account_id] = layers.get(row.account_id, ZERO) + row.value
    ledger = account_totals(company_id, on)
    facts = []
    for account in Account.objects.filter(company_id=company_id, control=Account.Control.STOCK).order_by("code"):
        opening, debit, credit = ledger.get(account.pk, (ZERO, ZERO, ZERO))
        balance, worth = opening + debit - credit, layers.get(account.pk, ZERO)
        if balance or worth:
            verdict = _("equals the ledger") if balance == worth else _("ledger: %(balance)s") % {"balance": number_format(balance, 2, force_grouping=True)}
            facts.append((str(account), f"{number_format(worth, 2, force_grouping=True)} · {verdict}"))
    return facts


def stock_on_hand(*, company_id: int, warehouse: Warehouse | None = None) -> Table:
    """On hand, reserved and free per product, warehouse, location and lot, now."""
    levels = StockLevel.objects.filter(company_id=company_id).exclude(on_hand=0, reserved=0)
    if warehouse is not None:
        levels = levels.filter(location__warehouse=warehouse)
    levels = levels.select_related("product__unit", "location__warehouse", "lot").order_by("product__sku", "location__warehouse__code", "location__code", "pk")
    rows = [
        {
            "sku": level.product.sku, "name": level.product.name, "warehouse": level.location.warehouse.code, "location": level.location.code,
            "kind": Location.Kind(level.location.kind).label, "lot": level.lot.number if level.lot else "", "on_hand": level.on_hand,
            "expires_on": level.lot.expires_on if level.lot else None,
            "reserved": level.reserved, "free": level.available, "unit": level.product.unit.code,
            "page": reverse("erp:stocklevel_detail", args=[level.pk]),
        }
        for level in levels
    ]
    return Table(
        columns=(
            Column("sku", _("Article"), link="page"), Column("name", _("Name")), Column("warehouse", _("Warehouse")), Column("location", _("Location")),
            Column("kind", _("Kind")), Column("lot", _("Lot")), Column("expires_on", _("Expires on"), "date"), Column("on_hand", _("On hand"), "quantity"),
            Column("reserved", _("Reserved"), "quantity"), Column("free", _("Free"), "quantity"), Column("unit", _("Unit")),
        ),
        rows=rows,
    )


def stock_movements(*, company_id: int, starts_on: date, ends_on: date, warehouse: Warehouse | None = None, kind: str = "") -> Table:
    """Every move of a time by its date in the books, newest first, with its value."""
    found = moves(company_id, since=starts_on, until=ends_on, warehouse_id=warehouse.pk if warehouse else None, kind=kind)
    rows = [
        {
            "ledger_date": move.ledger_date, "happened": move.effective_at.date(), "kind": move.get_kind_display(), "sku": move.product.sku,
            "name": move.product.name, "place": f"{move.location.warehouse.code} / {move.location.code}", "lot": move.lot.number if move.lot else "",
            "quantity": move.quantity, "value": move.worth, "entry": move.entry.number if move.entry else "", "document": move.document_key,
            "page": reverse("erp:stockmove_detail", args=[move.pk]),
        }
        for move in found[:MOST]
    ]
    table = Table(
        columns=(
            Column("ledger_date", _("Date"), "date", link="page"), Column("happened", _("Happened on"), "date"), Column("kind", _("Kind")),
            Column("sku", _("Article")), Column("name", _("Name")), Column("place", _("Place")), Column("lot", _("Lot")),
            Column("quantity", _("Quantity"), "quantity"), Column("value", _("Value"), "money"), Column("entry", _("Entry")),
            Column("document", _("Document")),
        ),
        rows=rows, totals={"ledger_date": None, "value": sum((row["value"] for row in rows), ZERO)},
    )
    if len(rows) == MOST:
        table.note = _("The newest %(number)s moves of this time; choose a shorter one for the rest.") % {"number": MOST}
    return table


def products_to_supply(*, company_id: int) -> Table:
    """Products whose free stock, less what orders wait for, is below the reorder point."""
    rows = [
        {
            "sku": low.product.sku, "name": low.product.name, "on_hand": low.on_hand, "reserved": low.reserved, "waiting": low.waiting,
            "reorder_point": low.reorder_point, "short": low.short, "lead_days": low.product.lead_days,
            "page": reverse("kernel:product_detail", args=[low.product.pk]),
        }
        for low in low_stock(company_id)
    ]
    return Table(
        columns=(
            Column("sku", _("Article"), link="page"), Column("name", _("Name")), Column("on_hand", _("On hand"), "quantity"),
            Column("reserved", _("Reserved"), "quantity"), Column("waiting", _("Orders wait for"), "quantity"),
            Column("reorder_point", _("Reorder point"), "quantity"), Column("short", _("Short by"), "quantity"),
            Column("lead_days", _("Supply time (days)"), "integer"),
        ),
        rows=rows,
    )
