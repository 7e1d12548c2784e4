"""The result beside itself: a column for each value of an analytic dimension."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from erp.dimensions.models import Dimension, DimensionValue
from erp.knowledge.reports import known_facts
from erp.knowledge.selectors import known_until
from erp.ledger.links import ledger_of
from erp.ledger.models import Account
from erp.ledger.reports.balances import inside
from erp.ledger.selectors import account_totals, value_totals
from suite.kernel.money.rules import ZERO
from suite.resources.report_tables import Column, Table


def result_by_dimension(
    *, company_id: int, dimension: Dimension, starts_on: date, ends_on: date, below: DimensionValue | None = None, known_at: datetime | None = None,
) -> Table:
    """Income (above zero) and expense (below) of a time per value: the tops of the dimension's tree, or what lies just below a value.

    Values add up what is booked below them; what bears no value of the dimension, or is booked on `below` itself, stands under Others.
    The columns together are the profit and loss of the time (or the whole of `below`).
    """
    known, before = known_until(company_id, known_at), starts_on - timedelta(days=1)
    values = list(DimensionValue.objects.filter(company_id=company_id, dimension=dimension, parent=below).order_by("code"))
    whole = (
        account_totals(company_id, ends_on, before, with_closing=False, known_at=known) if below is None
        else value_totals(company_id, below.pk, ends_on, before, known_at=known)
    )
    per_value = {value.pk: value_totals(company_id, value.pk, ends_on, before, known_at=known) for value in values}
    rows: list[dict[str, Any]] = []
    names = [*(f"value_{value.pk}" for value in values), "others", "amount"]
    result = dict.fromkeys(names, ZERO)
    for kind, title in ((Account.Type.INCOME, _("Income")), (Account.Type.EXPENSE, _("Expense"))):
        rows.append({"name": title, "is_heading": True})
        sums = dict.fromkeys(names, ZERO)
        for account in Account.objects.filter(company_id=company_id, type=kind, pk__in=whole).order_by("code"):
            link = ledger_of(account, ends_on, starts_on, known, below and below.pk)
            row: dict[str, Any] = {"code": account.code, "name": account.name, "level": 1, "link": link}
            row["amount"] = row["others"] = _moved(whole, account)
            for value in values:
                row[f"value_{value.pk}"] = _moved(per_value[value.pk], account)
                row[f"link_{value.pk}"] = ledger_of(account, ends_on, starts_on, known, value.pk)
                row["others"] -= row[f"value_{value.pk}"]
            if any(row[name] for name in names):
                rows.append(row)
                sums = {name: sums[name] + row[name] for name in names}
        rows.append({"name": _("Total %(section)s") % {"section": inside(title)}, **sums, "is_total": True})
        result = {name: result[name] + sums[name] for name in names}
    return Table(
        [
            Column("code", _("Account")), Column("name", _("Name"), link="link"),
            *(Column(f"value_{value.pk}", str(value), "money", link=f"link_{value.pk}") for value in values),
            Column("others", _("Others"), "money"), Column("amount", _("Together"), "money"),
        ],
        rows, {"code": _("Result"), **result}, facts=((_("Dimension"), str(below or dimension)), *known_facts(known)),
    )


def _moved(totals: dict[int, tuple[Decimal, Decimal, Decimal]], account: Account) -> Decimal:
    _opening, debit, credit = totals.get(account.pk, (ZERO, ZERO, ZERO))
    return credit - debit
