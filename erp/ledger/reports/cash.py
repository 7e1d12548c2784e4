"""Cash flow, from the counter-accounts of cash and from the result; both are the change in bank and cash."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from erp.knowledge.reports import known_facts
from erp.knowledge.selectors import known_until
from erp.ledger.links import ledger_of
from erp.ledger.models import Account, AccountAssignment
from erp.ledger.roles import AccountRole
from erp.ledger.rules import RESULT_TYPES
from erp.ledger.selectors import BalanceRow
from erp.ledger.selectors import trial_balance as balances
from suite.kernel.money.rules import ZERO
from suite.resources.report_tables import Column, Table

INVESTING = {AccountRole.FA_COST, AccountRole.CWIP, AccountRole.ACCUM_DEPRECIATION, AccountRole.GAIN_LOSS_ON_DISPOSAL}
FINANCING = {AccountRole.SHARE_CAPITAL, AccountRole.RETAINED_EARNINGS, AccountRole.DIVIDENDS_PAYABLE, AccountRole.OPENING_BALANCE_EQUITY}

# Entries that touch cash: what their other lines say it was for. An entry balances, so these lines sum to the change in cash.
_COUNTER = """
SELECT l.account_id, sum(l.credit - l.debit) FROM erp_journalline l
 WHERE l.company_id = %(company)s AND l.ledger_date BETWEEN %(start)s AND %(end)s AND NOT l.account_id = ANY(%(cash)s)
   AND EXISTS (SELECT 1 FROM erp_journalline c WHERE c.entry_id = l.entry_id AND c.account_id = ANY(%(cash)s))
   AND EXISTS (SELECT 1 FROM erp_journalentry e WHERE e.id = l.entry_id AND e.status = 'posted')
   AND NOT EXISTS (SELECT 1 FROM erp_knownentry k WHERE k.entry_id = l.entry_id AND k.known_at > %(known)s)
 GROUP BY 1 HAVING sum(l.credit - l.debit) <> 0"""


def cash_flow(
    *, company_id: int, starts_on: date, ends_on: date, method: str = "direct", known_at: datetime | None = None,
) -> Table:
    """Money that came in (above zero) and went out, by what it was for: operating, investing, financing. The total is the change in bank
    and cash, whichever method: "direct" follows counter-accounts, "indirect" starts from the result."""
    known = known_until(company_id, known_at)
    moved = balances(company_id, ends_on, starts_on - timedelta(days=1), with_closing=False, known_at=known)
    cash = cash_accounts(company_id)
    parts = _direct(company_id, starts_on, ends_on, cash, known) if method == "direct" else _indirect(moved, cash)
    roles = _activities(company_id)
    rows: list[dict[str, Any]] = []
    total = ZERO
    for activity, title in (("operating", _("Operating")), ("investing", _("Investing")), ("financing", _("Financing"))):
        lines = [
            {"code": account.code, "name": account.name, "amount": amount, "level": 1, "link": ledger_of(account, ends_on, starts_on)}
            for account, amount in parts if account is not None and roles[account.pk] == activity
        ]
        if activity == "operating":
            lines = [
                {"code": "", "name": _("Result"), "amount": amount, "level": 1} for account, amount in parts if account is None
            ] + lines
        subtotal = sum((line["amount"] for line in lines), ZERO)
        rows += [
            {"code": "", "name": title, "amount": None, "is_heading": True}, *lines,
            {"code": "", "name": _("Total %(section)s") % {"section": title}, "amount": subtotal, "is_total": True},
        ]
        total += subtotal
    opening = sum((row.opening for row in moved if row.account.pk in cash), ZERO)
    closing = sum((row.closing for row in moved if row.account.pk in cash), ZERO)
    rows += [
        {"code": "", "name": _("Bank and cash at the start"), "amount": opening},
        {"code": "", "name": _("Bank and cash at the end"), "amount": closing, "is_total": True},
    ]
    return Table(
        [Column("code", _("Account")), Column("name", _("Name"), link="link"), Column("amount", _("Amount"), "money")], rows,
        {"code": _("Change in bank and cash"), "amount": total}, facts=known_facts(known),
        extra={"change": total, "opening": opening, "closing": closing},
    )


def cash_accounts(company_id: int) -> set[int]:
    """The accounts that are money: those with the role BANK, and those of bank and cash accounts."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT account_id FROM erp_accountassignment WHERE company_id = %s AND role = %s"
            " UNION SELECT account_id FROM erp_bankaccount WHERE company_id = %s", [company_id, AccountRole.BANK.value, company_id],
        )
        return {row[0] for row in cursor.fetchall()}


def _direct(company_id: int, start: date, end: date, cash: set[int], known: datetime | None) -> list[tuple[Account | None, Decimal]]:
    with connection.cursor() as cursor:
        cursor.execute(_COUNTER, {"company": company_id, "start": start, "end": end, "cash": sorted(cash), "known": known})
        found = dict(cursor.fetchall())
    accounts = Account.objects.in_bulk(found)
    return sorted(((accounts[pk], amount) for pk, amount in found.items()), key=lambda part: part[0].code)


def _indirect(moved: list[BalanceRow], cash: set[int]) -> list[tuple[Account | None, Decimal]]:
    """The result, and what the other balance accounts did to cash: an asset that grew took money, a debt that grew brought some."""
    result = sum((row.credit - row.debit for row in moved if row.account.type in RESULT_TYPES), ZERO)
    others = [
        (row.account, row.credit - row.debit) for row in moved
        if row.account.type not in RESULT_TYPES and row.account.pk not in cash and row.credit != row.debit
    ]
    return [(None, result), *others]


def _activities(company_id: int) -> defaultdict[int, str]:
    """What an account's money is for, by the roles it plays; operating unless a role says otherwise."""
    found: defaultdict[int, str] = defaultdict(lambda: "operating")
    for account_id, role in AccountAssignment.objects.filter(company_id=company_id).values_list("account_id", "role"):
        if role in INVESTING:
            found[account_id] = "investing"
        elif role in FINANCING:
            found[account_id] = "financing"
    return found
