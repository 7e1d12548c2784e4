"""The company that is drilled: books, stock of which some runs short, customers; invoices are posted with the order."""

from datetime import date
from decimal import Decimal

from django.db.models import QuerySet

from erp.inventory.models import Location, StockAdjustment, StockAdjustmentLine, Warehouse
from erp.inventory.services import post_adjustment
from erp.ledger.services import set_up_books
from suite.kernel.companies.models import Company
from suite.kernel.documents.work import in_unit_of_work
from suite.kernel.parties.models import Party
from suite.kernel.products.models import Product
from suite.kernel.sites.models import Site
from tests.factories.base import make_company, make_customer, make_product, make_user
from tests.faults.story import CUSTOMERS, PRODUCTS, stock_for

ORDER_DATE = date(2026, 6, 15)
COST = Decimal("10")


def found_company(seed: int, orders: int) -> Company:
    """A company with the stock that the story asks for, and the user `drill` who may do everything."""
    company = make_company("DRILL", invoice_policy=Company.InvoicePolicy.AT_ORDER)
    actor = make_user(company, username="drill")
    set_up_books(company=company, actor=actor, first_year=2025, years=3)
    for _customer in range(CUSTOMERS):
        make_customer(company)
    goods = [make_product(company, f"DRILL-{place:03d}") for place in range(PRODUCTS)]
    warehouse, _made = Warehouse.objects.get_or_create(
        company=company, code="MAIN", defaults={"name": "Main", "site": Site.objects.get(company=company, code="MAIN")},
    )
    location, _made = Location.objects.get_or_create(company=company, warehouse=warehouse, code="A-1")

    def draft() -> StockAdjustment:
        opening = StockAdjustment.objects.create(
            company=company, kind=StockAdjustment.Kind.OPENING, happened_on=date(2025, 1, 2), warehouse=warehouse,
        )
        StockAdjustmentLine.objects.bulk_create([
            StockAdjustmentLine(
                company=company, adjustment=opening, position=position, product=product, location=location, quantity=Decimal(quantity),
                unit_cost=COST,
            )
            for position, (product, quantity) in enumerate(zip(goods, stock_for(seed, orders), strict=True), 1)
        ])
        return opening

    post_adjustment(in_unit_of_work(draft, actor=actor), actor=actor)
    return company


def products(company_id: int) -> QuerySet[Product]:
    """The products of the story, in its order."""
    return Product.objects.filter(company_id=company_id, sku__startswith="DRILL-").order_by("sku")


def customers(company_id: int) -> QuerySet[Party]:
    """The customers of the story, in its order."""
    return Party.objects.filter(company_id=company_id, is_customer=True).order_by("pk")
