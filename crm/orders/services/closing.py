"""Ending an order early: closed short (the rest is given up) or cancelled (nothing left the house)."""

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.margins.services import withdraw_approval
from crm.orders.models import Order, OrderLine
from crm.orders.rules import decided
from crm.orders.selectors import counted, lines_of
from crm.orders.services.confirming import refuse_unapproved
from crm.orders.services.deriving import derive_statuses
from crm.orders.signals import order_cancelled, order_cancelling, order_closed_short, order_closing_short
from crm.pricing.services import total_up
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.transitions import transition

Status = Order.Status


@transition(
    Order, "close_short", source={Status.CONFIRMED, Status.ON_HOLD}, target=Status.CLOSED_SHORT, label=gettext_lazy("Close short"),
    before=order_closing_short, after=order_closed_short, icon="scissors", is_dangerous=True, order=70,
    offered=lambda order: order.margin_state != Order.MarginState.ASKED,
)
def close_order_short(order: Order, *, actor, act, reason: str, on: date | None = None) -> None:
    """The order, closed: what was not shipped is given up, totals are of what was. Raises Refusal when nothing is left to give up,
    or while a margin waits for approval: goods that left would be invoiced at a price nobody approved.

    Services and charges stay as far as they were invoiced. `on` is the day it was decided (default: today); what is credited bears it.
    """
    if not reason.strip():
        raise Refusal(_("Say why the rest is given up."), field="reason")
    refuse_unapproved(order, _("it was not closed short."))
    lines = lines_of(order)
    for line, counters in zip(lines, counted(lines), strict=True):
        done = counters.kept if counters.is_goods else counters.billed
        line.cancelled_quantity = min(max(line.quantity - done, Decimal(0)), line.quantity)
    if not any(line.cancelled_quantity for line in lines):
        raise Refusal(
            _("Everything on %(order)s has been shipped: there is nothing to give up.") % {"order": order},
            hint=_("The order completes by itself once it is invoiced."),
        )
    total_up(order, lines, digits=order.currency.digits)
    OrderLine.objects.bulk_update(lines, ["cancelled_quantity", "net"])
    derive_statuses(order, lines)
    order.hold_reason, order.hold_message = Order.HoldReason.NONE, ""
    act.payload |= decided(on)
    act.payload["given_up"] = {line.pk: str(line.cancelled_quantity) for line in lines if line.cancelled_quantity}


@transition(
    Order, "cancel", source={Status.DRAFT, Status.CONFIRMED, Status.ON_HOLD}, target=Status.CANCELLED, label=gettext_lazy("Cancel"),
    before=order_cancelling, after=order_cancelled, icon="x", is_dangerous=True, order=80,
)
def cancel_order(order: Order, *, actor, act, reason: str = "", on: date | None = None) -> None:
    """The order, cancelled `on` that day (default: today); it keeps its number, lines and totals. Raises Refusal once anything was shipped."""
    lines = lines_of(order)
    if any(line.shipped > 0 for line in lines):
        raise Refusal(
            _("Goods of %(order)s have been shipped; it was not cancelled.") % {"order": order}, code="already_shipped",
            hint=_("Close the order short to give up the rest, and take returned goods back by a return."),
        )
    derive_statuses(order, lines)
    withdraw_approval(order)
    order.hold_reason, order.hold_message = Order.HoldReason.NONE, ""
    act.payload |= decided(on)
