"""Bringing a chart into a company's books."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils.translation import gettext as _

from erp.charts.rules import ReadAccount, ReadChart, fault, read_chart
from erp.ledger.chart import ChartRow
from erp.ledger.models import Account, AccountAssignment
from suite.kernel.companies.models import Company
from suite.kernel.documents.work import in_unit_of_work


@dataclass(frozen=True)
class Loaded:
    """What became of a chart: accounts that are new, accounts that were there, roles given to accounts of it."""

    chart: ReadChart
    added: int
    known: int
    roles: int


def load_chart(*, company: Company, content: bytes, actor: Any) -> Loaded:
    """The chart's accounts in the company's books: whole or not at all, and loading it again changes nothing.

    Codes that are there already stay as they are. Roles go to accounts of the chart only where no account plays them yet. Raises
    PermissionDenied, or Refusal naming row and column: whatever read_chart refuses, or a code that stands for another type of account.
    """
    if not actor.has_perm("erp.add_account"):
        raise PermissionDenied(_("You may not open accounts."))
    chart = read_chart(content)

    def load() -> Loaded:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('erp.load_chart', %s))", [company.pk])
        before = {account.code: account for account in Account.objects.filter(company=company)}
        for one in chart.accounts:
            there = before.get(one.code)
            if there is not None and there.type != one.type:
                raise fault(one.row, "code", _("The books have %(account)s already, as %(type)s.") % {
                    "account": there, "type": there.get_type_display()}, _("Load the chart into books of their own, or change the code."))
        assigned = set(AccountAssignment.objects.filter(company=company, product=None, category=None, warehouse=None).values_list("role", flat=True))
        made = _open(company, chart, before, assigned)
        roles = [
            AccountAssignment(company=company, role=role, account_id=made[one.code].pk)
            for one in chart.accounts if one.code in made for role in one.roles if role not in assigned
        ]
        AccountAssignment.objects.bulk_create(roles)
        return Loaded(chart, len(made), len(chart.accounts) - len(made), len(roles))

    return in_unit_of_work(load, actor=actor)


def _open(company: Company, chart: ReadChart, before: dict[str, Account], assigned: set[str]) -> dict[str, Account]:
    """The new accounts by code: parents first, level by level."""
    made: dict[str, Account] = {}
    levels: dict[int, list[ReadAccount]] = {}
    depth: dict[int, int] = {}
    for place in range(len(chart.accounts)):
        levels.setdefault(_depth(chart.accounts, place, depth), []).append(chart.accounts[place])
    for _level, accounts in sorted(levels.items()):
        rows = []
        for one in accounts:
            if one.code in before:
                continue
            above = chart.accounts[one.parent].code if one.parent is not None else None
            roles = tuple(role for role in one.roles if role not in assigned)
            rows.append(Account(
                company=company, code=one.code, name=one.name, type=one.type, is_heading=one.is_heading,
                parent=made.get(above) or before.get(above), control=ChartRow(one.code, one.name, one.type, roles).control,
            ))
        Account.objects.bulk_create(rows)
        made.update((row.code, row) for row in rows)
    return made


def _depth(accounts: list[ReadAccount], place: int, known: dict[int, int]) -> int:
    way = []
    while place not in known and accounts[place].parent is not None:
        way.append(place)
        place = accounts[place].parent
    found = known.setdefault(place, 0)
    for one in reversed(way):
        found += 1
        known[one] = found
    return found
