"""Budget against actual and committed, and what a version changed."""

from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from erp.budgets.models import Budget
from erp.budgets.selectors import VarianceRow, changes_between, periods_of, variance_of
from erp.dimensions.models import DimensionValue
from erp.dimensions.selectors import values_below
from erp.knowledge.reports import known_facts
from erp.knowledge.selectors import known_until
from erp.ledger.links import ledger_of
from erp.ledger.models import Account
from suite.kernel.documents.errors import Refusal
from suite.kernel.money.rules import ZERO
from suite.resources.report_tables import Column, Table

PARTS = ("budget", "actual", "committed", "variance")
NAMES = tuple(f"{span}_{part}" for span in ("month", "year") for part in PARTS)
KINDS = {
    Budget.Kind.EXPENSE: (Account.Type.EXPENSE,), Budget.Kind.RESULT: (Account.Type.INCOME, Account.Type.EXPENSE),
    Budget.Kind.INVESTMENT: (Account.Type.ASSET,),
}
Sums = dict[str, Decimal]


def budget_variance(
    *, company_id: int, budget: Budget, on: date, value: DimensionValue | None = None, by_value: bool = False, known_at: datetime | None = None,
) -> Table:
    """Each account of the chart's tree: budget, actual, committed and variance of the month of `on` and of the year to it (whole months of budget).

    Amounts stand on the account's natural side; a variance above zero is favourable: less spent or more earned. Accounts that no line covers
    are shown with a budget of zero. `value`: only lines of that value or one below; `by_value`: each value on a row of its own. One statement.
    Raises Refusal for a day outside the budget's year.
    """
    year = budget.year
    month = next((period for period in periods_of(year.pk) if period.starts_on <= on <= period.ends_on), None)
    if budget.company_id != company_id or month is None:
        raise Refusal(_("The day lies outside the year of the budget; no report was made."), field="on", code="outside_the_year")
    known = known_until(company_id, known_at)
    of_values = values_below(value) if value else None
    sums: dict[int, dict[int | None, Sums]] = defaultdict(dict)
    unbudgeted: set[tuple[int, int | None]] = set()
    for row in variance_of(budget.pk, year.starts_on, on, known):
        if of_values is None or row.value_id in of_values:
            _add(sums[row.account_id].setdefault(row.value_id, dict.fromkeys(NAMES, ZERO)), row, row.period_id == month.pk)
            if not row.is_budgeted and not row.budgeted:
                unbudgeted.add((row.account_id, row.value_id))
    accounts = {account.pk: account for account in Account.objects.filter(company_id=company_id)}
    names = {one.pk: (one.code, one.name) for one in DimensionValue.objects.filter(pk__in={key for per in sums.values() for key in per if key})}
    links = _Links(budget, on, month.starts_on, known)
    rows, result = _tree(accounts, sums, names if by_value else {}, links, unbudgeted)
    facts = [(_("Budget"), str(budget)), (_("Year to"), date_format(on, "DATE_FORMAT")), *([(_("Dimension value"), str(value))] if value else [])]
    return Table(_columns(), rows, {"name": _("Result") if budget.kind == Budget.Kind.RESULT else _("Total"), **result}, facts=(*facts, *known_facts(known)))


def _add(sums: Sums, row: VarianceRow, is_month: bool) -> None:
    for span in ("year", *(("month",) if is_month else ())):
        sums[f"{span}_budget"] += row.budgeted
        sums[f"{span}_actual"] += row.actual
        sums[f"{span}_committed"] += row.committed


class _Links:
    """Where cells lead: the entries of the account, and its commitments."""

    def __init__(self, budget: Budget, on: date, month_starts: date, known: datetime | None) -> None:
        self.budget, self.on, self.month_starts, self.known = budget, on, month_starts, known
        self.commitments = reverse("erp:budgetcommitmentline_list")

    def of(self, account: Account, value_id: int | None) -> dict[str, str]:
        value_id = value_id or self.budget.scope_id
        committed = f"{self.commitments}?{urlencode({'account': account.pk})}"
        return {
            "month_link": ledger_of(account, self.on, self.month_starts, self.known, value_id),
            "year_link": ledger_of(account, self.on, self.budget.year.starts_on, self.known, value_id), "committed_link": committed,
        }


def _finished(sums: Sums, *, is_income: bool) -> Sums:
    for span in ("month", "year"):
        used = sums[f"{span}_actual"] + sums[f"{span}_committed"]
        sums[f"{span}_variance"] = used - sums[f"{span}_budget"] if is_income else sums[f"{span}_budget"] - used
    return sums


