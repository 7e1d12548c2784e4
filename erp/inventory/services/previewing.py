"""What a previewed act would do to stock."""

from decimal import Decimal

from erp.inventory.models import StockMove
from suite.kernel.documents.preview import Preview, collects
from suite.kernel.documents.work import Work


@collects
def collect_stock(work: Work, preview: Preview) -> None:
    """Per product and location, by how much the level changes."""
    causes = [act.event_id() for act in work.effects if act.is_drawn]
    changes: dict[str, Decimal] = {}
    moves = StockMove.objects.filter(cause__in=causes).select_related("product", "location__warehouse", "lot").order_by("pk")
    for move in moves:
        lot = f" / {move.lot}" if move.lot else ""
        name = f"{move.product} @ {move.location.warehouse.code}/{move.location}{lot}"
        changes[name] = changes.get(name, Decimal(0)) + move.quantity
    preview.stock.extend((name, quantity) for name, quantity in changes.items() if quantity)
