"""Where stock is, what of it is free, and what runs low."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection
from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from erp.inventory.models import Location, Reservation, StockLevel, StockMove
from suite.kernel.products.models import Product

ZERO = Decimal(0)

LOW = """
SELECT p.id, coalesce(s.on_hand, 0), coalesce(s.reserved, 0), coalesce(r.waiting, 0), p.reorder_point
  FROM kernel_product p
  LEFT JOIN (SELECT l.product_id, sum(l.on_hand) AS on_hand, sum(l.reserved) AS reserved
               FROM erp_stocklevel l JOIN erp_location o ON o.id = l.location_id AND o.kind = 'stock'
              WHERE l.company_id = %(company)s GROUP BY 1) s ON s.product_id = p.id
  LEFT JOIN (SELECT product_id, sum(quantity) AS waiting FROM erp_reservation
              WHERE company_id = %(company)s AND status = 'planned' GROUP BY 1) r ON r.product_id = p.id
 WHERE p.company_id = %(company)s AND p.is_active AND p.kind = 'goods' AND (p.reorder_point > 0 OR r.waiting > 0)
   AND coalesce(s.on_hand, 0) - coalesce(s.reserved, 0) - coalesce(r.waiting, 0) < p.reorder_point
 ORDER BY p.sku"""


@dataclass(frozen=True)
class LowStock:
    """A product whose free stock, less what orders wait for, is below its reorder point."""

    product: Product
    on_hand: Decimal
    reserved: Decimal
    waiting: Decimal
    reorder_point: Decimal

    @property
    def short(self) -> Decimal:
        """How much brings it back to the reorder point."""
        return self.reorder_point - (self.on_hand - self.reserved - self.waiting)


def free_stock(company_id: int, product_ids: Iterable[int], site_id: int | None = None) -> dict[int, Decimal]:
    """On hand, not reserved and not expired per product (0 included), in stock locations of active warehouses, of one site or all."""
    wanted = set(product_ids)
    levels = StockLevel.objects.filter(
        Q(lot__expires_on=None) | Q(lot__expires_on__gte=timezone.localdate()), company_id=company_id, product_id__in=wanted,
        location__kind=Location.Kind.STOCK, location__warehouse__is_active=True, on_hand__gt=F("reserved"),
    )
    if site_id is not None:
        levels = levels.filter(location__warehouse__site_id=site_id)
    free = dict(levels.values_list("product_id").annotate(free=Sum(F("on_hand") - F("reserved"))).order_by("product_id"))
    return {product_id: free.get(product_id, ZERO) for product_id in wanted}


def stock_of(product: Product) -> QuerySet[StockLevel]:
    """The product's levels with something on hand or reserved, warehouse and location with them."""
    levels = StockLevel.objects.filter(product=product).exclude(on_hand=0, reserved=0).select_related("location__warehouse", "lot")
    return levels.order_by("location__warehouse__code", "location__code", F("lot__expires_on").asc(nulls_last=True), "pk")


def reservations_of(product: Product) -> QuerySet[Reservation]:
    """Who keeps or waits for stock of the product, in the order in which they are served."""
    live = Q(status=Reservation.Status.FIRM) | Q(status=Reservation.Status.PLANNED)
    return Reservation.objects.filter(live, product=product).select_related("warehouse", "level__location", "level__lot").order_by(
        F("wanted_on").asc(nulls_last=True), "pk")


def moves(company_id: int, *, since: date | None = None, until: date | None = None, product_id: int | None = None, warehouse_id: int | None = None,
          kind: str = "") -> QuerySet[StockMove]:
    """Moves by their date in the books, newest first, with what they were worth (`worth`, company currency)."""
    rows = StockMove.objects.filter(company_id=company_id).select_related("product", "location__warehouse", "lot", "actor", "entry")
    conditions = {
        "ledger_date__gte": since, "ledger_date__lte": until, "product_id": product_id, "location__warehouse_id": warehouse_id, "kind": kind or None,
    }
    rows = rows.filter(**{name: value for name, value in conditions.items() if value is not None})
    return rows.annotate(worth=Coalesce(Sum("values__value"), ZERO)).order_by("-ledger_date", "-pk")


def low_stock(company_id: int) -> list[LowStock]:
    """Products to supply, by article number."""
    with connection.cursor() as cursor:
        cursor.execute(LOW, {"company": company_id})
        rows = cursor.fetchall()
    products = Product.objects.in_bulk([row[0] for row in rows])
    return [LowStock(products[pk], *quantities) for pk, *quantities in rows]
