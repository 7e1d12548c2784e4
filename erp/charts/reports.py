"""The chart as a tree with balances."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from erp.knowledge.reports import known_facts
from erp.knowledge.selectors import known_until
from erp.ledger.links import ledger_of
from erp.ledger.models import Account
from erp.ledger.selectors import account_totals
from suite.kernel.money.rules import ZERO
from suite.resources.report_tables import Column, Table


def account_tree(*, company_id: int, on: date, known_at: datetime | None = None) -> Table:
    """Every account below the one it is part of, with its balance at a date (debit above zero); what has accounts below adds them up."""
    known = known_until(company_id, known_at)
    balances = {pk: opening + debit - credit for pk, (opening, debit, credit) in account_totals(company_id, on, known_at=known).items()}
    below: dict[int | None, list[Account]] = {}
    for account in Account.objects.filter(company_id=company_id).order_by("code"):
        below.setdefault(account.parent_id, []).append(account)
    rows: list[dict[str, Any]] = []

    def add(account: Account, level: int) -> Decimal:
        row: dict[str, Any] = {"code": account.code, "name": account.name, "type": account.get_type_display(), "level": level,
                               "is_heading": account.pk in below, "link": "" if account.is_heading else ledger_of(account, on, None, known)}
        rows.append(row)
        row["balance"] = balances.get(account.pk, ZERO) + sum((add(child, level + 1) for child in below.get(account.pk, ())), ZERO)
        return row["balance"]

    total = sum((add(account, 0) for account in below.get(None, ())), ZERO)
    return Table(
        [Column("code", _("Account")), Column("name", _("Name"), link="link"), Column("type", _("Type")), Column("balance", _("Balance"), "money")],
        rows, {"code": _("Total"), "balance": total}, facts=known_facts(known),
    )
