"""Confirming an order, holding it, approving its margin, releasing it."""

from collections.abc import Sequence

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.customers.selectors import refuse_inactive
from crm.margins.rules import covers
from crm.margins.selectors import approved_lines, judge_lines
from crm.margins.services import approve_margin, ask_approval, withdraw_approval
from crm.orders.models import Order, OrderLine
from crm.orders.selectors import lines_of
from crm.orders.services.deriving import derive_statuses
from crm.orders.signals import credit_asked, order_confirmed, order_held, order_released, promise_asked
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.statements import kept
from suite.kernel.documents.transitions import transition

Status = Order.Status


@transition(
    Order, "confirm", source={Status.DRAFT}, target=None, label=gettext_lazy("Confirm"), after=order_confirmed, icon="check", order=10,
)
def confirm_order(order: Order, *, actor, act) -> None:
    """The order, binding: confirmed, or on hold where a margin needs approval or credit says no (then `order_held` is announced, and nothing
    follows before approval or release).

    Each line with goods gets its promised day and the reason for it. Raises Refusal naming the line and what it lacks.
    """
    lines = lines_of(order)
    refuse_inactive(order.customer)
    refuse_incomplete(order, lines)
    promise(order, lines)
    order.status = Status.CONFIRMED
    derive_statuses(order, lines)
    if hold_on_margin(order, lines, actor=actor, act=act) or hold_on_credit(order, act):
        act.after = order_held


@transition(
    Order, "hold", source={Status.CONFIRMED}, target=Status.ON_HOLD, label=gettext_lazy("Hold"), after=order_held, icon="player-pause",
    order=60,
)
def hold_order(order: Order, *, actor, act, reason: str) -> None:
    """The order, held: nothing more is shipped or invoiced before somebody releases it. `reason` is shown to those who ask.

    The reason "credit" marks it as held by the credit check, so that money coming in may release it.
    """
    if not reason.strip():
        raise Refusal(_("Say why the order is held."), field="reason")
    if reason == Order.HoldReason.CREDIT:
        order.hold_reason, order.hold_message = Order.HoldReason.CREDIT, _("The customer is over the credit limit again.")
    else:
        order.hold_reason, order.hold_message = Order.HoldReason.CLERK, reason.strip()[:200]


@transition(
    Order, "release", source={Status.ON_HOLD}, target=Status.CONFIRMED, label=gettext_lazy("Release"), after=order_released,
    icon="player-play", order=20, offered=lambda order: order.margin_state != Order.MarginState.ASKED,
)
def release_order(order: Order, *, actor, act, reason: str = "") -> None:
    """The order, confirmed again with fresh promise dates. Who may release decides over the credit limit: credit is told, not asked.

    Raises Refusal while a margin waits for approval.
    """
    refuse_unapproved(order, _("it was not released."))
    refuse_inactive(order.customer)
    promise(order, lines_of(order))
    credit_asked.ask(document=order, act=act)
    act.reason = act.reason or order.hold_message
    order.hold_reason, order.hold_message = Order.HoldReason.NONE, ""


@transition(
    Order, "approve_margin", source={Status.ON_HOLD}, target=None, label=gettext_lazy("Approve margin"), after=order_released, icon="scale",
    order=15, offered=lambda order: order.margin_state == Order.MarginState.ASKED,
)
def approve_order_margin(order: Order, *, actor, act, reason: str) -> None:
    """The order, its margin approved: confirmed with fresh promise dates, on hold where credit says no, and as before where a clerk holds it.

    Raises Refusal where nothing is asked, without a reason, and for whoever confirmed or amended it last: four eyes.
    """
    approve_margin(order, actor=actor, reason=reason)
    if order.hold_reason != Order.HoldReason.MARGIN:
        act.after = None
        return
    refuse_inactive(order.customer)
    lines = lines_of(order)
    promise(order, lines)
    order.status, order.hold_reason, order.hold_message = Status.CONFIRMED, Order.HoldReason.NONE, ""
    derive_statuses(order, lines)
    if hold_on_credit(order, act):
        act.after = order_held


