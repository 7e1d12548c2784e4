"""What is set aside for which item, and what would be needed."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from erp.allowances.models import Age, AllowanceRate, NamedRisk
from erp.allowances.rules import Assessed, Risk, assess
from erp.ledger.roles import AccountRole
from erp.receivables.models import ClearingItem, CustomerInvoice, OpenItem
from erp.receivables.selectors import items_as_of
from suite.kernel.companies.models import Company
from suite.kernel.money.rules import ZERO

ITEM = "erp.openitem:"


def set_aside(company_id: int, item_ids: Iterable[int] | None = None) -> dict[int, Decimal]:
    """{open item: what is set aside for it}, of those that have anything; above zero, company currency."""
    rows: QuerySet = ClearingItem.objects.filter(company_id=company_id, role=AccountRole.ALLOWANCE_BAD_DEBT)
    if item_ids is not None:
        rows = rows.filter(line_key__in=[f"{ITEM}{pk}" for pk in item_ids])
    sums = rows.order_by().values_list("line_key").annotate(total=Sum("amount"))
    return {int(key.removeprefix(ITEM)): -total for key, total in sums if total}


def assessment(company_id: int, on: date) -> list[Assessed]:
    """Every item that needs an allowance at a day or has one, by customer's name; what is open then, as it stood then."""
    digits = Company.objects.select_related("currency").get(pk=company_id).currency.digits
    existing = set_aside(company_id)
    open_then = {row["id"]: row for row in items_as_of(company_id, on) if row["left"] > 0}
    gone = OpenItem.objects.filter(pk__in=existing.keys() - open_then.keys()).select_related("party", "entry")
    shares = _tax_shares(company_id, [row["entry_id"] for row in open_then.values()])
    named = {risk.item_id: risk for risk in NamedRisk.objects.filter(company_id=company_id)}
    percents = dict(AllowanceRate.objects.filter(company_id=company_id).values_list("age", "percent"))
    risks = [
        Risk(
            pk, row["party_id"], row["party__name"], row["entry__number"] or "", (on - row["due_on"]).days, row["left"],
            shares.get(row["entry_id"], ZERO), existing.get(pk, ZERO), *((named[pk].percent, named[pk].reason) if pk in named else (None, "")),
        )
        for pk, row in open_then.items()
    ]
    risks += [
        Risk(item.pk, item.party_id, item.party.name, item.entry.number or "", (on - item.due_on).days, ZERO, existing=existing[item.pk]) for item in gone
    ]
    assessed = [assess(risk, percents, digits) for risk in risks]
    needed = [one for one in assessed if one.target or one.risk.existing]
    return sorted(needed, key=lambda one: (one.risk.customer_name, one.risk.customer_id, -one.risk.days_overdue, one.risk.item_id))


def _tax_shares(company_id: int, entry_ids: Iterable[int]) -> dict[int, Decimal]:
    """{entry of an invoice: the share of its total that is tax}."""
    invoices = CustomerInvoice.objects.filter(company_id=company_id, entry__in=set(entry_ids), gross__gt=0).values_list("entry_id", "tax", "gross")
    return {entry_id: tax / gross for entry_id, tax, gross in invoices}


def why(one: Assessed) -> str:
    """How the amount was found, in words."""
    if not one.risk.open_amount:
        return _("Nothing is open any more: what was set aside is released.")
    if one.risk.named_percent is not None:
        return _("Judged by itself: %(percent)s %% of %(net)s without tax. %(reason)s") % {
            "percent": f"{one.percent.normalize():f}", "net": f"{one.net:,.2f}", "reason": one.risk.named_reason}
    return _("%(age)s: %(percent)s %% of %(net)s without tax.") % {
        "age": Age(one.age).label, "percent": f"{one.percent.normalize():f}", "net": f"{one.net:,.2f}"}
