"""What a credit note takes back, by its reason."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from erp.ledger.roles import AccountRole
from erp.receivables.models import CustomerInvoice, CustomerInvoiceLine
from erp.receivables.rules import ClearingRow, Plan, PostingFacts, nets_less_discount, revenue_role, share_of, take
from erp.receivables.selectors import released_costs
from suite.kernel.documents.errors import Refusal
from suite.kernel.money.rules import ZERO

Reason = CustomerInvoice.Reason


def plan_credit_note(
    lines: Sequence[CustomerInvoiceLine], taxes: Iterable[Decimal], gross: Decimal, customer_id: int, facts: PostingFacts,
) -> Plan:
    """Correction: mirror of what the invoice posted, deferred revenue first (O2C-25, O2C-24). Cancellation: deferred revenue alone.
    Return: sales returns, and the cost of what came back (RMA-2/3); deferred revenue of what came back before it had earned (O2C-24).
    Goodwill: a sales discount."""
    plan = Plan()
    plan.add(AccountRole.AR, -gross, party_id=customer_id)
    for tax in taxes:
        plan.add(AccountRole.OUTPUT_TAX, tax)
    reason = lines[0].invoice.reason
    originals = [f"erp.customerinvoiceline:{line.corrects_id}" if line.corrects_id else "" for line in lines]
    released = released_costs(lines[0].company_id, filter(None, originals)) if reason == Reason.CORRECTION else {}
    if facts.of_shipment_lines:
        released = {key: [row for row in rows if row.line_key in facts.of_shipment_lines] for key, rows in released.items()}
    for line, original, net in zip(lines, originals, nets_less_discount(lines, facts.digits), strict=True):
        if reason in (Reason.CORRECTION, Reason.CANCELLATION):
            _mirror(plan, line, net, original, released.get(original, []), facts, is_cancellation=reason == Reason.CANCELLATION)
        elif reason == Reason.RETURN:
            units, deferred = _take_deferred(plan, line, line.net, original, facts.never_earned.get(original, ZERO), facts)
            plan.add(AccountRole.SALES_RETURNS, line.net - deferred, product_id=line.product_id)
            _cost_of_returned(plan, line, line.quantity - units, facts)
        else:
            plan.add(AccountRole.SALES_DISCOUNT, line.net, product_id=line.product_id)
    return plan


def _mirror(
    plan: Plan, line: CustomerInvoiceLine, net: Decimal, original: str, released: list, facts: PostingFacts, *, is_cancellation: bool,
) -> None:
    if is_cancellation and line.kind == CustomerInvoiceLine.Kind.GOODS and line.order_line_key:
        free = facts.not_dispatched(line.order_line_key).get(original, ZERO)
    else:
        free = line.quantity
    units, deferred = _take_deferred(plan, line, net, original, line.quantity, facts)
    if free < line.quantity:
        raise Refusal(
            _("%(line)s: %(units)s were dispatched already; nothing was credited.") % {"line": line, "units": line.quantity - free},
            code="dispatched_already", hint=_("Take the goods back first, then credit the return."),
        )
    plan.add(revenue_role(line.kind), net - deferred, product_id=line.product_id)
    for row, taken, cost in take(released, line.quantity - units, facts.digits):
        plan.clearing.append(ClearingRow(AccountRole.GSNI, row.order_line_key, row.line_key, -taken, -cost, invoice_line_key=original))
        plan.add(AccountRole.GSNI, -cost)
        plan.add(AccountRole.COGS, cost, product_id=line.product_id)


def _take_deferred(
    plan: Plan, line: CustomerInvoiceLine, net: Decimal, original: str, wanted: Decimal, facts: PostingFacts,
) -> tuple[Decimal, Decimal]:
    """Units of the original line out of deferred revenue, as many as wait: (units, what they are of the credit note's line).

    In foreign currency what waits was booked at another rate than the credit note's: that difference is one of exchange.
    """
    waiting = facts.open_units(AccountRole.DEFERRED_REVENUE, line.order_line_key, original) if original else []
    deferred = units = ZERO
    for row, taken, amount in take(waiting, wanted, facts.digits):
        plan.clearing.append(ClearingRow(AccountRole.DEFERRED_REVENUE, row.order_line_key, row.line_key, -taken, -amount))
        deferred -= amount
        units += taken
    if facts.conversion is None and facts.is_in_books:
        plan.add(AccountRole.DEFERRED_REVENUE, deferred)
        return units, deferred
    part = share_of(net, units, line.quantity, facts.digits) if units else ZERO
    difference = part - deferred if facts.is_in_books else ZERO
    plan.add(AccountRole.DEFERRED_REVENUE, deferred if facts.is_in_books else part)
    plan.add(AccountRole.FX_REALIZED_LOSS if difference > 0 else AccountRole.FX_REALIZED_GAIN, difference)
    return units, part


def _cost_of_returned(plan: Plan, line: CustomerInvoiceLine, quantity: Decimal, facts: PostingFacts) -> None:
    came_back = [row for row in facts.open_units(AccountRole.GSNI, line.order_line_key) if row.quantity < 0]
    for row, taken, cost in take(came_back, quantity, facts.digits):
        plan.clearing.append(ClearingRow(AccountRole.GSNI, row.order_line_key, row.line_key, -taken, -cost))
        plan.add(AccountRole.GSNI, -cost)
        plan.add(AccountRole.COGS, cost, product_id=line.product_id)
