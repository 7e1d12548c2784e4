"""The company that is measured: books, 200 products with plenty of stock, 50 customers, orders of five lines."""

import random
from decimal import Decimal

from crm.orders.models import Order
from crm.orders.services import OrderLineInput, draft_order
from erp.inventory.models import Location, StockAdjustment, StockAdjustmentLine, Warehouse
from erp.inventory.services import post_adjustment
from erp.ledger.services import set_up_books
from suite.kernel.companies.models import Company
from suite.kernel.documents.work import in_unit_of_work
from suite.kernel.parties.models import Party
from suite.kernel.products.models import Product
from suite.kernel.sites.models import Site
from suite.kernel.users.models import User
from tests.factories.base import make_company, make_customer, make_product, make_user

DAY = "2026-06-15"


class BenchCompany:
    """Everything the measurements need, made once through the services."""

    def __init__(self, *, code: str = "BENCH", products: int = 200, customers: int = 50, stock: int = 1_000_000) -> None:
        self.company = make_company(code, invoice_policy=Company.InvoicePolicy.AT_ORDER)
        self.actor: User = make_user(self.company)
        set_up_books(company=self.company, actor=self.actor, first_year=2025, years=3)
        self.site = Site.objects.get(company=self.company, code="MAIN")
        self.warehouse, _made = Warehouse.objects.get_or_create(company=self.company, code="MAIN", defaults={"name": "Main", "site": self.site})
        self.location, _made = Location.objects.get_or_create(company=self.company, warehouse=self.warehouse, code="A-1")
        self.products: list[Product] = [make_product(self.company) for _ in range(products)]
        self.customers: list[Party] = [make_customer(self.company) for _ in range(customers)]
        if stock:
            self._fill(stock)

    def _fill(self, quantity: int) -> None:
        def act() -> StockAdjustment:
            made = StockAdjustment.objects.create(
                company=self.company, kind=StockAdjustment.Kind.OPENING, happened_on="2025-01-02", warehouse=self.warehouse, status="draft",
            )
            StockAdjustmentLine.objects.bulk_create([
                StockAdjustmentLine(
                    company=self.company, adjustment=made, position=i, product=product, location=self.location, quantity=Decimal(quantity),
                    unit_cost=Decimal("10"),
                )
                for i, product in enumerate(self.products, 1)
            ])
            return made

        post_adjustment(in_unit_of_work(act, actor=self.actor), actor=self.actor)

    def draft(self, rng: random.Random, lines: int = 5) -> Order:
        """A draft order of distinct products for some customer."""
        return draft_order(
            company_id=self.company.pk, customer_id=rng.choice(self.customers).pk, order_date=DAY, actor=self.actor,
            lines=[OrderLineInput(product_id=product.pk, quantity=Decimal(rng.randint(1, 5))) for product in rng.sample(self.products, lines)],
        )
