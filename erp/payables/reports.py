"""Whom we owe what since when, and what a supplier's account shows."""

from datetime import date, datetime
from urllib.parse import urlencode

from django.db.models import F, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from erp.knowledge.reports import known_facts
from erp.knowledge.selectors import known_until
from erp.ledger.links import entry_page
from erp.ledger.roles import AccountRole
from erp.payables.selectors import payable_accounts
from erp.receivables.models import OpenItem
from erp.receivables.rules import AGES
from erp.receivables.selectors import aged, foreign_left
from suite.kernel.companies.models import Company
from suite.kernel.money.rules import ZERO
from suite.kernel.parties.models import Party
from suite.resources.report_tables import Column, Table


def _statement_page(party_id: int, on: date) -> str:
    query = {"supplier": party_id, "starts_on": on.replace(month=1, day=1).isoformat(), "ends_on": on.isoformat()}
    return f"{reverse('erp:report_supplier_statement')}?{urlencode(query)}"


def aged_payables(*, company_id: int, on: date, known_at: datetime | None = None) -> Table:
    """Per supplier what is owed at a date, by how long it is overdue then; credits and advances count against it. What was posted or allocated
    after `known_at` does not count."""
    known = known_until(company_id, known_at)
    by_party = {
        whose: {age: -left for age, left in sums.items()} for whose, sums in aged(company_id, on, known_at=known, role=AccountRole.AP).items()
    }
    foreign = foreign_left(company_id, on, known_at=known, role=AccountRole.AP)
    rows = [
        {
            "supplier": name, "link": _statement_page(pk, on), **{age: sums.get(age) for age in AGES}, "total": sum(sums.values(), ZERO),
            "in_currency": ", ".join(f"{code} {number_format(-left, digits, force_grouping=True)}" for code, digits, left in foreign.get(pk, ())),
        }
        for (name, pk), sums in sorted(by_party.items())
    ]
    totals = {age: sum((row[age] or ZERO for row in rows), ZERO) for age in (*AGES, "total")}
    labels = (_("Not due"), _("1–30 days"), _("31–60 days"), _("61–90 days"), _("Over 90 days"))
    return Table(
        [
            Column("supplier", _("Supplier"), link="link"), *(Column(age, label, "money") for age, label in zip(AGES, labels, strict=True)),
            Column("total", _("Total"), "money"), *([Column("in_currency", _("In foreign currency"))] if foreign else []),
        ],
        rows, {"supplier": _("Total"), **totals}, facts=known_facts(known),
        chart={
            "xAxis": {"type": "category", "data": [str(label) for label in labels]}, "yAxis": {"type": "value"},
            "series": [{"type": "bar", "data": [float(totals[age]) for age in AGES]}],
        },
    )


def supplier_statement(*, company_id: int, supplier: Party, starts_on: date, ends_on: date, known_at: datetime | None = None) -> Table:
    """A supplier's account: owed at the start, what was billed, credited and paid, running balance (owed above zero)."""
    known = known_until(company_id, known_at)
    items = OpenItem.objects.filter(company_id=company_id, party=supplier, account__in=payable_accounts(company_id))
    if known is not None:
        items = items.exclude(entry__known__known_at__gt=known)
    balance = -items.filter(entry__ledger_date__lt=starts_on).aggregate(total=Coalesce(Sum("amount"), ZERO))["total"]
    rows = [{"day": starts_on, "what": _("Opening balance"), "balance": balance, "is_heading": True}]
    shown = items.filter(entry__ledger_date__range=(starts_on, ends_on)).order_by("entry__ledger_date", "pk").annotate(
        day=F("entry__ledger_date"), number=F("entry__number"), reference=F("entry__bill__supplier_reference")).select_related("currency")
    books = Company.objects.values_list("currency", flat=True).get(pk=company_id)
    for item in shown:
        balance -= item.amount
        rows.append({
            "day": item.day, "number": item.number, "reference": item.reference, "what": item.get_kind_display(),
            "due_on": item.due_on if item.amount < 0 else None, "paid": item.amount if item.amount > 0 else None,
            "owed": -item.amount if item.amount < 0 else None, "balance": balance, "link": entry_page(item.entry_id),
            "in_currency": "" if item.currency_id == books else f"{item.currency_id} {number_format(abs(item.amount_currency), item.currency.digits)}",
        })
    return Table(
        [
            Column("day", _("Date"), "date"), Column("number", _("Number"), link="link"), Column("reference", _("Supplier's number")),
            Column("what", _("What")), Column("due_on", _("Due on"), "date"), Column("owed", _("Owed"), "money"),
            Column("paid", _("Paid or credited"), "money"), Column("balance", _("Balance"), "money"),
            *([Column("in_currency", _("In foreign currency"))] if any(row.get("in_currency") for row in rows) else []),
        ],
        rows, {"what": _("Balance"), "balance": balance}, facts=((_("Supplier"), str(supplier)), *known_facts(known)),
    )
