"""Changing an order after it was confirmed: the next revision, with what changed on record. Others follow by the difference."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.customers.selectors import customer_of, refuse_inactive
from crm.orders.models import Order, OrderLine, OrderRevision
from crm.orders.rules import decided
from crm.orders.selectors import lines_of
from crm.orders.services.confirming import hold_on_credit, hold_on_margin, promise, refuse_incomplete
from crm.orders.services.deriving import derive_statuses
from crm.orders.signals import order_amended
from crm.pricing.rules import plain
from crm.pricing.services import price_lines, refuse_bad_lines, total_up
from suite.kernel.companies.models import Company
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.transitions import transition
from suite.kernel.users.service_user import recorded_id

Status = Order.Status


@dataclass(frozen=True)
class LineChange:
    """A line as it shall be: `quantity` is the new total, 0 takes the line out. No `line_id`: a new line. No price: as agreed, or found."""

    line_id: int | None
    product_id: int | None
    quantity: Decimal
    unit_price: Decimal | None = None
    discount: Decimal | None = None


@transition(
    Order, "amend", source={Status.CONFIRMED, Status.ON_HOLD}, target=None, label=gettext_lazy("Amend"), after=order_amended, icon="pencil",
    order=30,
)
def amend_order(order: Order, *, actor, act, changes: Sequence[LineChange], reason: str, on: date | None = None) -> None:
    """The order with these lines changed, as its next revision; lines not named stay. Promise, margin and credit are asked anew.

    Raises Refusal for a quantity below what was shipped, a line that is not the order's, an unknown product, or when nothing changes.
    A line below its margin floor, or an increase that credit refuses, puts the order on hold; both facts travel with `order_amended`.
    `on` is the day it was agreed (default: today).
    """
    if not reason.strip():
        raise Refusal(_("Say why the order is amended."), field="reason")
    lines = lines_of(order)
    before = snapshot(order, lines)
    added = _apply(order, lines, changes)
    customer = customer_of(company_id=order.company_id, customer_id=order.customer_id)
    refuse_inactive(customer)
    if added:
        company = Company.objects.select_related("currency").get(pk=order.company_id)
        price_lines(order, added, company=company, customer=customer, on=order.order_date, actor=actor)
        OrderLine.objects.bulk_create(added)
    lines = [*lines, *added]
    live = [line for line in lines if line.quantity > 0]
    if not live:
        raise Refusal(_("Nothing would be left of %(order)s; it was not amended.") % {"order": order}, hint=_("Cancel the order instead."))
    refuse_incomplete(order, live)
    total_up(order, lines, digits=order.currency.digits)
    old_gross = Decimal(before["gross"])
    OrderLine.objects.bulk_update(lines, ["quantity", "unit_price", "discount", "price_rule", "price_is_manual", "net"])
    after = snapshot(order, lines)
    if after == before:
        raise Refusal(_("Nothing was changed on %(order)s.") % {"order": order}, field="changes")
    derive_statuses(order, lines)
    promise(order, lines)
    if hold_after(order, lines, old_gross, actor=actor, act=act):
        act.payload["held"] = True
    order.revision += 1
    OrderRevision.objects.create(
        company_id=order.company_id, order=order, revision=order.revision, reason=reason.strip()[:200], before=before, after=after,
        actor_id=recorded_id(actor),
    )
    act.payload |= decided(on)
    act.payload["revision"] = order.revision


def hold_after(order: Order, lines: Sequence[OrderLine], old_gross: Decimal, *, actor, act) -> bool:
    """Asks for the margin, then for credit. An order that waited for its margin only, and no longer needs to, goes on. Returns whether it is held."""
    if hold_on_margin(order, lines, actor=actor, act=act):
        return True
    if order.hold_reason == Order.HoldReason.MARGIN:
        order.status, order.hold_reason, order.hold_message = Status.CONFIRMED, Order.HoldReason.NONE, ""
        return hold_on_credit(order, act)
    return hold_on_credit_after(order, act, old_gross)


def hold_on_credit_after(order: Order, act, old_gross: Decimal) -> bool:
    """Tells credit the new amount; only an increase on a confirmed order may put it on hold. Returns whether it did."""
    status, reason, message = order.status, order.hold_reason, order.hold_message
    held = hold_on_credit(order, act)
    if held and (status != Status.CONFIRMED or order.gross <= old_gross):
        order.status, order.hold_reason, order.hold_message = status, reason, message
        return False
    return held


def snapshot(order: Order, lines: Sequence[OrderLine]) -> dict:
    """The order as an amendment records it: header amounts and lines, numbers as text."""
    return {
        "net": plain(order.net), "tax": plain(order.tax), "gross": plain(order.gross),
        "lines": [
            {
                "id": line.pk, "position": line.position, "product": str(line.product), "quantity": plain(line.quantity),
                "unit_price": plain(line.unit_price), "discount": plain(line.discount), "net": plain(line.net),
            }
            for line in lines
        ],
    }


def _apply(order: Order, lines: list[OrderLine], changes: Sequence[LineChange]) -> list[OrderLine]:
    """Sets the changes on the lines; returns the new ones, not yet saved."""
    by_id = {line.pk: line for line in lines}
    position = max((line.position for line in lines), default=0)
    added: list[OrderLine] = []
    seen: set[int] = set()
    for change in changes:
        if change.line_id is None:
            position += 1
            added.append(OrderLine(
                order=order, company_id=order.company_id, position=position, product_id=change.product_id, quantity=change.quantity,
                unit_price=change.unit_price, discount=change.discount,
            ))
            continue
        line = by_id.get(change.line_id)
        if line is None or change.line_id in seen:
            raise Refusal(
                _("Line %(line)s is not a line of %(order)s, or is named twice; nothing was changed.")
                % {"line": change.line_id, "order": order}, field="changes",
            )
        seen.add(change.line_id)
        _change(line, change)
    touched = [by_id[line_id] for line_id in seen if by_id[line_id].quantity > 0]
    refuse_bad_lines(touched, {line.product_id: line.product for line in touched})
    return added


def _change(line: OrderLine, change: LineChange) -> None:
    at = {"line": line.position, "product": line.product, "shipped": plain(line.kept_quantity), "wanted": plain(change.quantity)}
    if change.product_id not in (None, line.product_id):
        raise Refusal(
            _("Line %(line)s is for %(product)s; its product cannot be changed.") % at, field="changes",
            hint=_("Set its quantity to 0 and add a line for the other product."),
        )
    if change.quantity < 0:
        raise Refusal(_("Line %(line)s, %(product)s: enter a quantity of zero or more.") % at, field="changes", code="bad_quantity")
    if change.quantity < line.kept_quantity:
        raise Refusal(
            _("Line %(line)s, %(product)s: %(shipped)s have been shipped, %(wanted)s is less; nothing was changed.") % at, field="changes",
            code="below_shipped", hint=_("Enter at least what was shipped; goods that came back are a return."),
        )
    line.quantity = change.quantity
    if change.unit_price is not None and change.unit_price != line.unit_price:
        line.unit_price, line.price_is_manual, line.price_rule = change.unit_price, True, _("by hand, amended")
    if change.discount is not None and change.discount != line.discount:
        line.discount, line.price_is_manual, line.price_rule = change.discount, True, _("by hand, amended")
