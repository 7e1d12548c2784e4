"""Goods that a carrier lost (O2C-30 was booked with the report): the order's lines are open again, to be sent once more or given up."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.orders.models import Order, OrderLine
from crm.orders.services import LineChange, amend_order, close_order_short, record_progress
from integration.flows.order_to_cash import REOPENED, _id
from integration.outbox.consumers import consumer
from integration.outbox.emit import emit_fact
from integration.outbox.models import Event
from scm.shipping.models import Shipment
from suite.kernel.documents.reading import read_lines


@consumer("crm.lost", "scm.shipment.lost", label=gettext_lazy("Order: goods lost"))
def reopen_order(event: Event, actor: Any) -> None:
    """The order counts the goods as never kept; then everything follows what it still wants, or its lines shrink by what is given up."""
    shipment = Shipment.objects.get(pk=event.aggregate_id)
    if not shipment.order_key:
        return
    lost = {_id(line.order_line_key): line.shipped for line in shipment.lines.all() if line.shipped > 0}
    order = record_progress(order_id=_id(shipment.order_key), returned=lost, actor=actor, is_reopening=True)
    if event.payload.get("is_sent_again", True) or order.status not in (Order.Status.CONFIRMED, Order.Status.ON_HOLD):
        emit_fact(
            REOPENED, company_id=order.company_id, aggregate=Order._meta.label_lower, aggregate_id=order.pk, seq=order.version, actor=actor,
            payload={"on": event.payload.get("on"), "shipment": shipment.key},
        )
        return
    _give_up(order, lost, _("%(shipment)s was lost by the carrier") % {"shipment": shipment}, date.fromisoformat(event.payload["on"]), actor)


def _give_up(order: Order, lost: dict[int, Decimal], reason: str, on: date, actor: Any) -> None:
    """What was lost is no longer wanted: the order is closed short where nothing else is open, else amended."""
    lines = read_lines(OrderLine, order=order.pk)
    if not any(line.open_quantity > lost.get(line.pk, Decimal(0)) for line in lines):
        close_order_short(order, actor=actor, reason=reason, on=on)
        return
    changes = [LineChange(line.pk, line.product_id, line.quantity - lost[line.pk]) for line in lines if line.pk in lost]
    amend_order(order, actor=actor, changes=changes, reason=reason, on=on)
