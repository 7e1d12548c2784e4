"""What the finance amounts add up to in the suite's own tables, against the totals of the source."""

from dataclasses import dataclass, field
from decimal import Decimal

from django.db import connection

from integration.profiles.adventureworks_finance.books import PREFIX, Books
from integration.profiles.adventureworks_finance.source import ACTUAL, BUDGET, CREDIT_TYPES, ORACLE, Source
from integration.profiles.figures import Difference

_ENTRIES = """
    SELECT l.account_id, extract(year FROM l.ledger_date)::int, sum(l.debit - l.credit), count(*)
      FROM erp_journalentry e JOIN erp_journalline l ON l.entry_id = e.id
     WHERE e.company_id = %s AND e.source_key LIKE %s AND e.reverses_id IS NULL AND e.status = 'posted' GROUP BY 1, 2"""
_BUDGETS = """
    SELECT l.account_id, extract(year FROM p.starts_on)::int, sum(l.amount), count(*)
      FROM erp_budget b JOIN erp_budgetline l ON l.budget_id = b.id JOIN kernel_period p ON p.id = l.period_id
     WHERE b.company_id = %s AND b.status = 'active' AND b.edition = 1 GROUP BY 1, 2"""


@dataclass
class Totals:
    """Counts, and every difference from the source."""

    amounts: int
    zero_amounts: int
    entry_lines: int = 0
    budgets: int = 0
    budget_lines: int = 0
    compared: int = 0
    differences: list[Difference] = field(default_factory=list)


def add_up(books: Books, source: Source) -> Totals:
    """Sums by scenario, the source's type of account and year, each compared with its total; two statements."""
    totals = Totals(len(source.amounts), sum(1 for amount in source.amounts if not amount.amount))
    types = {books.accounts[key]: account.source_type for key, account in source.accounts.items()}
    found: dict[tuple[str, str, int], Decimal] = {}
    with connection.cursor() as cursor:
        cursor.execute(_ENTRIES, [books.company.pk, f"{PREFIX}%"])
        for account_id, year, net, count in cursor.fetchall():
            if account_id in types:
                totals.entry_lines += count
                key = (ACTUAL, types[account_id], year)
                found[key] = found.get(key, Decimal(0)) + (-net if types[account_id] in CREDIT_TYPES else net)
        cursor.execute(_BUDGETS, [books.company.pk])
        for account_id, year, amount, count in cursor.fetchall():
            totals.budget_lines += count
            key = (BUDGET, types[account_id], year)
            found[key] = found.get(key, Decimal(0)) + amount
        cursor.execute("SELECT count(*) FROM erp_budget WHERE company_id = %s AND status = 'active'", [books.company.pk])
        totals.budgets = cursor.fetchone()[0]
    totals.compared = len(source.totals)
    for key in sorted(source.totals.keys() | found.keys()):
        expected, is_there = source.totals.get(key), found.get(key)
        if expected != is_there:
            totals.differences.append(Difference(ORACLE, f"scenario {key[0]}, {key[1]}, {key[2]}", str(expected), str(is_there)))
    expected_lines = sum(1 for amount in source.amounts if amount.scenario == ACTUAL and amount.amount)
    if totals.entry_lines != expected_lines:
        totals.differences.append(Difference(ORACLE, "lines of entries", str(expected_lines), str(totals.entry_lines)))
    return totals
