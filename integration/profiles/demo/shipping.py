"""What logistics does: goods come in, leave, arrive, and sometimes come back."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from math import sin

from erp.inventory.models import Lot, Reservation, StockAdjustment
from erp.inventory.selectors import LotAsked, lots_to_issue
from erp.inventory.services import AdjustmentLineInput, draft_adjustment, post_adjustment
from integration.profiles.demo.plan import Fate, Happening, Plan, Sale
from integration.profiles.demo.story import PREFIX, Story, at_noon, tells
from scm.shipping.models import Shipment, ShipmentLine
from scm.shipping.services import LotQuantity, deliver_shipment, dispatch_shipment, return_shipment_to_sender
from suite.kernel.documents.reading import read_lines

ONE = Decimal(1)


@dataclass(frozen=True)
class Leaving:
    """A shipment and what of each line goes now (None: all of it), and of which lots."""

    shipment: Shipment
    quantities: dict[int, Decimal] | None
    lots: dict[int, list[LotQuantity]]


def cost_on(plan: Plan, good: int, on: date) -> Decimal:
    """What an article costs on a day: its usual cost, creeping up 3 % a year, with a swing of its own."""
    years = Decimal((on - plan.first).days) / 365
    swing = Decimal(round(0.04 * sin(good + (on - plan.first).days / 60), 4))
    return (plan.goods[good].cost * (1 + Decimal("0.03") * years + swing)).quantize(Decimal("0.01"))


@tells("receive", by="logistics")
def receive(story: Story, happening: Happening) -> None:
    """Goods of a delivery, put away with their cost; lots for what has a best-before date."""
    wanted = story.plan.receipts[happening.on]
    location = story.house.location
    is_opening = happening.on == story.plan.first
    lots = Lot.objects.bulk_create(
        Lot(
            company_id=story.company_id, product_id=story.house.products[good], number=f"L{happening.on:%y%m%d}-{good:03d}",
            expires_on=happening.on + timedelta(days=540),
        )
        for good in sorted(wanted) if story.plan.goods[good].lots
    )
    lot_of = {lot.product_id: lot.pk for lot in lots}
    adjustment = draft_adjustment(
        company_id=story.company_id, kind=StockAdjustment.Kind.OPENING if is_opening else StockAdjustment.Kind.COUNT,
        warehouse_id=location.warehouse_id, happened_on=happening.on, actor=story.person("logistics"),
        note="Opening stock" if is_opening else "Goods received", source_key=f"{PREFIX}receipt/{happening.on:%Y%m%d}",
        lines=[
            AdjustmentLineInput(
                product_id=story.house.products[good], location_id=location.pk, quantity=Decimal(quantity),
                unit_cost=cost_on(story.plan, good, happening.on), lot_id=lot_of.get(story.house.products[good]),
            )
            for good, quantity in sorted(wanted.items())
        ],
    )
    post_adjustment(adjustment, actor=story.person("logistics"))


@tells("dispatch", by="logistics")
def dispatch(story: Story, happening: Happening) -> None:
    """What is reserved for the order leaves; what is not waits for goods."""
    sale = story.sale(happening)
    shipment = _first(story, sale, Shipment.OPEN)
    if shipment is not None:
        _send(story, _ready(story, sale, shipment, happening.on), happening.on)


@tells("backorders", by="logistics")
def send_late(story: Story, happening: Happening) -> None:
    """Once a week what waited for goods, and has them, leaves."""
    for sale, shipment in _overdue(story, happening.on):
        _send(story, _ready(story, sale, shipment, happening.on), happening.on)


@tells("arrive", by="logistics")
def arrive(story: Story, happening: Happening) -> None:
    """Twice a week the carriers say what they delivered, and when."""
    sales = _sales_by_order(story)
    under_way = Shipment.objects.filter(company_id=story.company_id, status=Shipment.Status.DISPATCHED).order_by("pk")
    for shipment in under_way:
        sale = sales[shipment.order_key]
        arrived_on = shipment.dispatched_on + (sale.delivered_on - sale.dispatched_on)
        if arrived_on < happening.on and not (sale.fate == Fate.RETURNED and happening.on <= sale.returned_on):
            deliver_shipment(shipment, actor=story.person("logistics"), delivered_at=at_noon(arrived_on))


@tells("send_back", by="logistics")
def send_back(story: Story, happening: Happening) -> None:
    shipment = _first(story, story.sale(happening), (Shipment.Status.DISPATCHED,))
    if shipment is not None:
        return_shipment_to_sender(shipment, actor=story.person("logistics"), returned_on=happening.on, reason="Nobody accepted the parcel")


def _sales_by_order(story: Story) -> dict[str, Sale]:
    return {f"crm.order:{pk}": story.plan.sales[index] for index, pk in story.orders.items()}


def _first(story: Story, sale: Sale, statuses: Sequence[str]) -> Shipment | None:
    """The sale's first shipment in one of these statuses."""
    key = story.order_key(sale)
    found = Shipment.objects.filter(company_id=story.company_id, order_key=key, status__in=statuses).order_by("wave")[:1] if key else []
    return next(iter(found), None)


