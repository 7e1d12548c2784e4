"""Order to cash, and its undoing (flows.md §10).

A confirmed order gets, each by its own consumer: reservations, a shipment plan, a draft invoice. Every consumer takes all events of
the order that touch its effect and brings the effect to what the order says now; so an amendment is a difference, and a cancelled
order leaves nothing. Dispatch posts the goods issue in its own transaction (see answers.py); the invoice follows from the dispatch,
or was posted with the order where the customer pays first.
"""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.orders.models import Order, OrderLine
from crm.orders.services import record_progress
from erp.inventory.services import Demand, reserve
from erp.receivables.models import CustomerInvoice, CustomerInvoiceLine
from erp.receivables.services import (
    DeliveredLine,
    InvoiceLineInput,
    credit_order,
    invoice_shipment,
    recognise_delivery,
    set_commitment,
    set_order_draft,
)
from integration.flows.invoiced import billed_of_order
from integration.flows.shipped import shipped_of_order
from integration.flows.stock_to_order import tell_waiting
from integration.outbox.consumers import consumer
from integration.outbox.models import Event
from scm.shipping.models import Shipment, ShipmentLine
from scm.shipping.services import PlannedLine, catch_up_tracking, plan_shipment
from scm.warehousing.services import follow_shipment, set_pick_readiness
from suite.kernel.companies.models import Company
from suite.kernel.documents.locking import lock_one, read_lock
from suite.kernel.documents.reading import read_lines, read_one

CONFIRMED, AMENDED = "crm.order.confirmed", "crm.order.amended"
REOPENED = "crm.order.reopened"
ORDER_EVENTS = (CONFIRMED, "crm.order.released", "crm.order.held", AMENDED, "crm.order.closed_short", "crm.order.cancelled", REOPENED)
LIVE = {Order.Status.CONFIRMED, Order.Status.COMPLETED}
ZERO = Decimal(0)


def _present(event: Event) -> tuple[Order, list[OrderLine]]:
    """The order as it is now, held so that nobody changes it meanwhile, with its lines."""
    order = read_lock(Order, event.aggregate_id)
    return order, _lines(order)


def _lines(order: Order) -> list[OrderLine]:
    return read_lines(OrderLine, order=order.pk)


def _wanted(order: Order, line: OrderLine) -> Decimal:
    """What the customer is to get in all: ordered, not given up; nothing unless the order is live."""
    if order.status not in LIVE or line.kind != OrderLine.Kind.GOODS:
        return ZERO
    return line.quantity - line.cancelled_quantity


@consumer("erp.reserve", *ORDER_EVENTS, label=_("Reserve stock"))
def keep_stock(event: Event, actor: Any) -> None:
    """Reservations of the order are exactly its open quantities."""
    order, lines = _present(event)
    left = shipped_of_order(company_id=order.company_id, order_key=order.key)
    demands = [
        Demand(line.key, line.product_id, order.site_id, quantity, order.requested_on or line.promised_on)
        for line in lines if (quantity := _wanted(order, line) - left.get(line.key, ZERO)) > 0
    ]
    result = reserve(company_id=order.company_id, document_key=order.key, demands=demands, actor=actor)
    set_pick_readiness(order_key=order.key, ready=result.firm, actor=actor)
    if event.type != CONFIRMED:
        tell_waiting(company_id=order.company_id, product_ids={line.product_id for line in lines if line.product_id}, actor=actor)


@consumer("scm.plan", *ORDER_EVENTS, label=_("Plan shipment"))
def plan(event: Event, actor: Any) -> None:
    """The order's open shipments carry exactly what is wanted and has not left."""
    order, lines = _present(event)
    planned = [
        PlannedLine(line.key, line.product_id, line.description, quantity) for line in lines if (quantity := _wanted(order, line)) > 0
    ]
    plan_shipment(
        company_id=order.company_id, order_key=order.key, order_number=order.number, customer_id=order.customer_id, site_id=order.site_id,
        ship_to=order.shipping_address, lines=planned, carrier_id=_carrier(order), requested_on=order.requested_on,
        promised_on=order.promised_on, are_totals=True, actor=actor,
    )


