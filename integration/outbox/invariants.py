"""Every invariant of every suite in one table, and those of the outbox and the trace."""

from collections.abc import Callable

from django.db import connection

from crm.orders.invariants import INVARIANTS as ORDERS
from erp.allowances.invariants import INVARIANTS as ALLOWANCES
from erp.assets.invariants import INVARIANTS as ASSETS
from erp.banking.invariants import INVARIANTS as BANKING
from erp.budgets.invariants import INVARIANTS as BUDGETS
from erp.claims.invariants import INVARIANTS as CLAIMS
from erp.compliance.invariants import INVARIANTS as COMPLIANCE
from erp.currencies.invariants import INVARIANTS as CURRENCIES
from erp.dunning.invariants import INVARIANTS as DUNNING
from erp.freight.invariants import INVARIANTS as FREIGHT
from erp.inventory.invariants import INVARIANTS as STOCK
from erp.ledger.invariants import INVARIANTS as LEDGER
from erp.payables.invariants import INVARIANTS as PAYABLES
from erp.paymentruns.invariants import INVARIANTS as PAYMENT_RUNS
from erp.receivables.invariants import INVARIANTS as RECEIVABLES
from erp.schedules.invariants import INVARIANTS as SCHEDULES
from scm.shipping.invariants import INVARIANTS as SHIPPING


def effects_once() -> list[str]:
    """A confirmed order has one live draft or its invoices, and no consumer has two deliveries of an event (both are unique keys)."""
    return _rows(
        "SELECT 'event ' || event_id || ' went to ' || handler || ' ' || count(*) || ' times' FROM integration_delivery"
        " GROUP BY event_id, handler HAVING count(*) > 1"
    )


def deliveries_dead() -> list[str]:
    """Deliveries that failed for good and wait for a person."""
    return _rows(
        "SELECT 'delivery ' || id || ' of ' || aggregate_key || ' to ' || handler || ': ' || left(last_error, 80)"
        " FROM integration_delivery WHERE status = 2 ORDER BY id LIMIT 1000"
    )


def delivered_in_order() -> list[str]:
    """A delivery that is done while an earlier one of the same document and consumer is open."""
    return _rows(
        "SELECT 'delivery ' || d.id || ' of ' || d.aggregate_key || ' overtook ' || e.id FROM integration_delivery d"
        " JOIN integration_delivery e ON e.handler = d.handler AND e.aggregate_key = d.aggregate_key AND e.seq < d.seq"
        " WHERE d.status = 1 AND e.status IN (0, 2) LIMIT 1000"
    )


def _rows(query: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return [row[0] for row in cursor.fetchall()]


def all_invariants() -> dict[str, Callable[[], list[str]]]:
    """Name to check; a check returns a sentence per guilty row."""
    return {
        **LEDGER,
        **RECEIVABLES,
        **PAYABLES,
        **CURRENCIES,
        **BANKING,
        **SCHEDULES,
        **COMPLIANCE,
        **STOCK,
        **ASSETS,
        **CLAIMS,
        **FREIGHT,
        **ORDERS,
        **SHIPPING,
        **DUNNING,
        **ALLOWANCES,
        **PAYMENT_RUNS,
        **BUDGETS,
        "outbox: once per consumer": effects_once, "outbox: in order": delivered_in_order, "outbox: no dead letters": deliveries_dead,
    }
