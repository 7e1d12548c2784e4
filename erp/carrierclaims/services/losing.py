"""Goods under way that never arrive: what was invoiced of them is credited, their cost is a loss."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from erp.inventory.models import StockValue
from erp.ledger.models import Journal
from erp.ledger.roles import AccountRole
from erp.ledger.services.entries import begin_entry
from erp.receivables.rules import ClearingRow, Plan
from erp.receivables.selectors import posting_facts
from erp.receivables.services.crediting_lost import credit_lost
from erp.receivables.services.writing import write_plan
from suite.kernel.documents.work import in_unit_of_work
from suite.kernel.money.rules import ZERO


@dataclass(frozen=True)
class LostLine:
    """A shipment line that never arrives, and how much of it left."""

    line_key: str
    order_line_key: str
    product_id: int
    quantity: Decimal


def book_loss(
    *, company_id: int, shipment_key: str, shipment_number: str, order_key: str, lines: Sequence[LostLine], lost_on: date, actor: Any,
) -> Decimal:
    """O2C-30, after O2C-25 for what was invoiced: the cost of the goods leaves goods shipped, not invoiced (or cost of sales where the company
    books cost with the shipment) for scrap and loss. Gives that cost; once per shipment. Raises Refusal: closed period."""

    def post() -> Decimal:
        if order_key:
            credit_lost(
                company_id=company_id, order_key=order_key, shipment_key=shipment_key, lost_on=lost_on, actor=actor,
                lines=[(line.order_line_key, line.line_key, line.quantity) for line in lines],
            )
        entry = begin_entry(
            company_id=company_id, journal_kind=Journal.Kind.STOCK, ledger_date=lost_on, actor=actor, source_key=f"{shipment_key}/lost",
            description=f"Lost by the carrier {shipment_number}", lock_key=order_key or None,
        )
        costs = _costs(company_id, shipment_key)
        if not entry.is_new:
            return sum(costs.values(), ZERO)
        facts = posting_facts(company_id, product_ids=[line.product_id for line in lines], order_line_keys=[line.order_line_key for line in lines])
        plan, lost = Plan(), ZERO
        for line in lines:
            rows = facts.open_units(AccountRole.GSNI, line.order_line_key, line.line_key)
            plan.clearing += [ClearingRow(AccountRole.GSNI, row.order_line_key, row.line_key, -row.quantity, -row.amount) for row in rows]
            waiting = sum((row.amount for row in rows), ZERO)
            cost = costs.get(line.line_key, ZERO) if facts.is_cost_at_shipment else waiting
            plan.add(AccountRole.SCRAP_LOSS, cost, product_id=line.product_id)
            plan.add(AccountRole.GSNI, -waiting)
            plan.add(AccountRole.COGS, waiting - cost, product_id=line.product_id)
            lost += cost
        write_plan(entry, plan, facts, actor=actor)
        return lost

    return in_unit_of_work(post, actor=actor)


def _costs(company_id: int, shipment_key: str) -> dict[str, Decimal]:
    """{shipment line: the cost its goods left with}."""
    left = StockValue.objects.filter(company_id=company_id, entry__source_key=shipment_key).order_by().values_list("line_key").annotate(total=Sum("value"))
    return {key: -total for key, total in left}