def _carrier(order: Order) -> int | None:
    return int(order.carrier_key.partition(":")[2]) if order.carrier_key else None


@consumer("erp.draft_invoice", *ORDER_EVENTS, label=_("Draft invoice"))
def draft_invoice(event: Event, actor: Any) -> None:
    """The order's draft invoice carries what is ordered and not invoiced; what was invoiced too much is credited (O2C-24)."""
    order = lock_one(Order, event.aggregate_id)
    lines = _lines(order)
    if order.status == Order.Status.ON_HOLD:
        return
    billed = billed_of_order(company_id=order.company_id, order_key=order.key)
    surplus = {line.key: excess for line in lines if (excess := billed.get(line.key, ZERO) - _billable(order, line)) > 0}
    if surplus:
        credit_order(
            company_id=order.company_id, order_key=order.key, quantities=surplus, source_key=f"{order.key}/credit/{event.id}",
            issued_on=_decided_on(event), actor=actor,
        )
    wanted = [
        InvoiceLineInput(
            order_line_key=line.key, product_id=line.product_id, description=line.description, kind=line.kind, quantity=quantity,
            unit_price=line.unit_price, discount=line.discount, tax_id=line.tax_id, tax_rate=line.tax_rate,
            tax_reason=line.tax_reason,
        )
        for line in lines if (quantity := _billable(order, line) - billed.get(line.key, ZERO)) > 0
    ]
    draft = set_order_draft(
        company_id=order.company_id, order_key=order.key, order_number=order.number, customer_id=order.customer_id, lines=wanted,
        currency_id=order.currency_id, payment_term_id=order.payment_term_id, prices_include_tax=order.prices_include_tax,
        tax_rounding=order.tax_rounding, billing_address=order.billing_address, customer_reference=order.customer_reference,
        source_key=order.key, actor=actor, issue_on=_issue_on(event, order),
    )
    if event.type != CONFIRMED:
        # Confirming told credit the whole total. From now on the order adds what its draft says; what is posted counts by itself.
        adds = draft.gross if draft is not None and order.invoice_policy != Company.InvoicePolicy.AT_ORDER else ZERO
        set_commitment(company_id=order.company_id, party_id=order.customer_id, source_key=order.key, amount=adds, actor=actor,
                       currency_id=order.currency_id)


def _issue_on(event: Event, order: Order) -> date | None:
    """The day an invoice in advance bears: the order's, for what an amendment adds that of the amendment."""
    if order.invoice_policy != Company.InvoicePolicy.AT_ORDER:
        return None
    return max(order.order_date, _decided_on(event)) if event.type in (AMENDED, REOPENED) else order.order_date


def _decided_on(event: Event) -> date:
    """The business day of a change of mind: the one it was given, else when it was recorded, however late its effects come."""
    given = event.payload.get("on")
    return date.fromisoformat(given) if given else timezone.localdate(event.created)


def _billable(order: Order, line: OrderLine) -> Decimal:
    if order.status == Order.Status.CANCELLED:
        return ZERO
    return line.quantity - line.cancelled_quantity


@consumer("erp.invoice", "scm.shipment.dispatched", label=_("Invoice shipment"))
def invoice(event: Event, actor: Any) -> None:
    """The draft's shipped quantities are invoiced; nothing where the order was invoiced in advance or a clerk invoices, or there is none."""
    shipment = read_one(Shipment, event.aggregate_id)
    if not shipment.order_key:
        return
    # Not shared, as in draft_invoice: the two must not decide at the same time what is still to be invoiced.
    order = lock_one(Order, _id(shipment.order_key))
    if order.invoice_policy != Company.InvoicePolicy.AT_DISPATCH:
        return
    invoice_shipment(
        company_id=shipment.company_id, order_key=shipment.order_key, shipment_key=shipment.key,
        lines=[(line.order_line_key, line.key, line.shipped) for line in read_lines(ShipmentLine, shipment=shipment.pk) if line.shipped > 0],
        issued_on=shipment.dispatched_on, actor=actor,
    )


