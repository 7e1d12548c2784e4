"""What waits on the desks today: something to do for everybody who signs in."""

from datetime import timedelta
from decimal import Decimal

from crm.orders.models import Order
from crm.orders.services import OrderLineInput, confirm_order, draft_order
from erp.banking.models import StatementLine
from erp.inventory.models import StockAdjustment
from erp.inventory.services import AdjustmentLineInput, draft_adjustment
from integration.profiles.demo.plan import Happening
from integration.profiles.demo.story import Story, tells
from scm.shipping.models import Shipment
from scm.shipping.services import book_shipment, report_shipment_exception
from suite.kernel.users.service_user import recorded_id

UNKNOWN = (("Standing order 4711", "186.40"), ("Thank you, invoice from autumn", "412.75"), ("Refund parcel insurance", "23.90"))


@tells("last_orders", by="sales")
def last_orders(story: Story, happening: Happening) -> None:
    """This morning's orders: logistics has something to pick."""
    for number in range(4):
        order = _draft(story, customer=(number * 17 + 5) % len(story.house.customers), goods=(number * 13 + 2, number * 13 + 47), quantity=2)
        confirm_order(order, actor=story.person("sales"))


@tells("open_work", by="administrator")
def open_work(story: Story, happening: Happening) -> None:
    _orders(story)
    _shipments(story)
    _count(story)
    _statement(story)


def _orders(story: Story) -> None:
    """Orders to confirm; the last of them, and one that is confirmed already, are more than the customer's credit limit allows."""
    by_limit = [
        number for number, customer in enumerate(story.plan.customers)
        if customer.credit_limit == Decimal(8000) and customer.country == "DE"
    ]
    for number in range(4):
        _draft(story, customer=(number * 29) % len(story.house.customers), goods=(number * 11, number * 11 + 40), quantity=6)
    _draft(story, customer=by_limit[0], goods=(15 + 9, 105 + 3), quantity=60)
    confirm_order(_draft(story, customer=by_limit[1], goods=(105, 106), quantity=70), actor=story.person("sales"))


def _draft(story: Story, *, customer: int, goods: tuple[int, ...], quantity: int) -> Order:
    return draft_order(
        company_id=story.company_id, customer_id=story.house.customers[customer], actor=story.person("sales"), order_date=story.plan.today,
        lines=[OrderLineInput(story.house.products[good], Decimal(quantity)) for good in goods], site_id=story.house.sites["NORD"].pk,
        requested_on=story.plan.today + timedelta(days=7), carrier_key=story.house.carriers["NORDLAUF"].key,
    )


def _shipments(story: Story) -> None:
    """One is booked and waits for the van, one is stuck under way."""
    logistics = story.person("logistics")
    planned = Shipment.objects.filter(company_id=story.company_id, status=Shipment.Status.PLANNED).order_by("-pk").first()
    if planned is not None:
        book_shipment(planned, actor=logistics)
    stuck = Shipment.objects.filter(company_id=story.company_id, status=Shipment.Status.DISPATCHED).order_by("pk").first()
    if stuck is not None:
        report_shipment_exception(
            stuck, actor=logistics, reason="Address not found", expected_on=story.plan.today + timedelta(days=2),
        )


def _count(story: Story) -> None:
    """A count that somebody has still to look at and post."""
    location = story.house.location
    draft_adjustment(
        company_id=story.company_id, kind=StockAdjustment.Kind.COUNT, warehouse_id=location.warehouse_id, happened_on=story.plan.today,
        actor=story.person("logistics"), note="Count of aisle A, not yet checked", source_key="demo/count/today",
        lines=[
            AdjustmentLineInput(product_id=story.house.products[0], location_id=location.pk, quantity=Decimal(1)),
            AdjustmentLineInput(product_id=story.house.products[20], location_id=location.pk, quantity=Decimal(2)),
        ],
    )


def _statement(story: Story) -> None:
    """Money from somebody who wrote no name."""
    finance = story.person("finance")
    StatementLine.objects.bulk_create(
        StatementLine(
            company_id=story.company_id, bank_account=story.house.bank, booked_on=story.plan.today - timedelta(days=number), amount=Decimal(amount),
            text=text, status=StatementLine.Status.OPEN, external_id=f"demo/unknown/{number}", created_by_id=recorded_id(finance),
        )
        for number, (text, amount) in enumerate(UNKNOWN)
    )
