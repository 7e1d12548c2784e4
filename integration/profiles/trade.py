"""Playing a source's orders through the services, each on its own date: confirmed when ordered, dispatched and invoiced when shipped."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from crm.orders.models import Order, OrderLine
from crm.orders.services import OrderLineInput, confirm_order, draft_order
from erp.inventory.models import StockAdjustment
from erp.inventory.services import AdjustmentLineInput, draft_adjustment, post_adjustment
from integration.profiles.mapping import Profile, Records
from integration.profiles.master import House, source_key
from integration.profiles.progress import Progress
from integration.profiles.records import Record
from scm.shipping.models import Shipment
from scm.shipping.services import dispatch_shipment
from suite.kernel.documents.errors import BusinessError
from suite.kernel.documents.work import in_unit_of_work
from suite.kernel.money.rules import round_money
from suite.kernel.products.models import Product

ZERO = Decimal(0)
LEFT = (
    Shipment.Status.DISPATCHED, Shipment.Status.IN_TRANSIT, Shipment.Status.OUT_FOR_DELIVERY, Shipment.Status.DELIVERED, Shipment.Status.EXCEPTION,
)


class StepFailed(Exception):
    """A step was refused; the message names the record, its row and the rule. What came before it stays."""


@dataclass(frozen=True)
class Step:
    """Something that happened to an order on a day."""

    on: date
    order: Record
    run: Callable[[], None]


class Trade:
    """The orders of a source, with what of them is in the suite already."""

    def __init__(self, profile: Profile, records: Records, house: House) -> None:
        self.profile = profile
        self.records = records
        self.house = house
        self.lines: dict[str, list[Record]] = defaultdict(list)
        for line in records["order_line"].values():
            self.lines[line.order.key].append(line)
        orders = Order.objects.filter(company=house.company, source_key__startswith=f"{profile.source}/order/")
        self.known = dict(orders.exclude(status=Order.Status.DRAFT).values_list("source_key", "pk"))
        self.shipped = set(Shipment.objects.filter(company=house.company, status__in=LEFT).values_list("order_key", flat=True))

    def open_stock(self) -> None:
        """Stock before the first order: what the source says is there now, and all that left since. Posted once."""
        key = f"{self.profile.source}/opening"
        if StockAdjustment.objects.filter(company=self.house.company, source_key=key).exists():
            return
        left: dict[str, Decimal] = defaultdict(Decimal)
        for line in self.records["order_line"].values():
            if line.order.dispatched_on:
                left[line.product.key] += line.quantity
        first = min(order.ordered_on for order in self.records["order"].values())
        share = Decimal(self.profile.opening["cost_share"])
        stock = [(product, (product.on_hand or ZERO) + left[product.key]) for product in self.records["product"].values()]
        lines = [
            AdjustmentLineInput(self.house.id_of(product), self.house.location.pk, quantity, unit_cost=round_money(product.list_price * share, 4))
            for product, quantity in stock if quantity > 0
        ]

        def post() -> None:
            adjustment = draft_adjustment(
                company_id=self.house.company.pk, kind=StockAdjustment.Kind.OPENING, warehouse_id=self.house.location.warehouse_id,
                happened_on=first - timedelta(days=self.profile.opening["days_before_first_order"]), lines=lines, actor=self.house.actor,
                note="Moving in", source_key=key,
            )
            post_adjustment(adjustment, actor=self.house.actor)

        in_unit_of_work(post, actor=self.house.actor)

    def steps(self) -> list[Step]:
        """What is still to be done, in the order of its dates. Orders that never left come last: they must not keep what others shipped."""
        done_first = sorted(self.records["order"].values(), key=lambda order: (order.dispatched_on is None, order.ordered_on, order.row))
        confirms = [
            Step(order.ordered_on, order, lambda order=order: self.confirm(order)) for order in done_first if self._key(order) not in self.known
        ]
        dispatches = [
            Step(order.dispatched_on, order, lambda order=order: self.dispatch(order))
            for order in done_first if order.dispatched_on and f"crm.order:{self.known.get(self._key(order))}" not in self.shipped
        ]
        leaving = [step for step in confirms if step.order.dispatched_on]
        staying = [step for step in confirms if not step.order.dispatched_on]
        return sorted([*leaving, *dispatches], key=lambda step: step.on) + staying

    def play(self, steps: Iterable[Step], progress: Progress) -> None:
        """Does the steps. Raises StepFailed at the first that is refused."""
        for step in steps:
            try:
                step.run()
            except BusinessError as error:
                raise StepFailed(f"{step.order.file}, row {step.order.row} ({step.order}), {step.on}: {error.message} {error.hint}") from error
            progress.step(step.on)

    def confirm(self, order: Record) -> None:
        """Drafts and confirms in one transaction, on the day it was ordered."""

        def act() -> Order:
            draft = draft_order(
                company_id=self.house.company.pk, customer_id=self.house.id_of(order.customer), lines=self._inputs(order),
                actor=self.house.actor, order_date=order.ordered_on, requested_on=order.requested_on, site_id=self.house.site.pk,
                source_key=self._key(order), shipping_address=_address(order), customer_reference=order.reference or "",
                sales_representative_id=self.house.id_of(order.sales_representative), carrier_key=self._carrier(order),
            )
            return confirm_order(draft, actor=self.house.actor)

        self.known[self._key(order)] = in_unit_of_work(act, actor=self.house.actor).pk

    def dispatch(self, order: Record) -> None:
        """Everything that was ordered leaves on the day it was shipped; the invoice follows."""
        key = f"crm.order:{self.known[self._key(order)]}"
        shipment = Shipment.objects.get(company=self.house.company, order_key=key, status__in=Shipment.OPEN)
        dispatch_shipment(shipment, actor=self.house.actor, dispatched_on=order.dispatched_on)

    def retire_products(self) -> None:
        """Products that are no longer sold could be ordered until here."""
        retired = [self.house.id_of(product) for product in self.records["product"].values() if product.is_retired]
        in_unit_of_work(lambda: Product.objects.filter(pk__in=retired, is_active=True).update(is_active=False), actor=self.house.actor)

    def _key(self, order: Record) -> str:
        return source_key(self.profile, order)

    def _carrier(self, order: Record) -> str:
        return f"scm.carrier:{self.house.carriers[order.carrier.code]}" if order.carrier else ""

    def _inputs(self, order: Record) -> list[OrderLineInput]:
        inputs = [
            OrderLineInput(self.house.id_of(line.product), line.quantity, unit_price=line.unit_price, discount=line.discount or ZERO)
            for line in self.lines[order.key]
        ]
        if order.freight:
            inputs.append(OrderLineInput(
                self.house.ids["charge", "freight"], Decimal(1), unit_price=order.freight, discount=ZERO, description=self.profile.charge["name"],
                kind=OrderLine.Kind.CHARGE,
            ))
        return inputs


def _address(order: Record) -> str:
    place = " ".join(part for part in (order.ship_postal_code, order.ship_city) if part)
    return "\n".join(part for part in (order.ship_name, order.ship_street, place, order.ship_region, order.ship_country) if part)
