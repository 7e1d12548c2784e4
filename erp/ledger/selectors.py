"""What the books say."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from django.db import connection
from django.db.models import Q

from erp.ledger.models import Account, AccountAssignment
from erp.ledger.roles import AccountRole
from erp.ledger.rules import Accounts, Assigned, Wanted
from suite.kernel.money.rules import ZERO
from suite.kernel.products.models import Product


def accounts_of(company_id: int, product_ids: Iterable[int] = ()) -> Accounts:
    """All account roles of a company, with what these products, or their categories, have of their own."""
    product_ids = set(product_ids)
    rows = AccountAssignment.objects.filter(Q(product=None) | Q(product__in=product_ids), company_id=company_id)
    assigned = [Assigned(*row) for row in rows.values_list("role", "account_id", "product_id", "category_id", "warehouse_id")]
    categories = {}
    if product_ids and any(row.category_id for row in assigned):
        categories = dict(Product.objects.filter(pk__in=product_ids, category__isnull=False).values_list("pk", "category_id"))
    return Accounts(assigned, categories)


def accounts_for(company_id: int, wanted: Iterable[Wanted | AccountRole]) -> dict[Wanted | AccountRole, int]:
    """The account (key) that plays each wanted role, in one query (two where categories matter). Raises Refusal naming a missing role."""
    wanted = set(wanted)
    accounts = accounts_of(company_id, {item.product_id for item in wanted if isinstance(item, Wanted) and item.product_id})
    return {item: accounts.of(item) for item in wanted}


class BalanceRow(NamedTuple):
    """An account over a time: net at its start (debit above zero), movements, net at its end. Company currency."""

    account: Account
    opening: Decimal
    debit: Decimal
    credit: Decimal

    @property
    def closing(self) -> Decimal:
        return self.opening + self.debit - self.credit


_TOTALS = """
    SELECT account_id, sum(opening), sum(debit), sum(credit) FROM (
        SELECT account_id, 0::numeric AS opening, debit, credit FROM {totals}(%(company)s, %(on)s, %(closing)s{more})
        UNION ALL
        SELECT account_id, debit - credit, -debit, -credit FROM {totals}(%(company)s, %(before)s, %(closing)s{more})
         WHERE %(before)s::date IS NOT NULL
    ) x GROUP BY 1
"""
_NOW = _TOTALS.format(totals="erp_account_totals", more="")
_THEN = _TOTALS.format(totals="erp_account_totals_known", more=", %(known)s")


def account_totals(
    company_id: int, on: date, before: date | None = None, *, with_closing: bool = True, known_at: datetime | None = None,
) -> dict[int, tuple[Decimal, Decimal, Decimal]]:
    """{account key: (opening, debit, credit)} from the day after `before` (or from the beginning) up to `on`; one statement, one snapshot.

    `known_at` (from erp.knowledge.selectors.known_until): without what was posted after it.
    """
    with connection.cursor() as cursor:
        values = {"company": company_id, "on": on, "before": before, "closing": with_closing, "known": known_at}
        cursor.execute(_NOW if known_at is None else _THEN, values)
        return {account_id: (opening, debit, credit) for account_id, opening, debit, credit in cursor}


_OF_VALUE = """
    SELECT account_id, sum(opening), sum(debit), sum(credit) FROM (
        SELECT account_id, 0::numeric AS opening, debit, credit
          FROM erp_value_totals(%(company)s, %(value)s, (%(before)s::date + 1), %(on)s, %(known)s::timestamptz)
        UNION ALL
        SELECT account_id, debit - credit, 0, 0 FROM erp_value_totals(%(company)s, %(value)s, NULL, %(before)s::date, %(known)s::timestamptz)
         WHERE %(before)s::date IS NOT NULL
    ) x GROUP BY 1
"""


def value_totals(
    company_id: int, value_id: int, on: date, before: date | None = None, *, known_at: datetime | None = None,
) -> dict[int, tuple[Decimal, Decimal, Decimal]]:
    """As account_totals, of the lines that bear a value of an analytic dimension, or one below it."""
    with connection.cursor() as cursor:
        cursor.execute(_OF_VALUE, {"company": company_id, "value": value_id, "on": on, "before": before, "known": known_at})
        return {account_id: (opening, debit, credit) for account_id, opening, debit, credit in cursor}


def trial_balance(
    company_id: int, on: date, before: date | None = None, *, with_closing: bool = True, known_at: datetime | None = None, value_id: int | None = None,
) -> list[BalanceRow]:
    """Every account that ever moved, by code. `before` is the last day that counts as opening balance; `known_at` as in account_totals;
    `value_id`: only lines with that value of a dimension."""
    if value_id is None:
        totals = account_totals(company_id, on, before, with_closing=with_closing, known_at=known_at)
    else:
        totals = value_totals(company_id, value_id, on, before, known_at=known_at)
    accounts = Account.objects.filter(company_id=company_id, pk__in=totals).order_by("code")
    return [BalanceRow(account, *totals[account.pk]) for account in accounts]


def prepaid_unpaid(company_id: int, on: date, known_at: datetime | None = None) -> Decimal:
    """Revenue deferred by invoices issued in advance, as far as they are not paid at a date, as known at a time (None: now)."""
    with connection.cursor() as cursor:
        cursor.execute(_PREPAID, {"company": company_id, "on": on, "known": known_at})
        return cursor.fetchone()[0]


_PREPAID = """
    SELECT coalesce(sum(least(d.deferred, o.left_open)), 0) FROM (
        SELECT l.invoice_id, -sum(c.amount) AS deferred
          FROM erp_clearingitem c JOIN erp_journalentry e ON e.id = c.entry_id AND e.ledger_date <= %(on)s
          JOIN erp_customerinvoiceline l ON c.line_key = 'erp.customerinvoiceline:' || l.id
         WHERE c.company_id = %(company)s AND c.role = 'DEFERRED_REVENUE'
           AND NOT EXISTS (SELECT 1 FROM erp_knownentry k WHERE k.entry_id = e.id AND k.known_at > %(known)s)
         GROUP BY 1 HAVING sum(c.amount) < 0
    ) d JOIN erp_customerinvoice i ON i.id = d.invoice_id
    JOIN LATERAL (
        SELECT sum(o.amount - coalesce((
                   SELECT sum(a.amount) FROM erp_allocation a WHERE a.debit_item_id = o.id AND a.allocated_on <= %(on)s
                      AND NOT EXISTS (SELECT 1 FROM erp_knownallocation k WHERE k.allocation_id = a.id AND k.known_at > %(known)s)), 0)) AS left_open
          FROM erp_openitem o WHERE o.entry_id = i.entry_id AND o.amount > 0
    ) o ON o.left_open > 0"""


def balance_of(company_id: int, role: AccountRole, on: date) -> Decimal:
    """Net of the account that plays a role for the company (debit above zero)."""
    account_id = accounts_of(company_id).of(role)
    opening, debit, credit = account_totals(company_id, on).get(account_id, (ZERO, ZERO, ZERO))
    return opening + debit - credit
