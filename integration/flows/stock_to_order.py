"""Stock that arrives goes to the orders that wait for it, earliest wish first."""

from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from erp.inventory.models import Reservation
from erp.inventory.services import allocate_waiting
from integration.outbox.consumers import consumer
from integration.outbox.models import Event
from scm.warehousing.services import set_pick_readiness


@consumer("erp.allocate", "erp.stock.arrived", label=_("Give arrived stock to waiting orders"))
def allocate(event: Event, actor: Any) -> None:
    """Planned reservations of the products become firm as far as the stock goes; their pick lists hear of it."""
    served = allocate_waiting(company_id=event.company_id, product_ids=event.payload["products"], actor=actor)
    for order_key in sorted(served):
        firm = Reservation.objects.filter(company_id=event.company_id, document_key=order_key, status=Reservation.Status.FIRM)
        ready = dict(firm.values_list("line_key").annotate(Sum("quantity")).order_by())
        set_pick_readiness(order_key=order_key, ready=ready, actor=actor)
