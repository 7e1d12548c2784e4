"""Who owes what since when, and what a customer's account shows."""

from datetime import date, datetime

from django.db.models import F, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from erp.knowledge.reports import known_facts
from erp.knowledge.selectors import known_until
from erp.ledger.links import entry_page
from erp.receivables.links import party_statement
from erp.receivables.models import OpenItem
from erp.receivables.rules import AGES
from erp.receivables.selectors import aged, items_as_of, of_customers
from suite.kernel.money.rules import ZERO
from suite.kernel.parties.models import Party
from suite.resources.report_tables import Column, Table


def aged_receivables(*, company_id: int, on: date, known_at: datetime | None = None) -> Table:
    """Per customer what is open at a date, by how long it is overdue then; credits count against it. Allocations made later do not count,
    nor does what was posted after `known_at`."""
    known = known_until(company_id, known_at)
    by_party = aged(company_id, on, known_at=known)
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
        rows, {"customer": _("Total"), **totals}, facts=known_facts(known),
        chart={
            "xAxis": {"type": "category", "data": [str(label) for label in labels]}, "yAxis": {"type": "value"},
            "series": [{"type": "bar", "data": [float(totals[age]) for age in AGES]}],
        },
    )


def customer_statement(*, company_id: int, customer: Party, starts_on: date, ends_on: date, known_at: datetime | None = None) -> Table:
    """A customer's account: balance at the start, what was invoiced, credited and paid, running balance."""
    known = known_until(company_id, known_at)
    items = of_customers(OpenItem.objects.filter(company_id=company_id, party=customer), company_id)
    if known is not None:
        items = items.exclude(entry__known__known_at__gt=known)
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
        rows, {"what": _("Balance"), "balance": balance}, facts=((_("Customer"), str(customer)), *known_facts(known)),
    )


def open_items(*, company_id: int, on: date, customer: Party | None = None, known_at: datetime | None = None) -> Table:
    """Each item that is open at a date, as known at a time."""
    known = known_until(company_id, known_at)
    rows = [
        {
            "customer": item["party__name"], "number": item["entry__number"], "issued_on": item["issued_on"], "due_on": item["due_on"],
            "days": max((on - item["due_on"]).days, 0), "amount": item["amount"], "left": item["left"], "link": entry_page(item["entry_id"]),
        }
        for item in items_as_of(company_id, on, customer and customer.pk, known_at=known)
    ]
    return Table(
        [
            Column("customer", _("Customer")), Column("number", _("Number"), link="link"), Column("issued_on", _("Issued on"), "date"),
            Column("due_on", _("Due on"), "date"), Column("days", _("Days overdue"), "integer"), Column("amount", _("Amount"), "money"),
            Column("left", _("Open"), "money"),
        ],
        rows, {"customer": _("Total"), "left": sum((row["left"] for row in rows), ZERO)}, facts=known_facts(known),
    )
