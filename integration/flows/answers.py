"""What must be true with the act is answered in the same transaction: credit, promise dates, goods issue, cancelling."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet, Sum
from django.db.models.functions import Coalesce
from django.dispatch import receiver
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.margins.signals import cost_asked
from crm.orders.models import Order, OrderLine
from crm.orders.signals import CreditAnswer, OrderedUnderTax, Promise, credit_asked, deposit_asked, order_cancelling, promise_asked
from erp.carrierclaims.services import LostLine, book_loss, draft_carrier_claim
from erp.freight.services import accrue_freight
from erp.giveaways.models import DispatchReason, Giveaway
from erp.giveaways.services import GivenLine, issue_giveaway, take_back_giveaway
from erp.inventory.models import Warehouse
from erp.inventory.selectors import LotAsked, lots_to_issue, promise, unit_costs
from erp.receivables.selectors import credit_of
from erp.receivables.services import OrderedTax, ReturnedLine, ShippedLine, check_credit, draft_deposit, issue_shipment, post_invoice, take_back_shipment
from erp.receivables.signals import delivered_asked
from integration.flows.invoiced import total_billed_of_order
from scm.carriers.models import Carrier
from scm.shipping.models import ShipmentLine, ShipmentLot
from scm.shipping.services import cancel_open_shipments
from scm.shipping.signals import (
    LotAnswer,
    LotOffer,
    LotWish,
    Reason,
    lots_asked,
    reasons_asked,
    shipment_dispatching,
    shipment_losing,
    shipment_returning,
)
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.prepared import prepared
from suite.kernel.documents.transitions import Act
from suite.kernel.money.rules import ZERO
from suite.kernel.users.models import User
from suite.kernel.users.service_user import recorded_id, service_user

SHIPMENT_LINE = "scm.shipmentline:"


@credit_asked.answered_by
def within_credit(*, document: Order, act: Act) -> CreditAnswer:
    """Whether the customer's receivables and orders, this one included, stay within the limit.

    An accepted quote only asks (its order is a draft); a release keeps the commitment though over the limit, because a person decided.
    """
    if act.transition == "accept":
        return credit_of(company_id=document.company_id, party_id=document.customer_id, with_amount=document.gross,
                         currency_id=document.currency_id)
    invoiced = ZERO
    if act.transition != "confirm":
        invoiced = total_billed_of_order(company_id=document.company_id, order_key=document.key)
    return check_credit(
        company_id=document.company_id, party_id=document.customer_id, source_key=document.key, amount=max(document.gross - invoiced, ZERO),
        actor=act.actor, is_decided=act.transition == "release", currency_id=document.currency_id,
    )


@deposit_asked.answered_by
def ask_for_deposit(
    *, order: Order, ordered: list[OrderedUnderTax], percent: Decimal | None, amount: Decimal | None, issued_on: date | None, act: Act,
) -> str:
    """The key of the deposit invoice, issued (L2O-5) on behalf of whoever asked."""
    actor = _on_behalf(act)
    draft = draft_deposit(
        company_id=order.company_id, order_key=order.key, order_number=order.number, customer_id=order.customer_id, currency_id=order.currency_id,
        ordered=[OrderedTax(part.tax_id, part.rate, part.gross) for part in ordered], percent=percent, amount=amount, actor=actor,
        billing_address=order.billing_address, customer_reference=order.customer_reference,
    )
    return post_invoice(draft, actor=actor, issued_on=issued_on).key


@cost_asked.answered_by
def cost_of(*, company_id: int, product_ids: list[int]) -> dict[int, Decimal]:
    """What a unit costs today by stock valuation, in company currency; products nobody ever valued are missing."""
    return unit_costs(company_id, product_ids)


@promise_asked.answered_by
def promised(*, order: Order, lines: list[OrderLine]) -> dict[int, Promise]:
    """Per goods line the day it can leave, and why."""
    needs = [(line.pk, line.product_id, line.open_quantity) for line in lines if line.open_quantity > ZERO]
    return {
        line_id: Promise(on, reason)
        for line_id, (on, reason) in promise(company_id=order.company_id, site_id=order.site_id, needs=needs, on=order.order_date).items()
    }


@receiver(order_cancelling)
def cancel_shipments(sender: type, document: Order, act: Act, **kwargs: Any) -> None:
    """A dispatched shipment refuses the cancelling; planned ones are cancelled with the order."""
    cancel_open_shipments(company_id=document.company_id, order_key=document.key, actor=_on_behalf(act))


@lots_asked.answered_by
def lots_for_picking(*, company_id: int, site_id: int, on: date, wishes: Sequence[LotWish]) -> list[LotAnswer]:
    """Which lots may leave the site's warehouse, with the keys by which stock knows lot and place again."""
    asked = [LotAsked(wish.order_line_key, wish.product_id, wish.number) for wish in wishes]
    found = lots_to_issue(company_id=company_id, warehouse_id=warehouse_of(site_id), asked=asked, on=on)
    return [
        LotAnswer(
            tuple(
                LotOffer(f"erp.lot:{at.lot_id}", at.number, at.expires_on, f"erp.location:{at.location_id}", at.place, at.quantity, at.kept)
                for at in answer.places
            ),
            answer.problem, answer.hint,
        )
        for answer in found
    ]


