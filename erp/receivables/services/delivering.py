"""Goods that arrived: where revenue counts at delivery, what was invoiced of them is earned (O2C-8)."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import connection

from erp.ledger.models import Journal, JournalEntry
from erp.ledger.services.entries import begin_entry
from erp.receivables.models import ClearingItem, CustomerInvoice, CustomerInvoiceLine
from erp.receivables.rules import DeliveredLine, plan_delivery
from erp.receivables.selectors import posting_facts
from erp.receivables.services.writing import write_plan
from suite.kernel.documents.work import in_unit_of_work

# The lock that erp_begin_entry takes: dispatch, invoice and delivery of an order take turns.
LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))"


def recognise_delivery(
    *, company_id: int, shipment_key: str, shipment_number: str, order_key: str, lines: Sequence[DeliveredLine], delivered_on: date, actor: Any,
) -> JournalEntry | None:
    """O2C-8 of a shipment that arrived, one entry per shipment: revenue and cost of what was invoiced of it.

    None where nothing of it waits: goods earned as they left, were not invoiced yet (their invoice earns at once), or came back.
    Raises Refusal: closed period, missing account role; then nothing was posted.
    """

    def recognise() -> JournalEntry | None:
        source_key = f"{shipment_key}/delivered"
        facts = _facts(company_id, lines)
        if not facts.is_earned_at_delivery and not facts.tied and not plan_delivery(lines, facts).clearing:
            return None
        return _post(company_id, source_key, order_key, f"Delivery {shipment_number}", lines, delivered_on, actor)

    return in_unit_of_work(recognise, actor=actor) if lines else None


def earn_late(invoice: CustomerInvoice, arrived: Mapping[str, date], *, actor: Any) -> None:
    """O2C-8 for an invoice dated before goods of it arrived but issued afterwards, on the days they arrived."""
    products = dict(CustomerInvoiceLine.objects.filter(invoice=invoice).exclude(order_line_key="").values_list("order_line_key", "product_id"))
    rows = ClearingItem.objects.filter(company_id=invoice.company_id, line_key__in=list(arrived), order_line_key__in=list(products))
    order_lines = dict(rows.order_by("pk").values_list("line_key", "order_line_key"))
    for day in sorted(set(arrived.values())):
        lines = [DeliveredLine(key, order_lines[key], products[order_lines[key]]) for key, on in sorted(arrived.items()) if on == day and key in order_lines]
        if lines:
            _post(invoice.company_id, f"{invoice.key}/delivered/{day}", invoice.order_key, f"Delivery {invoice.order_number}", lines, day, actor)


def _post(
    company_id: int, source_key: str, order_key: str, description: str, lines: Sequence[DeliveredLine], on: date, actor: Any,
) -> JournalEntry | None:
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [order_key, company_id])
    # Under the lock: an invoice that was being issued beside this is seen, or sees that the goods arrived.
    facts = _facts(company_id, lines)
    plan = plan_delivery(lines, facts)
    if not any(line.amount for line in plan.lines):
        return JournalEntry.objects.filter(company_id=company_id, source_key=source_key).first()
    entry = begin_entry(
        company_id=company_id, journal_kind=Journal.Kind.GENERAL, ledger_date=on, description=description, actor=actor, source_key=source_key,
        lock_key=order_key,
    )
    if entry.is_new:
        write_plan(entry, plan, facts, actor=actor)
    return entry


def _facts(company_id: int, lines: Sequence[DeliveredLine]) -> Any:
    return posting_facts(
        company_id, product_ids=[line.product_id for line in lines], order_line_keys=[line.order_line_key for line in lines],
    )
