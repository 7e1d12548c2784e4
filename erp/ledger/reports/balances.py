"""Trial balance, profit and loss, balance sheet: balances per account, each drilling to the account's lines."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from erp.ledger.links import ledger_of
from erp.ledger.models import Account
from erp.ledger.roles import AccountRole
from erp.ledger.rules import RESULT_TYPES
from erp.ledger.selectors import BalanceRow, accounts_of, prepaid_unpaid
from erp.ledger.selectors import trial_balance as balances
from suite.kernel.money.rules import ZERO
from suite.resources.reporting import Column, Table

Type = Account.Type


def _inside(title: str) -> str:
    """A heading inside a phrase: English writes it small, German keeps its nouns large."""
    return title.lower() if (get_language() or "en").startswith("en") else title


def trial_balance(*, company_id: int, on: date, starts_on: date | None = None) -> Table:
    """Every account: balance before `starts_on` (without it: nothing), debits and credits since, balance on the day. Both sides are equal."""
    rows = [
        {
            "code": row.account.code, "name": row.account.name, "opening": row.opening, "debit": row.debit, "credit": row.credit,
            "closing": row.closing, "link": ledger_of(row.account, on, starts_on),
        }
        for row in balances(company_id, on, starts_on and starts_on - timedelta(days=1))
    ]
    sums = {name: sum((row[name] for row in rows), ZERO) for name in ("opening", "debit", "credit", "closing")}
    return Table(
        [
            Column("code", _("Account")), Column("name", _("Name"), link="link"),
            *([Column("opening", _("Opening"), "money")] if starts_on else []),
            Column("debit", _("Debit"), "money"), Column("credit", _("Credit"), "money"), Column("closing", _("Balance"), "money"),
        ],
        rows, {"code": _("Total"), **sums},
    )


def profit_and_loss(*, company_id: int, starts_on: date, ends_on: date) -> Table:
    """Income and expense of a time, year-end entries left out; income above zero, expense below, the result last."""
    rows: list[dict[str, Any]] = []
    found = balances(company_id, ends_on, starts_on - timedelta(days=1), with_closing=False)
    result = ZERO
    for kind, title in ((Type.INCOME, _("Income")), (Type.EXPENSE, _("Expense"))):
        lines, total = _section(found, kind, title, lambda row: row.credit - row.debit, (ends_on, starts_on))
        rows += lines
        result += total
    return Table(
        [Column("code", _("Account")), Column("name", _("Name"), link="link"), Column("amount", _("Amount"), "money")], rows,
        {"code": _("Result"), "amount": result},
    )


def balance_sheet(*, company_id: int, on: date) -> Table:
    """Assets against liabilities and equity, with the result not yet closed. Invoices issued in advance and not paid are netted
    (receivables against deferred revenue), here only: the ledger keeps both."""
    found = balances(company_id, on)
    current = sum((-row.closing for row in found if row.account.type in RESULT_TYPES), ZERO)
    netted = prepaid_unpaid(company_id, on)
    accounts = accounts_of(company_id) if netted else None
    shift = {accounts.of(AccountRole.AR): -netted, accounts.of(AccountRole.DEFERRED_REVENUE): netted} if accounts else {}
    rows, totals = [], {}
    for kind, title, sign in ((Type.ASSET, _("Assets"), 1), (Type.LIABILITY, _("Liabilities"), -1), (Type.EQUITY, _("Equity"), -1)):
        lines, totals[kind] = _section(
            found, kind, title, lambda row, sign=sign: sign * (row.closing + shift.get(row.account.pk, ZERO)), (on, None), is_total=False,
        )
        if kind == Type.EQUITY:
            lines.append({"code": "", "name": _("Result of the year so far"), "amount": current, "level": 1})
            totals[kind] += current
        lines.append({"code": "", "name": _("Total %(section)s") % {"section": _inside(title)}, "amount": totals[kind], "is_total": True})
        rows += lines
    note = _("Invoices issued in advance and not paid are netted: %(amount)s.") % {"amount": netted} if netted else ""
    return Table(
        [Column("code", _("Account")), Column("name", _("Name"), link="link"), Column("amount", _("Amount"), "money")], rows,
        {"code": _("Assets less liabilities and equity"), "amount": totals[Type.ASSET] - totals[Type.LIABILITY] - totals[Type.EQUITY]}, note=note,
    )


def _section(
    found: Iterable[BalanceRow], kind: str, title: str, amount_of, dates: tuple[date, date | None], *, is_total: bool = True,
) -> tuple[list[dict[str, Any]], Decimal]:
    lines = [
        {"code": row.account.code, "name": row.account.name, "amount": amount, "level": 1, "link": ledger_of(row.account, *dates)}
        for row in found if row.account.type == kind and (amount := amount_of(row))
    ]
    total = sum((line["amount"] for line in lines), ZERO)
    head = {"code": "", "name": title, "amount": None, "is_heading": True}
    foot = [{"code": "", "name": _("Total %(section)s") % {"section": _inside(title)}, "amount": total, "is_total": True}] if is_total else []
    return [head, *lines, *foot], total