@consumer("crm.shipped", "scm.shipment.dispatched", label=_("Order: shipped"))
def note_shipped(event: Event, actor: Any) -> None:
    """The order's lines count what left; an order that got all it asked for completes."""
    shipment = read_one(Shipment, event.aggregate_id)
    if not shipment.order_key:
        return
    shipped = {_id(line.order_line_key): line.shipped for line in read_lines(ShipmentLine, shipment=shipment.pk) if line.shipped > 0}
    record_progress(order_id=_id(shipment.order_key), shipped=shipped, actor=actor)


@consumer("scm.follow", "scm.shipment.dispatched", "scm.shipment.cancelled", label=_("Close pick lists, catch up with the carrier"))
def follow(event: Event, actor: Any) -> None:
    """Pick lists of a shipment that left or was given up are closed; reports of the carrier that came early are taken up."""
    follow_shipment(shipment_id=event.aggregate_id, actor=actor)
    if event.type == "scm.shipment.dispatched":
        catch_up_tracking(shipment_id=event.aggregate_id, actor=actor)


@consumer("crm.delivered", "scm.shipment.delivered", label=_("Order: delivered"))
def note_delivered(event: Event, actor: Any) -> None:
    shipment = read_one(Shipment, event.aggregate_id)
    if not shipment.order_key:
        return
    delivered = {_id(line.order_line_key): line.shipped for line in read_lines(ShipmentLine, shipment=shipment.pk) if line.shipped > 0}
    record_progress(order_id=_id(shipment.order_key), delivered=delivered, actor=actor)


@consumer("erp.deliver", "scm.shipment.delivered", label=_("Earn what was delivered"))
def earn_delivered(event: Event, actor: Any) -> None:
    """Where revenue counts at delivery, what was invoiced of the shipment is earned on the day it arrived (O2C-8)."""
    shipment = read_one(Shipment, event.aggregate_id)
    if not shipment.order_key:
        return
    recognise_delivery(
        company_id=shipment.company_id, shipment_key=shipment.key, shipment_number=shipment.number, order_key=shipment.order_key,
        delivered_on=timezone.localdate(shipment.delivered_at), actor=actor, lines=[
            DeliveredLine(line.key, line.order_line_key, line.product_id)
            for line in read_lines(ShipmentLine, shipment=shipment.pk) if line.shipped > 0
        ],
    )


@consumer("crm.invoiced", "erp.invoice.posted", label=_("Order: invoiced"))
def note_invoiced(event: Event, actor: Any) -> None:
    """The order's lines count what was invoiced or credited, and its commitment against the credit limit shrinks."""
    document = read_one(CustomerInvoice, event.aggregate_id)
    if not document.order_key:
        return
    quantities: dict[int, Decimal] = {}
    for line in read_lines(CustomerInvoiceLine, invoice=document.pk):
        if line.order_line_key:
            quantities[_id(line.order_line_key)] = quantities.get(_id(line.order_line_key), ZERO) + line.quantity
    if document.kind != CustomerInvoice.Kind.CREDIT_NOTE:
        record_progress(order_id=_id(document.order_key), invoiced=quantities, actor=actor)
        return
    if document.reason == CustomerInvoice.Reason.GOODWILL:
        # A sales discount: no goods come back for it and no invoice is owed, so nothing that the order counts has changed.
        return
    is_settled = document.reason == CustomerInvoice.Reason.RETURN
    record_progress(order_id=_id(document.order_key), credited=quantities, settled=quantities if is_settled else None, actor=actor)


def _id(key: str) -> int:
    """The id in a key: "crm.orderline:77" is 77; a shipment's order key may carry its wave after a slash."""
    return int(key.partition(":")[2].partition("/")[0])
