"""Who owes what since when, and what a customer's account shows."""

from datetime import date
from decimal import Decimal

from django.db.models import F, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from erp.ledger.links import entry_page
from erp.receivables.links import party_statement
from erp.receivables.models import OpenItem
from erp.receivables.rules import AGES, age_of
from erp.receivables.selectors import items_as_of, of_customers
from suite.kernel.money.rules import ZERO
from suite.kernel.parties.models import Party
from suite.resources.reporting import Column, Table


def aged_receivables(*, company_id: int, on: date) -> Table:
    """Per customer what is open at a date, by how long it is overdue then; credits count against it. Allocations made later do not count."""
    by_party: dict[tuple[str, int], dict[str, Decimal]] = {}
    for item in items_as_of(company_id, on):
        sums = by_party.setdefault((item["party__name"], item["party_id"]), {})
        age = age_of(item["due_on"], on)
        sums[age] = sums.get(age, ZERO) + item["left"]
    rows = [
        {"customer": name, "link": party_statement(pk, on), **{age: sums.get(age) for age in AGES}, "total": sum(sums.values(), ZERO)}
        for (name, pk), sums in sorted(by_party.items())
    ]
    totals = {age: sum((row[age] or ZERO for row in rows), ZERO) for age in (*AGES, "total")}
    labels = (_("Not due"), _("1–30 days"), _("31–60 days"), _("61–90 days"), _("Over 90 days"))
    return Table(
        [
            Column("customer", _("Customer"), link="link"), *(Column(age, label, "money") for age, label in zip(AGES, labels, strict=True)),
            Column("total", _("Total"), "money"),
        ],
        rows, {"customer": _("Total"), **totals},
        chart={
            "xAxis": {"type": "category", "data": [str(label) for label in labels]}, "yAxis": {"type": "value"},
            "series": [{"type": "bar", "data": [float(totals[age]) for age in AGES]}],
        },
    )


def customer_statement(*, company_id: int, customer: Party, starts_on: date, ends_on: date) -> Table:
    """A customer's account: balance at the start, what was invoiced, credited and paid, running balance."""
    items = of_customers(OpenItem.objects.filter(company_id=company_id, party=customer), company_id)
    before = items.filter(entry__ledger_date__lt=starts_on).aggregate(total=Coalesce(Sum("amount"), ZERO))["total"]
    balance = before
    rows = [{"day": starts_on, "what": _("Opening balance"), "balance": balance, "is_heading": True}]
    shown = items.filter(entry__ledger_date__range=(starts_on, ends_on)).order_by("entry__ledger_date", "pk").annotate(
        day=F("entry__ledger_date"), number=F("entry__number"))
    for item in shown:
        balance += item.amount
        rows.append({
            "day": item.day, "number": item.number, "what": item.get_kind_display(), "due_on": item.due_on if item.amount > 0 else None,
            "debit": item.amount if item.amount > 0 else None, "credit": -item.amount if item.amount < 0 else None, "balance": balance,
            "link": entry_page(item.entry_id),
        })
    return Table(
        [
            Column("day", _("Date"), "date"), Column("number", _("Number"), link="link"), Column("what", _("What")),
            Column("due_on", _("Due on"), "date"), Column("debit", _("Debit"), "money"), Column("credit", _("Credit"), "money"),
            Column("balance", _("Balance"), "money"),
        ],
        rows, {"what": _("Balance"), "balance": balance}, facts=((_("Customer"), str(customer)),),
    )


def open_items(*, company_id: int, on: date, customer: Party | None = None) -> Table:
    """Each item that is open at a date."""
    rows = [
        {
            "customer": item["party__name"], "number": item["entry__number"], "issued_on": item["issued_on"], "due_on": item["due_on"],
            "days": max((on - item["due_on"]).days, 0), "amount": item["amount"], "left": item["left"], "link": entry_page(item["entry_id"]),
        }
        for item in items_as_of(company_id, on, customer and customer.pk)
    ]
    return Table(
        [
            Column("customer", _("Customer")), Column("number", _("Number"), link="link"), Column("issued_on", _("Issued on"), "date"),
            Column("due_on", _("Due on"), "date"), Column("days", _("Days overdue"), "integer"), Column("amount", _("Amount"), "money"),
            Column("left", _("Open"), "money"),
        ],
        rows, {"customer": _("Total"), "left": sum((row["left"] for row in rows), ZERO)},
    )
