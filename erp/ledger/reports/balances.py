"""Trial balance, profit and loss, balance sheet: balances per account, each drilling to the account's lines."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from erp.dimensions.models import DimensionValue
from erp.knowledge.reports import known_facts
from erp.knowledge.selectors import known_until
from erp.ledger.links import ledger_of
from erp.ledger.models import Account
from erp.ledger.roles import AccountRole
from erp.ledger.rules import RESULT_TYPES
from erp.ledger.selectors import BalanceRow, accounts_of, prepaid_unpaid
from erp.ledger.selectors import trial_balance as balances
from suite.kernel.money.rules import ZERO
from suite.resources.display import money
from suite.resources.report_tables import Column, Table

Type = Account.Type


def inside(title: str) -> str:
    """A heading inside a phrase: English writes it small, German keeps its nouns large."""
    return title.lower() if (get_language() or "en").startswith("en") else title


def trial_balance(
    *, company_id: int, on: date, starts_on: date | None = None, known_at: datetime | None = None, value: DimensionValue | None = None,
) -> Table:
    """Every account: balance before `starts_on` (without it: nothing), debits and credits since, balance on the day. Both sides are equal."""
    known = known_until(company_id, known_at)
    rows = [
        {
            "code": row.account.code, "name": row.account.name, "opening": row.opening, "debit": row.debit, "credit": row.credit,
            "closing": row.closing, "link": ledger_of(row.account, on, starts_on, known, value and value.pk),
        }
        for row in balances(company_id, on, starts_on and starts_on - timedelta(days=1), known_at=known, value_id=value and value.pk)
    ]
    sums = {name: sum((row[name] for row in rows), ZERO) for name in ("opening", "debit", "credit", "closing")}
    return Table(
        [
            Column("code", _("Account")), Column("name", _("Name"), link="link"),
            *([Column("opening", _("Opening"), "money")] if starts_on else []),
            Column("debit", _("Debit"), "money"), Column("credit", _("Credit"), "money"), Column("closing", _("Balance"), "money"),
        ],
        rows, {"code": _("Total"), **sums}, facts=known_facts(known),
    )


def profit_and_loss(
    *, company_id: int, starts_on: date, ends_on: date, compare: str = "", known_at: datetime | None = None, value: DimensionValue | None = None,
) -> Table:
    """Income and expense of a time, year-end entries left out; income above zero, expense below, the result last.

    `compare`: "period" or "year" puts the time before, or the same time a year before, beside it, with the difference.
    `value`: only what bears that value of an analytic dimension, or one below it.
    """
    known = known_until(company_id, known_at)
    times = [(starts_on, ends_on), *([_time_before(starts_on, ends_on, compare)] if compare else [])]
    found = [
        balances(company_id, end, start - timedelta(days=1), with_closing=False, known_at=known, value_id=value and value.pk) for start, end in times
    ]
    rows: list[dict[str, Any]] = []
    results = [ZERO] * len(times)
    for kind, title in ((Type.INCOME, _("Income")), (Type.EXPENSE, _("Expense"))):
        lines, totals = _section(found, kind, title, lambda row, _place: row.credit - row.debit, (ends_on, starts_on, known, value and value.pk))
        rows += lines
        results = [result + total for result, total in zip(results, totals, strict=True)]
    return Table(
        _columns(times, compare), rows, {"code": _("Result"), **_amounts(results)}, facts=known_facts(known),
    )


def balance_sheet(*, company_id: int, on: date, compare: str = "", known_at: datetime | None = None) -> Table:
    """Assets against liabilities and equity, with the result not yet closed. Invoices issued in advance and not paid are netted
    (receivables against deferred revenue), here only: the ledger keeps both. `compare`: "period" is the end of the month before."""
    known = known_until(company_id, known_at)
    days = [on, *([_day_before(on, compare)] if compare else [])]
    found = [balances(company_id, day, known_at=known) for day in days]
    current = [sum((-row.closing for row in rows if row.account.type in RESULT_TYPES), ZERO) for rows in found]
    netted = [prepaid_unpaid(company_id, day, known) for day in days]
    accounts = accounts_of(company_id) if any(netted) else None
    shift = [
        {accounts.of(AccountRole.AR): -amount, accounts.of(AccountRole.DEFERRED_REVENUE): amount} if accounts else {} for amount in netted
    ]
    rows, totals = [], {}
    for kind, title, sign in ((Type.ASSET, _("Assets"), 1), (Type.LIABILITY, _("Liabilities"), -1), (Type.EQUITY, _("Equity"), -1)):
        lines, totals[kind] = _section(
            found, kind, title, lambda row, place, sign=sign: sign * (row.closing + shift[place].get(row.account.pk, ZERO)), (on, None, known, None),
            is_total=False,
        )
        if kind == Type.EQUITY:
            lines.append({"code": "", "name": _("Result of the year so far"), **_amounts(current), "level": 1})
            totals[kind] = [total + result for total, result in zip(totals[kind], current, strict=True)]
        lines.append({"code": "", "name": _("Total %(section)s") % {"section": inside(title)}, **_amounts(totals[kind]), "is_total": True})
        rows += lines
    note = _("Invoices issued in advance and not paid are netted: %(amount)s.") % {"amount": money(netted[0])} if netted[0] else ""
    left = [
        assets - liabilities - equity
        for assets, liabilities, equity in zip(totals[Type.ASSET], totals[Type.LIABILITY], totals[Type.EQUITY], strict=True)
    ]
    return Table(
        _columns([(None, day) for day in days], compare), rows, {"code": _("Assets less liabilities and equity"), **_amounts(left)}, note=note,
        facts=known_facts(known),
    )


def _time_before(starts_on: date, ends_on: date, compare: str) -> tuple[date, date]:
    """The time as long as this one that ends the day before it, in whole months where this one is; or the same a year before."""
    if compare == "year":
        return _year_before(starts_on), _year_before(ends_on)
    if starts_on.day == 1 and (ends_on + timedelta(days=1)).day == 1:
        months = (ends_on.year - starts_on.year) * 12 + ends_on.month - starts_on.month + 1
        first = starts_on.year * 12 + starts_on.month - 1 - months
        return date(first // 12, first % 12 + 1, 1), starts_on - timedelta(days=1)
    return starts_on - (ends_on - starts_on) - timedelta(days=1), starts_on - timedelta(days=1)


def _day_before(on: date, compare: str) -> date:
    return _year_before(on) if compare == "year" else on.replace(day=1) - timedelta(days=1)


def _year_before(on: date) -> date:
    """The same day a year before; the last of a month stays the last."""
    tomorrow = on + timedelta(days=1)
    return tomorrow.replace(year=tomorrow.year - 1) - timedelta(days=1) if tomorrow.day == 1 else on.replace(year=on.year - 1)


def _columns(times: Sequence[tuple[date | None, date]], compare: str) -> list[Column]:
    columns = [Column("code", _("Account")), Column("name", _("Name"), link="link"), Column("amount", _("Amount"), "money")]
    if compare:
        columns += [Column("before", _times(*times[1]), "money"), Column("change", _("Change"), "money")]
    return columns


def _times(start: date | None, end: date) -> str:
    shown = date_format(end, "SHORT_DATE_FORMAT")
    return shown if start is None else f"{date_format(start, 'SHORT_DATE_FORMAT')} – {shown}"


def _amounts(values: Sequence[Decimal]) -> dict[str, Decimal]:
    """The cells of one row: this time, and where it is compared the other time and the difference."""
    return {"amount": values[0]} if len(values) == 1 else {"amount": values[0], "before": values[1], "change": values[0] - values[1]}


def _section(
    found: Sequence[Sequence[BalanceRow]], kind: str, title: str, amount_of: Callable[[BalanceRow, int], Decimal],
    dates: tuple[date, date | None, datetime | None, int | None], *, is_total: bool = True,
) -> tuple[list[dict[str, Any]], list[Decimal]]:
    accounts: dict[int, Account] = {}
    amounts: dict[int, list[Decimal]] = {}
    for place, rows in enumerate(found):
        for row in rows:
            if row.account.type == kind:
                accounts[row.account.pk] = row.account
                amounts.setdefault(row.account.pk, [ZERO] * len(found))[place] = amount_of(row, place)
    lines = [
        {"code": account.code, "name": account.name, **_amounts(amounts[pk]), "level": 1, "link": ledger_of(account, *dates)}
        for pk, account in sorted(accounts.items(), key=lambda item: item[1].code) if any(amounts[pk])
    ]
    totals = [sum((values[place] for values in amounts.values()), ZERO) for place in range(len(found))]
    head = {"code": "", "name": title, "amount": None, "is_heading": True}
    foot = [{"code": "", "name": _("Total %(section)s") % {"section": inside(title)}, **_amounts(totals), "is_total": True}] if is_total else []
    return [head, *lines, *foot], totals