def hold_on_margin(order: Order, lines: Sequence[OrderLine], *, actor, act) -> bool:
    """Puts the order on hold and asks for approval where a line is below its margin floor. Returns whether it did.

    An approval of the quote that the order came from holds when the order is confirmed: what was offered binds. No figure stands in the
    message: not everybody who sees the order may see what it costs.
    """
    under = [line for line in judge_lines(order, lines) if line.is_under]
    if under and act.transition == "confirm" and order.quote_id:
        offered = approved_lines(order.quote_id)
        if all(covers(offered, line) for line in under):
            order.margin_state = Order.MarginState.APPROVED
            return False
    if not under:
        withdraw_approval(order)
        return False
    ask_approval(order, under, actor=actor)
    order.status = Status.ON_HOLD
    if order.hold_reason != Order.HoldReason.CLERK:
        order.hold_reason, order.hold_message = Order.HoldReason.MARGIN, _("A line is priced so low that it needs approval.")
    act.reason = order.hold_message
    return True


def refuse_unapproved(order: Order, what_was_not_done: str) -> None:
    """Raises Refusal while a margin of the order waits for approval."""
    if order.margin_state == Order.MarginState.ASKED:
        raise Refusal(
            _("The margin of %(order)s waits for approval; %(not_done)s") % {"order": order, "not_done": what_was_not_done},
            code="margin_not_approved", hint=_("Have it approved by somebody who may, amend the prices, or cancel the order."),
        )


def hold_on_credit(order: Order, act) -> bool:
    """Asks for credit; where it is refused, puts the order on hold with the message. Returns whether it did."""
    answer = credit_asked.ask(document=order, act=act)
    if answer is None or answer.is_within:
        return False
    order.status, order.hold_reason = Status.ON_HOLD, Order.HoldReason.CREDIT
    order.hold_message = str(answer.message)[:200]
    act.reason = order.hold_message
    return True


def refuse_incomplete(order: Order, lines: Sequence[OrderLine]) -> None:
    """Raises Refusal for an order nobody could fulfil: no lines, no site, a line without price or tax, a product no longer sold."""
    if not lines:
        raise Refusal(_("%(order)s has no lines.") % {"order": order}, field="lines", hint=_("Add what the customer orders."))
    if order.site_id is None:
        raise Refusal(
            _("%(order)s does not say where the goods leave from.") % {"order": order}, field="site", hint=_("Choose a site on the order."),
        )
    for line in lines:
        at = {"line": line.position, "product": line.product}
        if line.quantity <= 0:
            raise Refusal(_("Line %(line)s, %(product)s: enter a quantity above zero.") % at, field="lines", code="bad_quantity")
        if not line.product.is_active:
            raise Refusal(
                _("Line %(line)s: %(product)s is no longer sold.") % at, field="lines", code="inactive_product",
                hint=_("Take the line out, or set the product active again."),
            )
        if line.unit_price is None:
            raise Refusal(
                _("Line %(line)s: %(product)s has no price.") % at, field="lines", code="no_price",
                hint=_("Enter a price on the line (0 for a free one), or add the product to a price list."),
            )
        if line.tax_id is None:
            raise Refusal(
                _("Line %(line)s: %(product)s has no sales tax.") % at, field="lines", code="no_tax",
                hint=_("Give the product a sales tax, then save the order again."),
            )


def promise(order: Order, lines: Sequence[OrderLine]) -> None:
    """Asks for the day of each line with goods to ship and keeps the answers; the order's own day is the latest of them."""
    waiting = [line for line in lines if line.open_quantity > 0]
    if not waiting:
        order.promised_on = max((line.promised_on for line in lines if line.promised_on), default=order.promised_on)
        return
    answers = promise_asked.ask(order=order, lines=waiting) or {}
    for line in waiting:
        if line.pk in answers:
            line.promised_on, line.promise_reason = answers[line.pk].on, answers[line.pk].reason[:200]
    order.promised_on = max((line.promised_on for line in lines if line.promised_on), default=None)
    changed = [line for line in waiting if line.pk in answers]
    if changed:
        with connection.cursor() as cursor:
            cursor.execute(
                kept("UPDATE crm_orderline AS line SET promised_on = made.day, promise_reason = made.reason "
                     "FROM unnest(%s::bigint[], %s::date[], %s::text[]) AS made(id, day, reason) WHERE line.id = made.id"),
                [[line.pk for line in changed], [line.promised_on for line in changed], [line.promise_reason for line in changed]],
            )
