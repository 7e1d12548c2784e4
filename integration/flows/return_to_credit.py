"""A shipment that came back to the sender is credited as far as it was invoiced (RMA-2, RMA-3); the goods are stock already (RMA-1)."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.orders.services import record_progress
from erp.receivables.services import credit_return
from integration.flows.order_to_cash import _id
from integration.outbox.consumers import consumer
from integration.outbox.models import Event
from scm.shipping.models import Shipment


@consumer("erp.credit_return", "scm.shipment.returned", label=_("Credit returned goods"))
def credit_returned(event: Event, actor: Any) -> None:
    """One credit note per returned shipment; none where nothing was invoiced."""
    shipment = Shipment.objects.get(pk=event.aggregate_id)
    if not shipment.order_key:
        return
    credit_return(
        company_id=shipment.company_id, order_key=shipment.order_key, shipment_key=shipment.key,
        lines=[(line.order_line_key, line.key, line.shipped) for line in shipment.lines.all() if line.shipped > 0],
        issued_on=shipment.returned_on, actor=actor,
    )


@consumer("crm.returned", "scm.shipment.returned", label=_("Order: returned"))
def note_returned(event: Event, actor: Any) -> None:
    shipment = Shipment.objects.get(pk=event.aggregate_id)
    if not shipment.order_key:
        return
    returned = {_id(line.order_line_key): line.shipped for line in shipment.lines.all() if line.shipped > 0}
    record_progress(order_id=_id(shipment.order_key), returned=returned, actor=actor)
