"""How far an order has come, over all suites: for its page, which follows by itself until everything is settled."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.orders.models import Order
from erp.inventory.models import Reservation
from erp.receivables.models import CustomerInvoice, OpenItem
from integration.outbox.consumers import consumer_named
from integration.outbox.models import Delivery
from scm.shipping.models import Shipment
from suite.access.permissions import may


@dataclass(frozen=True)
class Link:
    """A document that came of the order."""

    text: str
    status: str
    tone: str
    url: str
    amount: Decimal | None = None


@dataclass
class Step:
    """One part of the story: done, under way, waiting, or stopped."""

    title: str
    icon: str
    state: str
    note: str = ""
    links: list[Link] = field(default_factory=list)


@dataclass
class Progress:
    """All steps of an order, and whether anything is still under way in the background."""

    steps: list[Step]
    is_settled: bool
    troubles: list[Link]


TONES = {
    "draft": "secondary", "planned": "azure", "booked": "azure", "posted": "green", "dispatched": "green", "delivered": "green", "void": "secondary",
    "cancelled": "secondary", "exception": "red", "returned": "orange", "in_transit": "blue", "out_for_delivery": "blue",
}


def progress_of(order: Order, *, user: Any) -> Progress:
    """The order's reservations, shipments, invoices and payments as the user may see them."""
    deliveries = list(Delivery.objects.filter(aggregate_key=order.key).order_by("pk"))
    running = [d for d in deliveries if d.status == Delivery.Status.PENDING]
    dead = [d for d in deliveries if d.status == Delivery.Status.DEAD]
    steps = []
    if may(user, Reservation, "view"):
        steps.append(_stock(order, bool(running)))
    if may(user, Shipment, "view"):
        steps.append(_shipments(order, user))
    if may(user, CustomerInvoice, "view"):
        steps.append(_invoices(order, user))
        steps.append(_payment(order))
    troubles = [
        Link(str(consumer_named(d.handler).label), d.last_error[:200], "red", reverse("integration:delivery_detail", args=[d.pk])) for d in dead
    ]
    return Progress(steps, not running, troubles)


def _stock(order: Order, is_running: bool) -> Step:
    sums = dict(Reservation.objects.filter(document_key=order.key).values_list("status").annotate(Sum("quantity")))
    firm, planned, consumed = (sums.get(name) or Decimal(0) for name in ("firm", "planned", "consumed"))
    if planned:
        return Step(_("Stock"), "packages", "stopped", _("%(planned)s units wait for stock, %(firm)s reserved") % {
            "planned": f"{planned.normalize():f}", "firm": f"{firm.normalize():f}"})
    if firm:
        return Step(_("Stock"), "packages", "done", _("%(firm)s units reserved") % {"firm": f"{firm.normalize():f}"})
    if consumed:
        return Step(_("Stock"), "packages", "done", _("%(units)s units shipped") % {"units": f"{consumed.normalize():f}"})
    return Step(_("Stock"), "packages", "running" if is_running else "waiting", _("nothing reserved"))


def _shipments(order: Order, user: Any) -> Step:
    rows = list(Shipment.objects.visible_to(user).filter(order_key=order.key).order_by("wave"))
    links = [
        Link(row.number, row.get_status_display(), TONES.get(row.status, "secondary"), reverse("scm:shipment_detail", args=[row.pk])) for row in rows
    ]
    live = [row for row in rows if row.status != Shipment.Status.CANCELLED]
    if not live:
        return Step(_("Shipment"), "truck-delivery", "waiting", _("none yet"), links)
    state = "done" if all(row.dispatched_on for row in live) else "running"
    return Step(_("Shipment"), "truck-delivery", state, "", links)


def _invoices(order: Order, user: Any) -> Step:
    rows = list(CustomerInvoice.objects.visible_to(user).filter(order_key=order.key).exclude(status="void").order_by("pk"))
    links = [
        Link(row.number or _("Draft invoice"), row.get_status_display(), TONES.get(row.status, "secondary"),
             reverse("erp:customerinvoice_detail", args=[row.pk]), row.gross)
        for row in rows
    ]
    if not rows:
        return Step(_("Invoice"), "file-invoice", "waiting", _("none yet"))
    return Step(_("Invoice"), "file-invoice", "done" if all(row.status == "posted" for row in rows) else "running", "", links)


def _payment(order: Order) -> Step:
    posted = list(CustomerInvoice.objects.filter(order_key=order.key, status="posted").values_list("pk", flat=True))
    if not posted:
        return Step(_("Payment"), "cash", "waiting", _("nothing to pay yet"))
    left = OpenItem.objects.filter(document_key__in=[f"erp.customerinvoice:{pk}" for pk in posted]).aggregate(total=Sum("open_amount"))["total"]
    if not left:
        return Step(_("Payment"), "cash", "done", _("paid"))
    return Step(_("Payment"), "cash", "running", _("%(amount)s %(currency)s open") % {"amount": f"{left:,.2f}", "currency": order.currency_id})
