"""The figures on the homes, each with the list it drills to. All read the rows that everybody else reads."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crm.orders.models import Order
from crm.quotes.models import Quote
from erp.banking.models import StatementLine
from erp.receivables.models import CustomerInvoice, OpenItem
from erp.receivables.selectors import of_customers
from scm.shipping.models import Shipment

ZERO = Decimal(0)


@dataclass(frozen=True)
class Figure:
    """A tile: a number, what it means, and where its rows are."""

    label: str
    value: Decimal | int
    url: str
    note: str = ""
    is_money: bool = False
    tone: str = "primary"


@dataclass(frozen=True)
class Series:
    """A chart's values by category."""

    title: str
    kind: str
    categories: list[str]
    series: dict[str, list[float]]
    url: str = ""
    links: list[str] = field(default_factory=list)


def _total(rows: QuerySet, column: str) -> tuple[int, Decimal]:
    found = rows.aggregate(number=Count("pk"), total=Sum(column))
    return found["number"], found["total"] or ZERO


def _list(name: str, query: str = "") -> str:
    return reverse(name) + (f"?{query}" if query else "")


def sales_figures(user: Any) -> list[Figure]:
    """Today's work of sales."""
    orders = Order.objects.visible_to(user)
    drafts, draft_value = _total(orders.filter(status=Order.Status.DRAFT), "gross")
    held, held_value = _total(orders.filter(status=Order.Status.ON_HOLD), "gross")
    month = timezone.localdate().replace(day=1)
    booked, booked_value = _total(orders.filter(order_date__gte=month).exclude(status__in=("draft", "cancelled")), "net")
    quotes, quote_value = _total(Quote.objects.visible_to(user).filter(status=Quote.Status.SENT), "gross")
    return [
        Figure(_("Orders to confirm"), drafts, _list("crm:order_list", "status=draft"), _money_note(user, draft_value)),
        Figure(_("Held orders"), held, _list("crm:order_list", "status=on_hold"), _money_note(user, held_value), tone="orange"),
        Figure(_("Quotes with customers"), quotes, _list("crm:quote_list", "status=sent"), _money_note(user, quote_value), tone="azure"),
        Figure(_("Booked this month"), booked_value, _list("crm:order_list", f"order_date_min={month}"),
               _("%(number)s orders") % {"number": booked}, is_money=True, tone="green"),
    ]


def finance_figures(user: Any) -> list[Figure]:
    """Today's work of finance."""
    today = timezone.localdate()
    items = of_customers(OpenItem.objects.visible_to(user), user.company_id).exclude(open_amount=0)
    _number, owed = _total(items, "open_amount")
    overdue, overdue_value = _total(items.filter(open_amount__gt=0, due_on__lt=today), "open_amount")
    drafts, draft_value = _total(CustomerInvoice.objects.visible_to(user).filter(status=CustomerInvoice.Status.DRAFT), "gross")
    lines, line_value = _total(StatementLine.objects.visible_to(user).filter(status=StatementLine.Status.OPEN), "amount")
    return [
        Figure(_("Receivables"), owed, _list("erp:report_aged_receivables"), _("open, credits deducted"), is_money=True),
        Figure(
            _("Overdue"), overdue_value, _list("erp:report_aged_receivables"), _("%(number)s items") % {"number": overdue}, is_money=True, tone="red",
        ),
        Figure(_("Draft invoices"), drafts, _list("erp:customerinvoice_list", "status=draft"), _money_note(user, draft_value), tone="azure"),
        Figure(_("Statement lines to match"), lines, _list("erp:statementline_list", "status=open"), _money_note(user, line_value), tone="orange"),
    ]


def logistics_figures(user: Any) -> list[Figure]:
    """Today's work of logistics."""
    today = timezone.localdate()
    shipments = Shipment.objects.visible_to(user)
    waiting = shipments.filter(status__in=Shipment.OPEN)
    counts = waiting.aggregate(
        all=Count("pk"), late=Count("pk", filter=Q(promised_on__lt=today)), today=Count("pk", filter=Q(promised_on=today)),
    )
    moving = shipments.filter(status__in=Shipment.UNDER_WAY).aggregate(all=Count("pk"), stopped=Count("pk", filter=Q(status="exception")))
    return [
        Figure(_("To dispatch"), counts["all"], _list("scm:shipment_list", "status=planned"), _("%(number)s today") % {"number": counts["today"]}),
        Figure(_("Late"), counts["late"], _list("scm:shipment_list", f"status=planned&promised_on_max={today - timedelta(days=1)}"),
               _("promised before today"), tone="red"),
        Figure(_("Under way"), moving["all"], _list("scm:shipment_list", "status=in_transit"), tone="azure"),
        Figure(_("Stopped"), moving["stopped"], _list("scm:shipment_list", "status=exception"), _("carrier reports a problem"), tone="orange"),
    ]


