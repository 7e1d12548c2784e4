"""The journal, and the lines of one account."""

from datetime import date, datetime, timedelta

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from erp.dimensions.models import DimensionValue
from erp.dimensions.selectors import values_below
from erp.knowledge.reports import known_facts
from erp.knowledge.selectors import known_until
from erp.ledger.links import entry_page
from erp.ledger.models import Account, Journal, JournalLine
from erp.ledger.selectors import account_totals, value_totals
from suite.kernel.money.rules import ZERO
from suite.resources.report_tables import Column, Table

LIMIT = 5000


def journal(
    *, company_id: int, starts_on: date, ends_on: date, journal: Journal | None = None, known_at: datetime | None = None,
) -> Table:
    """Every posted line in order of entries; debits equal credits."""
    known = known_until(company_id, known_at)
    lines = _known(JournalLine.objects.filter(company_id=company_id, ledger_date__range=(starts_on, ends_on)), known)
    if journal is not None:
        lines = lines.filter(entry__journal=journal)
    lines = lines.order_by("ledger_date", "entry_id", "pk").values(
        "entry_id", "ledger_date", "debit", "credit", number=F("entry__number"), text=F("entry__description"), code=F("account__code"),
        name=F("account__name"), partner=F("party__name"))
    rows = [line | {"link": entry_page(line["entry_id"])} for line in lines[:LIMIT]]
    return Table(
        [
            Column("ledger_date", _("Date"), "date"), Column("number", _("Entry"), link="link"), Column("text", _("Description")),
            Column("code", _("Account")), Column("name", _("Name")), Column("partner", _("Party")), Column("debit", _("Debit"), "money"),
            Column("credit", _("Credit"), "money"),
        ],
        rows, {"number": _("Total"), "debit": sum((row["debit"] for row in rows), ZERO), "credit": sum((row["credit"] for row in rows), ZERO)},
        facts=known_facts(known),
        note=_("The first %(limit)s lines are shown; choose a shorter time to see all.") % {"limit": LIMIT} if len(rows) == LIMIT else "",
    )


def _known(lines: QuerySet[JournalLine], known: datetime | None) -> QuerySet[JournalLine]:
    return lines if known is None else lines.exclude(entry__known__known_at__gt=known)


def general_ledger(
    *, company_id: int, account: Account, starts_on: date, ends_on: date, known_at: datetime | None = None, value: DimensionValue | None = None,
) -> Table:
    """One account: balance at the start, each line, running balance; with `value` only lines of that value of a dimension, or one below it."""
    known = known_until(company_id, known_at)
    before = starts_on - timedelta(days=1)
    totals = account_totals(company_id, before, known_at=known) if value is None else value_totals(company_id, value.pk, before, known_at=known)
    opening, debit, credit = totals.get(account.pk, (ZERO, ZERO, ZERO))
    balance = opening + debit - credit
    rows = [{"ledger_date": starts_on, "number": "", "text": _("Opening balance"), "balance": balance, "is_heading": True}]
    lines = _known(JournalLine.objects.filter(account=account, company_id=company_id, ledger_date__range=(starts_on, ends_on)), known)
    if value is not None:
        lines = lines.filter(values__value__in=values_below(value))
    lines = lines.order_by(
        "ledger_date", "entry_id", "pk").values(
        "entry_id", "ledger_date", "debit", "credit", "dimensions", number=F("entry__number"), text=F("entry__description"),
        partner=F("party__name"))
    for line in lines[:LIMIT]:
        balance += line["debit"] - line["credit"]
        rows.append(line | {"balance": balance, "link": entry_page(line["entry_id"])})
    moved = rows[1:]
    return Table(
        [
            Column("ledger_date", _("Date"), "date"), Column("number", _("Entry"), link="link"), Column("text", _("Description")),
            Column("partner", _("Party")), *([Column("dimensions", _("Dimensions"))] if any(row.get("dimensions") for row in moved) else []),
            Column("debit", _("Debit"), "money"), Column("credit", _("Credit"), "money"), Column("balance", _("Balance"), "money"),
        ],
        rows, {
            "number": _("Total"), "debit": sum((row["debit"] for row in moved), ZERO), "credit": sum((row["credit"] for row in moved), ZERO),
            "balance": balance,
        },
        facts=((_("Account"), str(account)), *(((_("Dimension"), str(value)),) if value else ()), *known_facts(known)),
        note=_("The first %(limit)s lines are shown; choose a shorter time to see all.") % {"limit": LIMIT} if len(moved) == LIMIT else "",
    )