@receiver(shipment_dispatching)
def issue_goods(
    sender: type, document: Any, act: Act, lines: list[ShipmentLine], lots: dict[int, list[ShipmentLot]], **kwargs: Any,
) -> None:
    """Stock and ledger move with the dispatch, or the dispatch is refused (O2C-1, O2C-7, O2C-8; a gift or sample: O2C-29)."""
    warehouse_id = warehouse_of(document.site_id)
    if document.reason_key:
        issue_giveaway(
            company_id=document.company_id, shipment_key=document.key, shipment_number=document.number, customer_id=document.customer_id,
            reason_id=_id_in(document.reason_key), given_on=document.dispatched_on, happened_at=document.dispatched_at, actor=act.actor,
            lines=[given for line in lines if line.shipped > ZERO for given in map(_given, _by_lot(line, lots.get(line.pk, ()), warehouse_id))],
        )
        return
    issue_shipment(
        company_id=document.company_id, shipment_key=document.key, shipment_number=document.number, order_key=document.order_key,
        customer_id=document.customer_id, shipped_on=document.dispatched_on, happened_at=document.dispatched_at, actor=act.actor,
        lines=[
            shipped for line in lines if line.shipped > ZERO for shipped in _by_lot(line, lots.get(line.pk, ()), warehouse_id)
        ],
    )


def _given(line: ShippedLine) -> GivenLine:
    return GivenLine(line.line_key, line.product_id, line.warehouse_id, line.quantity, location_id=line.location_id, lot_id=line.lot_id)


@receiver(shipment_dispatching)
def expect_freight(sender: type, document: Any, act: Act, **kwargs: Any) -> None:
    """The carrier's rate is cost on the day the goods leave, where the company accrues freight (O2C-17). Goods that come back were carried
    nevertheless: the carrier bills them, so a return takes nothing back."""
    if not document.freight_cost or document.carrier_id is None:
        return
    carrier_id = _accruing_carriers.first(document.carrier_id)
    if carrier_id is not None:
        accrue_freight(
            company_id=document.company_id, shipment_key=document.key, shipment_number=document.number, order_key=document.order_key,
            carrier_id=carrier_id, amount=document.freight_cost, accrued_on=document.dispatched_on, actor=act.actor,
        )


@prepared
def _accruing_carriers(carrier_id: int) -> QuerySet[Carrier]:
    return Carrier.objects.filter(pk=carrier_id, company__accrues_freight=True).order_by("pk").values_list("party_id", flat=True)[:1]


def _by_lot(line: ShipmentLine, lots: Sequence[ShipmentLot], warehouse_id: int) -> Iterator[ShippedLine]:
    """What stock takes out for the line: of each lot its part, or all of it from where stock chooses."""
    facts = {"line_key": line.key, "order_line_key": line.order_line_key, "product_id": line.product_id, "warehouse_id": warehouse_id}
    if not lots:
        yield ShippedLine(quantity=line.shipped, **facts)
    for lot in lots:
        yield ShippedLine(quantity=lot.shipped, lot_id=_id_in(lot.lot_key), location_id=_id_in(lot.location_key), **facts)


