"""A whole trading company: books, warehouse, a product at 20.00 that cost 10.00, a customer; and what became of its orders."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from crm.orders.models import Order
from crm.orders.services import OrderLineInput, confirm_order, draft_order
from erp.inventory.models import Reservation, StockLevel
from erp.ledger.models import JournalEntry
from erp.receivables.models import CreditCommitment, CustomerInvoice
from integration.management.commands.doctor import examine
from integration.outbox.models import Delivery
from integration.outbox.sweep import Sweeper, drain
from integration.trace.selectors import orphans
from scm.shipping.models import Shipment
from scm.shipping.services import dispatch_shipment
from suite.kernel.parties.models import Party
from suite.kernel.products.models import Product
from tests.factories.base import make_customer, make_product, make_user
from tests.factories.books import make_books, net_by_role
from tests.factories.stock import make_warehouse, stock_up

ORDERED_ON = date(2026, 3, 3)
SHIPPED_ON = date(2026, 3, 5)


class Trade:
    """The company and what tests ask of it. Quantities and amounts are Decimals; roles are those of flows.md."""

    def __init__(self, *, stock: int = 100, **values: Any) -> None:
        self.company = make_books(**values)
        self.boss = make_user(self.company, "administrator")
        self.place = make_warehouse(self.company).locations.get()
        self.product = make_product(self.company)
        self.customer = make_customer(self.company)
        if stock:
            self.receive(self.product, stock)
        drain()
        self._before = set(JournalEntry.objects.filter(company=self.company).values_list("pk", flat=True))

    def receive(self, product: Product, quantity: Any, cost: str = "10") -> None:
        """Stock comes in at a cost."""
        stock_up(self.boss, product, quantity, cost, place=self.place)

    def draft(self, *lines: tuple[Product, Any], customer: Party | None = None, **values: Any) -> Order:
        """A draft of (product, quantity) lines; of 5 of the product without any."""
        values.setdefault("order_date", ORDERED_ON)
        return draft_order(
            company_id=self.company.pk, customer_id=(customer or self.customer).pk, actor=self.boss,
            lines=[OrderLineInput(product.pk, Decimal(quantity)) for product, quantity in lines or [(self.product, 5)]], **values,
        )

    def confirm(self, *lines: tuple[Product, Any], settled: bool = True, **values: Any) -> Order:
        """As `draft`, confirmed; with all that follows unless told not to."""
        order = confirm_order(self.draft(*lines, **values), actor=self.boss)
        if settled:
            drain()
        return self.fresh(order)

    def dispatch(self, order: Order, quantities: dict | None = None, *, settled: bool = True) -> Shipment:
        """The order's open shipment leaves: all of it, or these quantities by product."""
        shipment = self.open_shipment(order)
        by_line = None if quantities is None else {
            line.pk: Decimal(quantities[line.product]) for line in shipment.lines.select_related("product") if line.product in quantities
        }
        gone = dispatch_shipment(shipment, actor=self.boss, quantities=by_line, dispatched_on=SHIPPED_ON)
        if settled:
            drain()
        return gone

    # What became of it

    def fresh(self, order: Order) -> Order:
        return Order.objects.get(pk=order.pk)

    def open_shipment(self, order: Order) -> Shipment:
        return Shipment.objects.get(order_key=order.key, status__in=Shipment.OPEN)

    def line(self, order: Order, position: int = 1) -> Any:
        return order.lines.get(position=position)

    def reserved(self, order: Order) -> dict[str, Decimal]:
        """Reserved quantity of the order by status, what was released left out."""
        found: dict[str, Decimal] = defaultdict(Decimal)
        for row in Reservation.objects.filter(document_key=order.key).exclude(status="released"):
            found[row.status] += row.quantity
        return dict(found)

    def shipments(self, order: Order) -> list[tuple[str, list[Decimal]]]:
        """(status, quantities by line) of the order's shipments, by wave; what left where they are gone."""
        return [
            (shipment.status, [line.quantity if shipment.is_open else line.shipped or line.quantity for line in shipment.lines.order_by("position")])
            for shipment in Shipment.objects.filter(order_key=order.key).order_by("wave")
        ]

    def invoices(self, order: Order) -> list[tuple[str, str, Decimal]]:
        """(kind, status, total) of the order's invoices and credit notes, oldest first, void ones left out."""
        rows = CustomerInvoice.objects.filter(order_key=order.key).exclude(status="void").order_by("pk")
        return [(row.kind, row.status, row.gross) for row in rows]

    def statuses(self, order: Order) -> tuple[str, str, str]:
        """(status, delivery, invoicing)."""
        order = self.fresh(order)
        return order.status, order.delivery_status, order.invoice_status

    def ledger(self) -> dict[str, Decimal]:
        """Net per role (debit above zero) of everything posted since the opening stock."""
        entries = list(JournalEntry.objects.filter(company=self.company).exclude(pk__in=self._before))
        return net_by_role(*entries) if entries else {}

    def stock(self, product: Product | None = None) -> tuple[Decimal, Decimal]:
        """(on hand, reserved)."""
        levels = list(StockLevel.objects.filter(product=product or self.product))
        return sum((row.on_hand for row in levels), Decimal(0)), sum((row.reserved for row in levels), Decimal(0))

    def committed(self) -> Decimal:
        """What orders still hold of the customers' credit."""
        return sum((row.amount for row in CreditCommitment.objects.filter(company=self.company)), Decimal(0))

    # Deliveries

    def retry(self) -> None:
        """What failed or waits is due now, and runs."""
        Delivery.objects.filter(status=Delivery.Status.PENDING).update(next_at=timezone.now(), last_error="")
        while Sweeper(in_process=True).sweep():
            pass
        drain()

    def waiting(self) -> list[str]:
        """Consumers with deliveries that are not done."""
        return list(Delivery.objects.filter(event__company=self.company).exclude(status__in=(1, 3)).order_by("pk").values_list("handler", flat=True))

    def must_be_healthy(self) -> None:
        """No invariant broken, nothing waits, no row without its cause."""
        assert {name: found for name, found in examine().items() if found["violations"]} == {}
        assert self.waiting() == []
        assert orphans(self.company.pk) == {}
