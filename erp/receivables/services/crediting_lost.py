"""Goods that a carrier lost were invoiced for nothing: a credit note mirrors what the invoice posted of them (O2C-25)."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from erp.ledger.roles import AccountRole
from erp.receivables.models import CustomerInvoice, CustomerInvoiceLine
from erp.receivables.rules import Clearing, PostingFacts
from erp.receivables.selectors import posting_facts, released_costs
from erp.receivables.services.crediting import credited_units, make_credit_note
from suite.kernel.documents.locking import lock
from suite.kernel.documents.work import in_unit_of_work
from suite.kernel.money.rules import ZERO

Reason = CustomerInvoice.Reason


def credit_lost(
    *, company_id: int, order_key: str, shipment_key: str, lines: Sequence[tuple[str, str, Decimal]], lost_on: date, actor: Any,
) -> list[CustomerInvoice]:
    """The credit notes for what was invoiced of (order line, shipment line, units) that never arrive; their cost is goods shipped, not invoiced again.

    Get-or-create on the shipment. Empty where nothing was invoiced. Raises Refusal: closed period.
    """

    def credit() -> list[CustomerInvoice]:
        key = f"{shipment_key}/lost"
        invoices = {invoice.pk: invoice for invoice in lock(CustomerInvoice.objects.filter(
            company_id=company_id, order_key=order_key, kind=CustomerInvoice.Kind.INVOICE, status=CustomerInvoice.Status.POSTED,
        ))}
        known = list(CustomerInvoice.objects.filter(company_id=company_id, source_key__startswith=key).order_by("pk"))
        if known or not invoices:
            return known
        rows = list(CustomerInvoiceLine.objects.filter(invoice__in=invoices, kind=CustomerInvoiceLine.Kind.GOODS).order_by("-invoice_id", "position"))
        facts = posting_facts(company_id, order_line_keys=[row.order_line_key for row in rows])
        wanted = _billed(rows, lines, facts)
        return [
            make_credit_note(
                invoices[invoice_id], reason=Reason.CORRECTION, quantities=units, issued_on=max(lost_on, invoices[invoice_id].issued_on), actor=actor,
                source_key=key if number == 1 else f"{key}/{number}", bears_discount=True, of_shipment_lines=frozenset(line for _order, line, _units in lines),
            )
            for number, (invoice_id, units) in enumerate(wanted.items(), 1)
        ]

    return in_unit_of_work(credit, actor=actor)


def _billed(
    rows: Sequence[CustomerInvoiceLine], lines: Sequence[tuple[str, str, Decimal]], facts: PostingFacts,
) -> dict[int, dict[int, Decimal]]:
    """{invoice: {invoice line: units}} that bill the shipment lines: those that name them, else those that took their cost, or wait for delivery."""
    before = credited_units(rows)
    left = {row.pk: row.quantity - before.get(row.pk, ZERO) for row in rows}
    released = released_costs(rows[0].company_id, [row.key for row in rows]) if rows else {}
    found: dict[int, dict[int, Decimal]] = {}
    for order_line, shipment_line, units in lines:
        for row in sorted(rows, key=lambda row: row.shipment_line_key != shipment_line):
            if row.order_line_key != order_line or row.shipment_line_key not in ("", shipment_line):
                continue
            part = min(units, left[row.pk], _stands_for(row, shipment_line, released.get(row.key, []), facts))
            if part <= 0:
                continue
            taken = found.setdefault(row.invoice_id, {})
            taken[row.pk] = taken.get(row.pk, ZERO) + part
            left[row.pk] -= part
            units -= part
    return found


def _stands_for(row: CustomerInvoiceLine, shipment_line: str, released: Sequence[Clearing], facts: PostingFacts) -> Decimal:
    """Units of a shipment line that an invoice line bills."""
    if row.shipment_line_key == shipment_line:
        return row.quantity
    taken = -sum((one.quantity for one in released if one.line_key == shipment_line), ZERO)
    if not facts.is_earned_at_delivery:
        return taken
    return taken + sum((one.quantity for one in facts.open_units(AccountRole.DEFERRED_REVENUE, row.order_line_key, row.key)), ZERO)
