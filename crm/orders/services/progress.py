"""How far an order has come, as other suites report it."""

from collections.abc import Mapping
from decimal import Decimal

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.orders.models import Order, OrderLine
from crm.orders.services.deriving import derive_statuses, is_fulfilled
from crm.pricing.services import total_up
from suite.kernel.audit.models import StatusChange
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.locking import lock_one
from suite.kernel.documents.reading import read_lines
from suite.kernel.documents.saving import write_row
from suite.kernel.documents.statements import kept
from suite.kernel.documents.transitions import transition
from suite.kernel.documents.work import current_trace, in_unit_of_work
from suite.kernel.users.service_user import recorded_id, service_user

COUNTERS = ("shipped", "delivered", "returned", "invoiced", "credited", "settled")
Deltas = Mapping[int, Decimal]


@transition(
    Order, "complete", source={Order.Status.CONFIRMED}, target=Order.Status.COMPLETED, label=gettext_lazy("Complete"), icon="circle-check",
    order=90,
)
def complete_order(order: Order, *, actor, act) -> None:
    """The order, done. Progress does this by itself. Raises Refusal while anything is still to be delivered or invoiced."""
    if not is_fulfilled(read_lines(OrderLine, order=order.pk)):
        raise Refusal(
            _("%(order)s is not fully delivered and invoiced yet.") % {"order": order},
            hint=_("To give up the rest, close the order short."),
        )


def record_progress(
    *, order_id: int, actor, shipped: Deltas | None = None, delivered: Deltas | None = None, returned: Deltas | None = None,
    invoiced: Deltas | None = None, credited: Deltas | None = None, settled: Deltas | None = None, payment_status: str | None = None,
    is_reopening: bool = False,
) -> Order:
    """The order with these quantities added to its lines (by line id) under its lock, and its statuses derived anew.

    `settled` is the part of `credited` given for a return, for which neither goods nor an invoice are owed any more.
    Deltas are added each time: call once per fact. A confirmed order that is delivered and invoiced completes; with `is_reopening` a completed
    order that is owed something again is confirmed again. Raises Order.DoesNotExist,
    or Refusal for a line that is not the order's.
    """
    deltas = dict(zip(COUNTERS, (shipped, delivered, returned, invoiced, credited, settled), strict=True))

    def record() -> Order:
        order = lock_one(Order, order_id)
        lines = read_lines(OrderLine, order=order.pk)
        changed = _add(order, lines, deltas)
        if order.status == Order.Status.CLOSED_SHORT and changed:
            _keep_what_left(order, lines)
        if changed:
            _write_counters(changed)
        before = (order.delivery_status, order.invoice_status, order.payment_status)
        if is_reopening and order.status == Order.Status.COMPLETED:
            _reopen(order, actor)
        derive_statuses(order, lines)
        if payment_status is not None:
            order.payment_status = payment_status
        if changed or before != (order.delivery_status, order.invoice_status, order.payment_status):
            order.version += 1
            write_row(order, "status", "delivery_status", "invoice_status", "payment_status", "net", "tax", "gross", "version")
        if order.status == Order.Status.CONFIRMED and is_fulfilled(lines):
            return complete_order(order, actor=service_user(on_behalf_of=recorded_id(actor), company_id=order.company_id))
        return order

    return in_unit_of_work(record, actor=actor)


def _reopen(order: Order, actor) -> None:
    """Goods of a completed order never arrived: it is owed again, and its history says so."""
    StatusChange.objects.create(
        company_id=order.company_id, content_type=ContentType.objects.get_for_model(Order), object_id=order.pk, action="reopen", before=order.status,
        after=Order.Status.CONFIRMED, version=order.version + 1, actor_id=recorded_id(actor), trace=current_trace(),
    )
    order.status = Order.Status.CONFIRMED


def _add(order: Order, lines: list[OrderLine], deltas: Mapping[str, Deltas | None]) -> list[OrderLine]:
    by_id = {line.pk: line for line in lines}
    changed = {}
    for counter, by_line in deltas.items():
        for line_id, delta in (by_line or {}).items():
            line = by_id.get(line_id)
            if line is None:
                raise Refusal(_("Line %(line)s is not a line of %(order)s; nothing was recorded.") % {"line": line_id, "order": order})
            setattr(line, counter, getattr(line, counter) + delta)
            changed[line_id] = line
    return list(changed.values())


def _keep_what_left(order: Order, lines: list[OrderLine]) -> None:
    """Goods that left while the order was being closed short were not given up after all."""
    late = [line for line in lines if line.kind == OrderLine.Kind.GOODS and line.kept_quantity > line.billed_quantity]
    for line in late:
        line.cancelled_quantity = max(line.quantity - line.kept_quantity, Decimal(0))
    if late:
        total_up(order, lines, digits=order.currency.digits)
        OrderLine.objects.bulk_update(lines, ["cancelled_quantity", "net"])


def _write_counters(lines: list[OrderLine]) -> None:
    """One statement, in key order of the lines."""
    columns = ", ".join(f"{counter} = made.{counter}" for counter in COUNTERS)
    arrays = ", ".join(["%s::numeric[]"] * len(COUNTERS))
    with connection.cursor() as cursor:
        cursor.execute(
            kept(f"UPDATE crm_orderline AS line SET {columns} FROM unnest(%s::bigint[], {arrays}) AS made(id, {', '.join(COUNTERS)}) "  # noqa: S608
                 "WHERE line.id = made.id"),
            [[line.pk for line in lines], *([getattr(line, counter) for line in lines] for counter in COUNTERS)],
        )
