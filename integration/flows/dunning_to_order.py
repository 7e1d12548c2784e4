"""A dunning level that stops delivery holds what the customer has ordered and not been sent; payment releases it (payment_to_order)."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.orders.models import Order
from crm.orders.services import hold_order
from erp.dunning.models import DunningRun
from erp.dunning.selectors import customers_stopped_by
from erp.receivables.selectors import credit_of
from integration.outbox.consumers import consumer
from integration.outbox.models import Event


@consumer("crm.hold_dunned", "erp.dunning.posted", label=_("Hold orders of customers who do not pay"))
def hold_dunned(event: Event, actor: Any) -> None:
    """Confirmed orders of which nothing has left are put on hold; whoever paid meanwhile keeps them."""
    run = DunningRun.objects.get(pk=event.aggregate_id)
    for customer_id in customers_stopped_by(run.pk):
        orders = Order.objects.filter(company_id=run.company_id, customer_id=customer_id, status=Order.Status.CONFIRMED).order_by("pk")
        for order in orders:
            if not order.lines.filter(shipped__gt=0).exists() and not credit_of(company_id=run.company_id, party_id=customer_id).is_within:
                hold_order(order, actor=actor, reason="credit")