def _overdue(story: Story, on: date) -> list[tuple[Sale, Shipment]]:
    """Open shipments that should have left and have goods reserved, with their sales, oldest first."""
    sales = _sales_by_order(story)
    waiting = [
        (sales[shipment.order_key], shipment)
        for shipment in Shipment.objects.filter(company_id=story.company_id, status__in=Shipment.OPEN).order_by("pk")
        if shipment.order_key in sales
    ]
    due = [pair for pair in waiting if pair[0].dispatched_on < on and pair[0].fate != Fate.CLOSED_SHORT]
    due = [pair for pair in due if pair[0].fate != Fate.SPLIT or pair[0].rest_on < on]
    keys = [shipment.order_key for _sale, shipment in due]
    has_goods = set(Reservation.objects.filter(
        company_id=story.company_id, document_key__in=keys, status=Reservation.Status.FIRM,
    ).values_list("document_key", flat=True)) if keys else set()
    return [pair for pair in due if pair[1].order_key in has_goods]


def _ready(story: Story, sale: Sale, shipment: Shipment, on: date) -> Leaving | None:
    """What leaves now: what is reserved, or half of it where the customer gets it in two parts; None where nothing is there."""
    firm: dict[str, Decimal] = defaultdict(Decimal)
    for line_key, quantity in Reservation.objects.filter(
        company_id=story.company_id, document_key=shipment.order_key, status=Reservation.Status.FIRM,
    ).order_by().values_list("line_key", "quantity"):
        firm[line_key] += quantity
    in_parts = sale.fate in (Fate.SPLIT, Fate.CLOSED_SHORT) and on < sale.rest_on
    share = Decimal("0.5") if in_parts else ONE
    lines = read_lines(ShipmentLine, shipment=shipment.pk)
    leaving = {
        line.pk: (min(line.quantity, firm[line.order_line_key]) * share).to_integral_value(rounding=ROUND_CEILING) for line in lines
    }
    lots = _lots(story, [line for line in lines if line.product_id in _tracked(story)], leaving, on)
    if not any(leaving.values()):
        return None
    return Leaving(shipment, None if all(leaving[line.pk] == line.quantity for line in lines) else leaving, lots)


def _tracked(story: Story) -> set[int]:
    return {story.house.products[number] for number, good in enumerate(story.plan.goods) if good.lots}


def _lots(story: Story, lines: Sequence[ShipmentLine], leaving: dict[int, Decimal], on: date) -> dict[int, list[LotQuantity]]:
    """The lots that leave, first expiry first; what no good lot covers stays (`leaving` says so afterwards)."""
    if not lines:
        return {}
    found = lots_to_issue(
        company_id=story.company_id, warehouse_id=story.house.location.warehouse_id, on=on,
        asked=[LotAsked(line.order_line_key, line.product_id) for line in lines],
    )
    lots: dict[int, list[LotQuantity]] = {}
    for line, choice in zip(lines, found, strict=True):
        wanted = leaving[line.pk]
        for at in choice.places:
            part = min(wanted, at.quantity)
            if part > 0:
                lots.setdefault(line.pk, []).append(LotQuantity(at.number, part))
                wanted -= part
        leaving[line.pk] -= wanted
    return lots


def _send(story: Story, leaving: Leaving | None, on: date) -> None:
    if leaving is not None:
        dispatch_shipment(leaving.shipment, actor=story.person("logistics"), quantities=leaving.quantities, lots=leaving.lots, dispatched_on=on)
