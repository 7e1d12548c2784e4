"""What customers pay, or take back, shows on their orders and decides on orders that credit holds."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from crm.orders.models import Order
from crm.orders.services import hold_order, record_progress, release_order
from erp.receivables.models import CustomerPayment
from erp.receivables.selectors import credit_of, payment_status_of_order
from integration.outbox.consumers import consumer
from integration.outbox.models import Event
from suite.kernel.documents.prepared import prepared
from suite.kernel.documents.reading import read_one


def _orders_of(payment: CustomerPayment, *, with_settled: bool) -> list[Order]:
    """Orders whose payment status may change: those not settled yet, and after a bounce those that were."""
    return (_ordered if with_settled else _unsettled)(payment.company_id, payment.customer_id)


def _ordered_by(company_id: int, customer_id: int) -> QuerySet[Order]:
    orders = Order.objects.filter(company_id=company_id, customer_id=customer_id)
    return orders.exclude(status__in=(Order.Status.DRAFT, Order.Status.CANCELLED)).order_by("pk")


@prepared
def _ordered(company_id: int, customer_id: int) -> QuerySet[Order]:
    return _ordered_by(company_id, customer_id)


@prepared
def _unsettled(company_id: int, customer_id: int) -> QuerySet[Order]:
    return _ordered_by(company_id, customer_id).exclude(payment_status="paid", status=Order.Status.COMPLETED)


@prepared
def _held_on_credit(customer_id: int) -> QuerySet[Order]:
    return Order.objects.filter(customer_id=customer_id, status=Order.Status.ON_HOLD, hold_reason="credit").order_by("pk")


@consumer("crm.payment", "erp.payment.posted", "erp.payment.reversed", label=_("Order: payment"))
def note_payment(event: Event, actor: Any) -> None:
    """Each open order of the customer shows how far its invoices are paid."""
    payment = read_one(CustomerPayment, event.aggregate_id)
    orders = _orders_of(payment, with_settled=event.type == "erp.payment.reversed")
    statuses = payment_status_of_order(company_id=payment.company_id, order_keys=[order.key for order in orders])
    for order in orders:
        if statuses.get(order.key, "") != order.payment_status:
            record_progress(order_id=order.pk, payment_status=statuses.get(order.key, ""), actor=actor)


@consumer("crm.credit", "erp.payment.posted", "erp.payment.reversed", label=_("Credit check of held orders"))
def recheck_credit(event: Event, actor: Any) -> None:
    """Money that came in releases orders held on credit, oldest first, as far as it goes; a bounce holds what is not yet shipped."""
    payment = read_one(CustomerPayment, event.aggregate_id)
    if event.type == "erp.payment.reversed":
        for order in Order.objects.filter(customer_id=payment.customer_id, status=Order.Status.CONFIRMED).order_by("pk"):
            if not credit_of(company_id=payment.company_id, party_id=payment.customer_id).is_within and not _has_shipped(order):
                hold_order(order, actor=actor, reason="credit")
        return
    for order in _held_on_credit(payment.customer_id):
        if credit_of(company_id=payment.company_id, party_id=payment.customer_id, with_amount=order.gross, currency_id=order.currency_id).is_within:
            release_order(order, actor=actor)


def _has_shipped(order: Order) -> bool:
    return order.lines.filter(shipped__gt=0).exists()
