"""What budgets say, and what became of them."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from django.db import connection
from django.db.models import QuerySet

from erp.budgets.models import Budget, BudgetLine
from erp.budgets.rules import TYPES
from erp.ledger.models import Account
from suite.kernel.calendars.models import FiscalYear, Period
from suite.kernel.money.models import Currency

Key = tuple[int, int | None]


class VarianceRow(NamedTuple):
    """A budget line beside what became of it in a period; all on the natural side of the account. `is_budgeted` false: no line covers it."""

    account_id: int
    value_id: int | None
    is_budgeted: bool
    period_id: int
    budgeted: Decimal
    actual: Decimal
    requested: Decimal
    ordered: Decimal

    @property
    def committed(self) -> Decimal:
        """What requests and orders will still cost."""
        return self.requested + self.ordered


def variance_of(budget_id: int, starts_on: date, ends_on: date, known_at: datetime | None = None) -> list[VarianceRow]:
    """Budget, actual and committed per account, value and period, from a day to a day; one statement, one snapshot."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM erp_budget_variance(%s, %s, %s, %s)", [budget_id, starts_on, ends_on, known_at])
        return [VarianceRow(*row) for row in cursor.fetchall()]


class Change(NamedTuple):
    """A line that two versions have differently; None: not there."""

    account_id: int
    value_id: int | None
    period_id: int
    before: Decimal | None
    after: Decimal | None


def changes_between(before_id: int, after_id: int) -> list[Change]:
    """The lines that two budgets do not have the same. One statement."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM erp_budget_changes(%s, %s)", [before_id, after_id])
        return [Change(*row) for row in cursor.fetchall()]


def periods_of(year_id: int) -> list[Period]:
    """The periods of a year that a budget is made for, in order."""
    return list(Period.objects.filter(year_id=year_id, is_closing=False).order_by("starts_on"))


def accounts_of_kind(company_id: int, kind: str) -> QuerySet[Account]:
    """The accounts that a budget of a kind may have lines on."""
    found = Account.objects.filter(company_id=company_id, type__in=TYPES[kind], is_heading=False).order_by("code")
    return found.filter(control="") if kind == Budget.Kind.INVESTMENT else found


def digits_of(budget: Budget) -> int:
    """Digits behind the point of the budget's currency."""
    return Currency.objects.values_list("digits", flat=True).get(code=budget.currency_id)


def cells_of(budget: Budget) -> dict[Key, dict[int, Decimal]]:
    """{(account, value): {period: amount}} in the order of the accounts."""
    found: dict[Key, dict[int, Decimal]] = {}
    lines = BudgetLine.objects.filter(budget=budget).order_by("account__code", "value__code", "period__starts_on")
    for account_id, value_id, period_id, amount in lines.values_list("account_id", "value_id", "period_id", "amount"):
        found.setdefault((account_id, value_id), {})[period_id] = amount
    return found


def year_before(year: FiscalYear) -> FiscalYear | None:
    """The fiscal year that ends before this one begins."""
    return FiscalYear.objects.filter(company_id=year.company_id, ends_on__lt=year.starts_on).order_by("-ends_on").first()


def actuals_of_year_before(budget: Budget, keys: Iterable[Key]) -> dict[Key, list[Decimal]]:
    """What each of the keys had in the periods of the year before, in the order of this year's periods; keys that nothing moved are left out.

    A key without a value stands for the whole account, one with a value for what bears it or a value below it.
    """
    before = year_before(budget.year)
    if before is None:
        return {}
    then, now = periods_of(before.pk), periods_of(budget.year_id)
    place = {period.pk: at for at, period in enumerate(then)}
    found: dict[Key, list[Decimal]] = {}
    wanted = set(keys)
    with connection.cursor() as cursor:
        cursor.execute(_BEFORE, {
            "company": budget.company_id, "year": before.pk, "from": before.starts_on, "to": before.ends_on, "scope": budget.scope_id,
            "accounts": sorted({account for account, _value in wanted}), "values": sorted({value for _account, value in wanted if value}),
        })
        for account_id, value_id, period_id, amount in cursor.fetchall():
            if (account_id, value_id) in wanted and place[period_id] < len(now):
                found.setdefault((account_id, value_id), [Decimal(0)] * len(now))[place[period_id]] = amount
    return found


_BEFORE = """
    WITH RECURSIVE down(above_id, id) AS (
        SELECT v, v FROM unnest(%(values)s::bigint[] || coalesce(%(scope)s::bigint, 0)) v
        UNION ALL SELECT down.above_id, v.id FROM down JOIN erp_dimensionvalue v ON v.parent_id = down.id
    ), moved AS (
        SELECT l.id, l.account_id, p.id AS period_id, (l.debit - l.credit) * CASE a.type WHEN 'income' THEN -1 ELSE 1 END AS amount
          FROM erp_journalline l JOIN erp_account a ON a.id = l.account_id
          JOIN kernel_period p ON p.year_id = %(year)s AND NOT p.is_closing AND l.ledger_date BETWEEN p.starts_on AND p.ends_on
         WHERE l.company_id = %(company)s AND l.account_id = ANY (%(accounts)s::bigint[]) AND l.ledger_date BETWEEN %(from)s AND %(to)s
           AND l.entry_id NOT IN (SELECT e.id FROM erp_journalentry e JOIN kernel_period q ON q.id = e.period_id WHERE q.year_id = %(year)s AND q.is_closing)
           AND (%(scope)s::bigint IS NULL OR EXISTS (
                SELECT 1 FROM erp_journallinedimension d JOIN down ON down.id = d.value_id AND down.above_id = %(scope)s::bigint WHERE d.line_id = l.id))
    )
    SELECT account_id, NULL::bigint, period_id, sum(amount) FROM moved GROUP BY 1, 3
    UNION ALL
    SELECT m.account_id, down.above_id, m.period_id, sum(m.amount) FROM moved m JOIN erp_journallinedimension d ON d.line_id = m.id
      JOIN down ON down.id = d.value_id AND down.above_id = ANY (%(values)s::bigint[]) GROUP BY 1, 2, 3"""