def manager_figures(user: Any) -> list[Figure]:
    """How the company stands."""
    return [sales_figures(user)[3], *finance_figures(user)[:2], logistics_figures(user)[1]]


def _money_note(user: Any, amount: Decimal) -> str:
    return f"{amount:,.0f} {user.company.currency_id}"


def revenue_by_month(user: Any, months: int = 12) -> Series:
    """Posted revenue and gross margin per month, from the ledger."""
    start = _months_back(timezone.localdate(), months - 1)
    query = """
        SELECT to_char(l.ledger_date, 'YYYY-MM') AS month,
               sum(l.credit - l.debit) FILTER (WHERE a.type = 'income') AS revenue,
               sum(l.credit - l.debit) AS result
          FROM erp_journalline l JOIN erp_account a ON a.id = l.account_id JOIN erp_journalentry e ON e.id = l.entry_id
          JOIN erp_journal j ON j.id = e.journal_id
         WHERE l.company_id = %s AND l.ledger_date >= %s AND j.kind <> 'closing'
           AND (a.type = 'income' OR a.id IN (SELECT account_id FROM erp_accountassignment WHERE company_id = %s AND role = 'COGS'))
         GROUP BY 1 ORDER BY 1"""
    with connection.cursor() as cursor:
        cursor.execute(query, [user.company_id, start, user.company_id])
        found = {row[0]: (float(row[1] or 0), float(row[2] or 0)) for row in cursor.fetchall()}
    days = [_months_back(timezone.localdate(), months - 1 - i) for i in range(months)]
    values = [found.get(f"{day:%Y-%m}", (0, 0)) for day in days]
    return Series(
        _("Revenue and margin"), "bar", [date_format(day, "M Y") for day in days],
        {str(_("Revenue")): [revenue for revenue, _result in values], str(_("Margin")): [result for _revenue, result in values]},
        reverse("erp:report_profit_and_loss"),
    )


def receivables_by_age(user: Any) -> Series:
    """Open receivables by days overdue."""
    today = timezone.localdate()
    bands = [(_("not due"), None, 0), ("1–30", 0, 30), ("31–60", 30, 60), ("61–90", 60, 90), ("> 90", 90, None)]
    values = []
    rows = list(of_customers(OpenItem.objects.visible_to(user), user.company_id).exclude(open_amount=0).values_list("due_on", "open_amount"))
    for _name, low, high in bands:
        values.append(float(sum(
            (amount for due, amount in rows if (low is None or (today - due).days > low) and (high is None or (today - due).days <= high)), ZERO,
        )))
    names = [str(band[0]) for band in bands]
    return Series(_("Receivables by age (days)"), "bar", names, {str(_("Open")): values}, reverse("erp:report_aged_receivables"))


def orders_by_status(user: Any) -> Series:
    """Orders of the last 90 days by status."""
    since = timezone.localdate() - timedelta(days=90)
    rows = dict(Order.objects.visible_to(user).filter(order_date__gte=since).values_list("status").annotate(Count("pk")))
    labels = dict(Order.Status.choices)
    present = [status for status in labels if rows.get(status)]
    return Series(
        _("Orders of the last 90 days"), "pie", [str(labels[s]) for s in present], {str(_("Orders")): [float(rows[s]) for s in present]},
        reverse("crm:order_list"), [f"{reverse('crm:order_list')}?status={s}" for s in present],
    )


def dispatches_by_week(user: Any, weeks: int = 12) -> Series:
    """Shipments dispatched per week, on time and late."""
    monday = timezone.localdate() - timedelta(days=timezone.localdate().weekday())
    start = monday - timedelta(weeks=weeks - 1)
    rows = Shipment.objects.visible_to(user).filter(dispatched_on__gte=start).values_list("dispatched_on", "promised_on")
    on_time, late = [0.0] * weeks, [0.0] * weeks
    for dispatched, promised in rows:
        at = min((dispatched - start).days // 7, weeks - 1)
        (late if promised and dispatched > promised else on_time)[at] += 1
    names = [date_format(start + timedelta(weeks=i), pgettext("short day and month", "j M")) for i in range(weeks)]
    return Series(_("Dispatched per week"), "bar", names, {str(_("On time")): on_time, str(_("Late")): late}, reverse("scm:shipment_list"))


def _months_back(day: date, months: int) -> date:
    month = day.year * 12 + day.month - 1 - months
    return date(month // 12, month % 12 + 1, 1)
