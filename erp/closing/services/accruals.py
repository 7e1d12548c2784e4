"""What belongs to a period although its document comes later."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from erp.ledger.models import Journal, JournalEntry
from erp.ledger.roles import AccountRole
from erp.ledger.services import begin_entry
from erp.receivables.models import ClearingItem, CustomerInvoice, CustomerInvoiceLine
from erp.receivables.rules import ClearingRow, Plan, PostingFacts, share_of
from erp.receivables.selectors import arrivals, posting_facts
from erp.receivables.services.writing import write_plan
from suite.kernel.calendars.models import Period
from suite.kernel.documents.work import in_unit_of_work
from suite.kernel.money.rules import round_money
from suite.kernel.money.selectors import conversion


def accrue_unbilled(*, period: Period, actor: Any, with_tax: bool = False) -> tuple[JournalEntry, JournalEntry] | None:
    """O2C-9: revenue and cost of goods shipped (where revenue counts at delivery: delivered) and not invoiced by the end of the period,
    reversed on the next day: (accrual, reversal).

    `with_tax`: where tax falls due on supply (O2C-9t). Once per period; None when nothing waits. Raises Refusal: a period is closed.
    """

    def accrue() -> tuple[JournalEntry, JournalEntry] | None:
        key = f"{period._meta.label_lower}:{period.pk}/unbilled"
        known = JournalEntry.objects.filter(company_id=period.company_id, source_key__in=(f"{key}/accrual", f"{key}/reversal")).order_by("pk")
        if len(known) == 2:
            return known[0], known[1]
        waiting = list(
            ClearingItem.objects.filter(company_id=period.company_id, role=AccountRole.GSNI, entry__ledger_date__lte=period.ends_on)
            .values("order_line_key", "line_key").annotate(units=Sum("quantity"), cost=Sum("amount")).filter(units__gt=0)
            .order_by("order_line_key", "line_key"),
        )
        prices = _prices(period.company_id, {row["order_line_key"] for row in waiting})
        facts = posting_facts(period.company_id, product_ids={line.product_id for line in prices.values()})
        if facts.is_earned_at_delivery:
            arrived = arrivals(period.company_id, {row["line_key"] for row in waiting})
            waiting = [row for row in waiting if arrived.get(row["line_key"], date.max) <= period.ends_on]
        if not waiting:
            return None
        plan = _plan(waiting, prices, facts, period, with_tax=with_tax)
        entries = []
        for day, sign, name in ((period.ends_on, 1, "accrual"), (period.ends_on + timedelta(days=1), -1, "reversal")):
            entry = begin_entry(
                company_id=period.company_id, journal_kind=Journal.Kind.GENERAL, ledger_date=day, actor=actor, source_key=f"{key}/{name}",
                description=f"Shipped, not invoiced {period} ({name})", reverses_id=entries[0].pk if entries else None,
            )
            if entry.is_new:
                write_plan(entry, plan if sign > 0 else _mirrored(plan), facts, actor=actor)
            entries.append(entry)
        return entries[0], entries[1]

    return in_unit_of_work(accrue, actor=actor)


def _prices(company_id: int, order_lines: set[str]) -> dict[str, CustomerInvoiceLine]:
    """The invoice line, draft or issued, that prices each order line; the newest."""
    lines = CustomerInvoiceLine.objects.filter(
        company_id=company_id, order_line_key__in=order_lines, invoice__kind=CustomerInvoice.Kind.INVOICE,
    ).exclude(invoice__status=CustomerInvoice.Status.VOID).select_related("invoice").order_by("pk")
    return {line.order_line_key: line for line in lines}


def _in_books(line: CustomerInvoiceLine, period: Period, facts: PostingFacts) -> Decimal:
    """What the line earns in company currency, at the rate of the period's end where it will be invoiced in another."""
    currency_id = line.invoice.currency_id
    if currency_id == facts.currency_id:
        return line.net
    return conversion(company_id=period.company_id, currency_id=currency_id, on=period.ends_on).to_books(line.net)


def _plan(
    waiting: list[dict], prices: dict[str, CustomerInvoiceLine], facts: PostingFacts, period: Period, *, with_tax: bool,
) -> Plan:
    plan = Plan()
    for row in waiting:
        units, cost = row["units"], row["cost"]
        line = prices.get(row["order_line_key"])
        earned = share_of(_in_books(line, period, facts), units, line.quantity, facts.digits) if line and line.quantity else Decimal(0)
        tax = round_money(earned * line.tax_rate, facts.digits) if line and with_tax else Decimal(0)
        product_id = line and line.product_id
        plan.add(AccountRole.UNBILLED_RECEIVABLE, earned + tax)
        plan.add(AccountRole.REVENUE, -earned, product_id=product_id)
        plan.add(AccountRole.OUTPUT_TAX, -tax)
        plan.add(AccountRole.COGS, cost, product_id=product_id)
        plan.add(AccountRole.GSNI, -cost)
        plan.clearing.append(ClearingRow(AccountRole.GSNI, row["order_line_key"], row["line_key"], -units, -cost))
    return plan


def _mirrored(plan: Plan) -> Plan:
    mirror = Plan()
    for line in plan.lines:
        mirror.add(line.role, -line.amount, product_id=line.product_id)
    mirror.clearing = [row._replace(quantity=-row.quantity, amount=-row.amount) for row in plan.clearing]
    return mirror