def _id_in(key: str) -> int | None:
    return int(key.partition(":")[2]) if key else None


@receiver(shipment_returning)
def take_goods_back(sender: type, document: Any, act: Act, **kwargs: Any) -> None:
    """A shipment that comes back to the sender is stock again at its original cost (RMA-1; a gift or sample: the mirror of O2C-29)."""
    warehouse_id = warehouse_of(document.site_id)
    if document.reason_key:
        take_back_giveaway(
            company_id=document.company_id, shipment_key=document.key, returned_on=document.returned_on, actor=act.actor,
            lines=[GivenLine(line.key, line.product_id, warehouse_id, line.shipped) for line in document.lines.all() if line.shipped > ZERO],
        )
        return
    take_back_shipment(
        company_id=document.company_id, shipment_key=document.key, returned_on=document.returned_on, actor=act.actor,
        lines=[
            ReturnedLine(
                line_key=f"{line.key}/return", original_line_key=line.key, order_line_key=line.order_line_key, product_id=line.product_id,
                warehouse_id=warehouse_id, quantity=line.shipped,
            )
            for line in document.lines.all() if line.shipped > ZERO
        ],
    )


@reasons_asked.answered_by
def reasons(*, company_id: int) -> list[Reason]:
    """Why goods may leave without an order: the reasons that have an expense account."""
    return [Reason(reason.key, reason.name) for reason in DispatchReason.objects.filter(company_id=company_id, is_active=True).order_by("name")]


@receiver(shipment_losing)
def book_lost_goods(sender: type, document: Any, act: Act, lines: list[ShipmentLine], **kwargs: Any) -> None:
    """Goods that never arrive: what was invoiced is credited, their cost is a loss (O2C-25, O2C-30), and a claim on the carrier is drafted.

    A gift or sample is an expense already; it is only claimed.
    """
    gone = [line for line in lines if line.shipped > ZERO]
    if document.reason_key:
        loss = Giveaway.objects.filter(company_id=document.company_id, shipment_key=document.key).aggregate(cost=Coalesce(Sum("cost"), ZERO))["cost"]
    else:
        loss = book_loss(
            company_id=document.company_id, shipment_key=document.key, shipment_number=document.number, order_key=document.order_key,
            lost_on=document.lost_on, actor=act.actor, lines=[LostLine(line.key, line.order_line_key, line.product_id, line.shipped) for line in gone],
        )
    if document.carrier_id:
        draft_carrier_claim(
            company_id=document.company_id, carrier_id=document.carrier.party_id, shipment_key=document.key, shipment_number=document.number,
            tracking_number=document.tracking_number, loss=loss, claimed_on=document.lost_on, actor=act.actor,
        )


@delivered_asked.answered_by
def delivered(*, company_id: int, line_keys: Sequence[str]) -> dict[str, date]:
    """The day each of the shipment lines arrived, as carriers and drivers reported it."""
    ids = [int(key.removeprefix(SHIPMENT_LINE)) for key in line_keys if key.startswith(SHIPMENT_LINE)]
    rows = ShipmentLine.objects.filter(company_id=company_id, pk__in=ids, shipment__delivered_at__isnull=False)
    return {f"{SHIPMENT_LINE}{pk}": timezone.localdate(at) for pk, at in rows.values_list("pk", "shipment__delivered_at")}


def _on_behalf(act: Act) -> User:
    """Who does what follows in another suite: the person may cancel the order and need not have the right to cancel shipments."""
    return service_user(on_behalf_of=recorded_id(act.actor), company_id=act.document.company_id)


def warehouse_of(site_id: int) -> int:
    """The warehouse that a site ships from. Raises Refusal where it has none."""
    found = _active_warehouses.first(site_id)
    if found is None:
        raise Refusal(
            _("This site has no active warehouse; nothing was shipped."), hint=_("Set up a warehouse for the site, or choose another site."),
        )
    return found


@prepared
def _active_warehouses(site_id: int) -> QuerySet[Warehouse]:
    return Warehouse.objects.filter(site_id=site_id, is_active=True).order_by("pk").values_list("pk", flat=True)[:1]
