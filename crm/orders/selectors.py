"""Reads of orders worth a name."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from crm.margins.selectors import with_floors_known
from crm.orders.models import Order, OrderLine, OrderRevision
from crm.orders.rules import Counted
from crm.pricing.rules import percent
from suite.kernel.documents.prepared import prepared


def lines_of(order: Order) -> list[OrderLine]:
    """The lines in printed order, with product and tax, and whether the company has margin floors. One statement."""
    return _lines_with_product(order.pk, order.company_id)


@prepared
def _lines_with_product(order_id: int, company_id: int) -> QuerySet[OrderLine]:
    lines = OrderLine.objects.filter(order=order_id).select_related("product", "tax").order_by("position", "pk")
    return with_floors_known(lines, company_id)


def counted(lines: Sequence[OrderLine]) -> list[Counted]:
    """The counters of lines, as the rules read them."""
    return [
        Counted(
            line.kind == OrderLine.Kind.GOODS, line.billed_quantity, line.shipped, line.returned, line.invoiced, line.credited,
            line.settled,
        )
        for line in lines
    ]


def open_orders(customer_id: int) -> QuerySet[Order]:
    """The customer's orders that are still to be delivered or invoiced, newest first."""
    running = (Order.Status.DRAFT, Order.Status.CONFIRMED, Order.Status.ON_HOLD)
    return Order.objects.filter(customer_id=customer_id, status__in=running).order_by("-pk")


@dataclass(frozen=True)
class Change:
    """One thing an amendment changed, as it was and as it is. An empty side: it was not there."""

    what: str
    before: str
    after: str


def amendments(revision: OrderRevision) -> list[Change]:
    """What a revision changed, line by line, then the total."""
    before = {line["id"]: line for line in revision.before["lines"]}
    found = []
    for line in revision.after["lines"]:
        was = before.get(line["id"])
        if was is None:
            found.append(Change(line["product"], "", _words(line)))
        elif _words(was) != _words(line):
            found.append(Change(line["product"], _words(was), _words(line) if line["quantity"] != "0" else ""))
    digits = revision.order.currency.digits
    was, is_now = (number_format(Decimal(state["gross"]), digits) for state in (revision.before, revision.after))
    found.append(Change(_("total"), was, is_now))
    return found


def _words(line: dict) -> str:
    words = f"{line['quantity']} × {line['unit_price']}"
    off = percent(Decimal(line["discount"]))
    return _("%(words)s less %(percent)s") % {"words": words, "percent": off} if off else words
