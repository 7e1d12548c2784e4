"""What stock was worth in the books at any date: equal to the inventory accounts of the ledger, by construction (I8)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Sum

from erp.inventory.models import StockValue


@dataclass(frozen=True)
class Valued:
    """Units and value of a product in a warehouse on an inventory account. Company currency."""

    product_id: int
    sku: str
    name: str
    category: str
    warehouse: str
    account_id: int
    account: str
    quantity: Decimal
    value: Decimal

    @property
    def unit_cost(self) -> Decimal:
        return self.value / self.quantity if self.quantity else Decimal(0)


def valuation(company_id: int, on: date, *, warehouse_id: int | None = None, account_id: int | None = None) -> list[Valued]:
    """Units and value per product, warehouse and account at the end of the day `on`, by date in the books. One statement."""
    rows = StockValue.objects.filter(company_id=company_id, ledger_date__lte=on)
    if warehouse_id is not None:
        rows = rows.filter(warehouse_id=warehouse_id)
    if account_id is not None:
        rows = rows.filter(account_id=account_id)
    sums = rows.values_list(
        "product_id", "product__sku", "product__name", "product__category__name", "warehouse__code", "account_id", "account__code",
    ).annotate(quantity=Sum("quantity"), value=Sum("value")).order_by("product__sku", "warehouse__code", "account__code")
    return [
        Valued(product, sku, name, category or "", warehouse, account_id, account, quantity, value)
        for product, sku, name, category, warehouse, account_id, account, quantity, value in sums
        if quantity or value
    ]


def valuation_by_account(company_id: int, on: date) -> dict[int, Decimal]:
    """Value of stock per inventory account at the end of the day `on`: what the ledger's balance must be."""
    rows = StockValue.objects.filter(company_id=company_id, ledger_date__lte=on).values_list("account_id").annotate(value=Sum("value"))
    return dict(rows.order_by("account_id"))
