"""Stock that arrives, or that an order gave back, goes to the orders that wait for it, earliest wish first."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from erp.inventory.models import Reservation
from erp.inventory.services import allocate_waiting
from integration.outbox.consumers import consumer
from integration.outbox.emit import emit_fact
from integration.outbox.models import Event
from scm.warehousing.services import set_pick_readiness
from suite.kernel.documents.event_ids import draw_event_id

ARRIVED, FREED = "erp.stock.arrived", "erp.stock.freed"


def tell_waiting(*, company_id: int, product_ids: Iterable[int], actor: Any, event_type: str = FREED) -> None:
    """Records that stock of the products may be free now, where an order waits for one of them."""
    wanted = sorted(set(product_ids))
    if event_type == FREED:
        waiting = Reservation.objects.filter(company_id=company_id, product_id__in=wanted, status=Reservation.Status.PLANNED)
        wanted = sorted(waiting.values_list("product_id", flat=True).distinct())
    if wanted:
        emit_fact(
            event_type, company_id=company_id, aggregate="erp.arrival", aggregate_id=draw_event_id(), seq=1, actor=actor,
            payload={"products": wanted},
        )


@consumer("erp.allocate", ARRIVED, FREED, label=_("Give arrived stock to waiting orders"))
def allocate(event: Event, actor: Any) -> None:
    """Planned reservations of the products become firm as far as the stock goes; their pick lists hear of it."""
    served = allocate_waiting(company_id=event.company_id, product_ids=event.payload["products"], actor=actor)
    for order_key in sorted(served):
        firm = Reservation.objects.filter(company_id=event.company_id, document_key=order_key, status=Reservation.Status.FIRM)
        ready = dict(firm.values_list("line_key").annotate(Sum("quantity")).order_by())
        set_pick_readiness(order_key=order_key, ready=ready, actor=actor)
