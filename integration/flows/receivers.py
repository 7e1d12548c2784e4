"""Where facts become events: one line each. CRM, ERP and SCM announce; what becomes of it is written in the flows."""

from typing import Any

from django.dispatch import Signal, receiver

from crm.orders.signals import order_amended, order_cancelled, order_closed_short, order_confirmed, order_held, order_released
from erp.dunning.signals import dunning_posted
from erp.inventory.signals import stock_arrived
from erp.receivables.signals import invoice_credited, invoice_posted, payment_posted, payment_reversed
from integration.flows import (  # noqa: F401 - register themselves
    answers,
    dunning_to_order,
    lost_to_order,
    order_to_cash,
    orders_ahead,
    payment_to_order,
    return_to_credit,
    stock_to_order,
)
from integration.flows.stock_to_order import ARRIVED, tell_waiting
from integration.outbox import closing, periodic, previewing  # noqa: F401 - register themselves
from integration.outbox.emit import emit
from scm.shipping.signals import shipment_cancelled, shipment_delivered, shipment_dispatched, shipment_lost, shipment_returned
from suite.kernel.documents.models import Document
from suite.kernel.documents.signals import act_done
from suite.kernel.documents.transitions import Act

FACTS: dict[Signal, str] = {
    order_confirmed: "crm.order.confirmed",
    order_released: "crm.order.released",
    order_held: "crm.order.held",
    order_amended: "crm.order.amended",
    order_closed_short: "crm.order.closed_short",
    order_cancelled: "crm.order.cancelled",
    shipment_dispatched: "scm.shipment.dispatched",
    shipment_delivered: "scm.shipment.delivered",
    shipment_returned: "scm.shipment.returned",
    shipment_lost: "scm.shipment.lost",
    shipment_cancelled: "scm.shipment.cancelled",
    invoice_posted: "erp.invoice.posted",
    invoice_credited: "erp.invoice.credited",
    payment_posted: "erp.payment.posted",
    payment_reversed: "erp.payment.reversed",
    dunning_posted: "erp.dunning.posted",
}


def _record(event_type: str) -> Any:
    def record(sender: type, document: Document, act: Act, **kwargs: Any) -> None:
        emit(event_type, document, act)

    return record


_kept = {signal: _record(event_type) for signal, event_type in FACTS.items()}
for _signal, _receiver in _kept.items():
    _signal.connect(_receiver)


@receiver(act_done)
def record_the_rest(sender: type, document: Document, act: Act, **kwargs: Any) -> None:
    """An act that nobody announced but whose rows carry its event: record it, or they would be orphans in the trace."""
    if act.is_drawn and not act.is_emitted:
        emit(f"{document._meta.label_lower}.{act.transition}", document, act)


@receiver(stock_arrived)
def record_arrival(sender: Any, company_id: int, product_ids: list[int], actor: Any, **kwargs: Any) -> None:
    """Stock that came in may serve orders that wait."""
    tell_waiting(company_id=company_id, product_ids=product_ids, actor=actor, event_type=ARRIVED)