def _tree(
    accounts: dict[int, Account], sums: dict[int, dict[int | None, Sums]], value_names: dict[int, tuple[str, str]], links: _Links,
    unbudgeted: set[tuple[int, int | None]],
) -> tuple[list[dict[str, Any]], Sums]:
    """Rows of the tree and their sum. Where income and expense are in one budget, what is of the other kind than its heading counts against it."""
    kinds = KINDS[links.budget.kind]
    below: dict[int | None, list[Account]] = defaultdict(list)
    for account in sorted(accounts.values(), key=lambda one: one.code):
        below[account.parent_id].append(account)
    result = dict.fromkeys(NAMES, ZERO)

    def walk(account: Account, level: int) -> tuple[list[dict[str, Any]], Sums]:
        own, is_income = sums.get(account.pk, {}), account.type == Account.Type.INCOME
        total, rows = dict.fromkeys(NAMES, ZERO), []
        for value_id in sorted(own, key=lambda pk: value_names.get(pk, ("", ""))):
            values = _finished(own[value_id], is_income=is_income)
            total = {name: total[name] + values[name] for name in NAMES}
            if value_names:
                code, name = value_names.get(value_id) or ("–", _("not budgeted") if (account.pk, value_id) in unbudgeted else _("without a value"))
                rows.append({"code": code, "name": name, **values, "level": min(level + 1, 3), **links.of(account, value_id)})
        for child in below[account.pk]:
            child_rows, child_sums = walk(child, level + 1)
            rows += child_rows
            sign = -1 if len(kinds) > 1 and (child.type == Account.Type.INCOME) != (account.type == Account.Type.INCOME) else 1
            total = {name: total[name] + (child_sums[name] if name.endswith("variance") else sign * child_sums[name]) for name in NAMES}
        if not rows and not own:
            return [], total
        head = {"code": account.code, "name": account.name, **total, "level": min(level, 3), "is_heading": bool(below[account.pk]),
                **(links.of(account, None) if own else {})}
        return [head, *rows], total

    rows: list[dict[str, Any]] = []
    for kind in kinds:
        part: list[dict[str, Any]] = []
        total = dict.fromkeys(NAMES, ZERO)
        for account in below[None]:
            if kind == (account.type if account.type in kinds else kinds[-1]):
                found, values = walk(account, 1)
                part += found
                total = {name: total[name] + values[name] for name in NAMES}
        if part:
            rows += [{"name": kind.label, "is_heading": True}, *part, {"name": _("Total %(section)s") % {"section": kind.label}, **total, "is_total": True}]
            sign = -1 if len(kinds) > 1 and kind == Account.Type.EXPENSE else 1
            result = {name: result[name] + (total[name] if name.endswith("variance") else sign * total[name]) for name in NAMES}
    return rows, result


def _columns() -> list[Column]:
    return [
        Column("code", _("Account")), Column("name", _("Name")),
        Column("month_budget", _("Month: budget"), "money"), Column("month_actual", _("Actual"), "money", link="month_link"),
        Column("month_committed", _("Committed"), "money", link="committed_link"), Column("month_variance", _("Variance"), "money"),
        Column("year_budget", _("Year to date: budget"), "money"), Column("year_actual", _("Actual"), "money", link="year_link"),
        Column("year_committed", _("Committed"), "money", link="committed_link"), Column("year_variance", _("Variance"), "money"),
    ]


def budget_changes(*, company_id: int, before: Budget, after: Budget) -> Table:
    """The lines that two versions do not have the same: amounts of both and the difference. One statement, and names. Raises Refusal."""
    if {before.company_id, after.company_id} != {company_id}:
        raise Refusal(_("There is no such budget; no report was made."), code="no_such_budget")
    found = changes_between(before.pk, after.pk)
    accounts = Account.objects.in_bulk({change.account_id for change in found})
    values = DimensionValue.objects.in_bulk({change.value_id for change in found if change.value_id})
    periods = {period.pk: period for period in (*periods_of(before.year_id), *periods_of(after.year_id))}
    found.sort(key=lambda one: (accounts[one.account_id].code, str(values.get(one.value_id, "")), periods[one.period_id].starts_on))
    rows = [
        {
            "code": accounts[one.account_id].code, "name": accounts[one.account_id].name, "value": str(values.get(one.value_id, "")),
            "period": date_format(periods[one.period_id].starts_on, "YEAR_MONTH_FORMAT"), "before": one.before, "after": one.after,
            "change": (one.after or ZERO) - (one.before or ZERO),
        }
        for one in found
    ]
    totals = {name: sum((row[name] or ZERO for row in rows), ZERO) for name in ("before", "after", "change")}
    return Table(
        [
            Column("code", _("Account")), Column("name", _("Name")), Column("value", _("Dimension value")), Column("period", _("Period")),
            Column("before", str(before), "money"), Column("after", str(after), "money"), Column("change", _("Change"), "money"),
        ],
        rows, {"code": _("Total"), **totals}, facts=((_("From version"), str(before)), (_("To version"), str(after))),
    )
