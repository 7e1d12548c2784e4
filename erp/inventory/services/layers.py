"""Reading layers under lock and writing values: what issuing, receiving and revaluing share."""

from collections.abc import Iterable
from decimal import Decimal

from django.db import connection

from erp.inventory.models import CostLayer, StockMove, StockValue
from erp.inventory.rules import Layer
from suite.kernel.documents.statements import kept

OPEN_LAYERS = "SELECT l.*, c.digits FROM erp_open_layers(%s, %s::bigint[], %s::bigint[]) l CROSS JOIN LATERAL (" \
    "SELECT k.digits FROM kernel_company y JOIN kernel_currency k ON k.code = y.currency_id WHERE y.id = %s) c ORDER BY l.id"


def lock_levels(company_id: int, product_ids: Iterable[int]) -> None:
    """Holds the levels of the products, in key order: before any layer is."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT erp_lock_levels(%s, %s::bigint[])", [company_id, sorted(set(product_ids))])


def open_layers(company_id: int, product_ids: Iterable[int], warehouse_ids: Iterable[int]) -> tuple[list[Layer], int | None]:
    """The layers of the products in the warehouses, locked in key order, and the digits of the company's currency (None without a layer)."""
    with connection.cursor() as cursor:
        cursor.execute(kept(OPEN_LAYERS), [company_id, sorted(set(product_ids)), sorted(set(warehouse_ids)), company_id])
        rows = cursor.fetchall()
    return [Layer(*row[:-1]) for row in rows], rows[0][-1] if rows else None


def stock_value(layer: Layer | CostLayer, move: StockMove | None, *, quantity: Decimal, value: Decimal, line_key: str, **facts) -> StockValue:
    """A row, not saved. Without a move, `facts` name entry_id and ledger_date."""
    if move is not None:
        facts |= {"entry_id": move.entry_id, "ledger_date": move.ledger_date, "move_id": move.pk, "company_id": move.company_id}
    return StockValue(
        layer_id=layer.id, account_id=layer.account_id, product_id=layer.product_id, warehouse_id=layer.warehouse_id, quantity=quantity,
        value=value, line_key=line_key, **facts,
    )
