"""The home of each role: today's work and how it stands. Figures come from figures.py, exceptions from the worklist."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from crm.orders.models import Order
from erp.receivables.models import OpenItem
from erp.receivables.selectors import of_customers
from integration.overview.figures import (
    Figure,
    Series,
    dispatches_by_week,
    finance_figures,
    logistics_figures,
    manager_figures,
    orders_by_status,
    receivables_by_age,
    revenue_by_month,
    sales_figures,
)
from integration.worklist.selectors import Item, worklist
from scm.shipping.models import Shipment
from suite.resources.display import money
from suite.resources.homes import Badge, Chart, Rows, Tile, card

ICONS = {
    "sales": ("clipboard-check", "hand-stop", "file-description", "chart-bar"),
    "finance": ("coins", "alarm", "file-invoice", "building-bank"),
    "logistics": ("packages", "clock-exclamation", "truck-delivery", "alert-triangle"),
    "manager": ("chart-bar", "coins", "alarm", "clock-exclamation"),
}
FIGURES = {"sales": sales_figures, "finance": finance_figures, "logistics": logistics_figures, "manager": manager_figures}


def _tile(role: str, number: int) -> Callable[[Any], Tile]:
    def tile(user: Any) -> Tile:
        figure: Figure = FIGURES[role](user)[number]
        shown = money(figure.value, user.company.currency_id) if figure.is_money else f"{figure.value}"
        is_bad = figure.tone in ("red", "orange") and bool(figure.value)
        return Tile(figure.label, shown, figure.url, hint=figure.note, is_good=not is_bad, icon=ICONS[role][number])

    tile.__name__ = f"figure_{number}"
    return tile


for _role in FIGURES:
    for _number in range(4):
        card(_role, position=_number + 1)(_tile(_role, _number))


def _chart(series: Series, width: int = 8) -> Chart:
    return Chart(series.title, lambda: _option(series), series.url, width=width)


def _option(series: Series) -> dict[str, Any]:
    if series.kind == "pie":
        values = next(iter(series.series.values()))
        data = [{"name": name, "value": value} for name, value in zip(series.categories, values, strict=True)]
        return {"tooltip": {}, "legend": {"bottom": 0}, "series": [
            {"type": "pie", "radius": ["45%", "70%"], "center": ["50%", "42%"], "label": {"show": False}, "data": data}]}
    return {
        "tooltip": {"trigger": "axis"}, "legend": {"bottom": 0}, "grid": {"left": 8, "right": 8, "top": 16, "bottom": 32, "containLabel": True},
        "xAxis": {"type": "category", "data": series.categories}, "yAxis": {"type": "value"},
        "series": [{"type": "bar", "name": name, "data": values, "stack": "all" if series.title == _("Dispatched per week") else None}
                   for name, values in series.series.items()],
    }


@card("sales", position=10, permission="crm.view_order")
def order_mix(user: Any) -> Chart:
    return _chart(orders_by_status(user), 4)


@card("sales", position=11, permission="crm.view_order")
def orders_to_confirm(user: Any) -> Rows:
    rows = Order.objects.visible_to(user).filter(status=Order.Status.DRAFT).select_related("customer").order_by("requested_on", "pk")
    return _orders(_("Orders to confirm"), rows, reverse("crm:order_list") + "?status=draft", _("No draft order waits. Write one."), 8)


@card("sales", position=12, permission="crm.view_order")
def promised_next(user: Any) -> Rows:
    rows = Order.objects.visible_to(user).filter(status=Order.Status.CONFIRMED, delivery_status__in=("nothing", "partial"))
    return _orders(_("Promised next"), rows.select_related("customer").order_by("promised_on", "pk"), reverse("crm:order_list") + "?status=confirmed",
                   _("Everything promised is delivered."), 12)


def _orders(title: str, rows: QuerySet, url: str, empty: str, width: int) -> Rows:
    found = [
        ((order.number, str(order.customer), _day(order.promised_on or order.requested_on), money(order.gross, order.currency_id)),
         reverse("crm:order_detail", args=[order.pk]))
        for order in rows[:8]
    ]
    return Rows(title, (_("Order"), _("Customer"), _("Date"), _("Total")), found, url, empty, width=width, numeric=(3,))


def _day(day: Any) -> str:
    return date_format(day, "SHORT_DATE_FORMAT") if day else ""


@card("finance", position=10, permission="erp.view_openitem")
def ages(user: Any) -> Chart:
    return _chart(receivables_by_age(user), 6)


@card("finance", position=11, permission="erp.view_journalentry")
def months(user: Any) -> Chart:
    return _chart(revenue_by_month(user), 6)


@card("finance", position=12, permission="erp.view_openitem")
def overdue(user: Any) -> Rows:
    today = timezone.localdate()
    late = of_customers(OpenItem.objects.visible_to(user), user.company_id).filter(open_amount__gt=0, due_on__lt=today)
    items = late.select_related("party").order_by("due_on", "pk")[:8]
    rows = [
        ((str(item.party), _day(item.due_on), _("%(days)s days") % {"days": (today - item.due_on).days},
          money(item.open_amount, user.company.currency_id)),
         f"{reverse('erp:report_customer_statement')}?customer={item.party_id}")
        for item in items
    ]
    return Rows(_("Overdue longest"), (_("Customer"), _("Due"), _("Overdue"), _("Open")), rows, reverse("erp:report_aged_receivables"),
                _("Nobody owes us anything overdue."), width=12, numeric=(3,))


@card("logistics", position=10, permission="scm.view_shipment")
def weeks(user: Any) -> Chart:
    return _chart(dispatches_by_week(user), 6)


@card("logistics", position=11, permission="scm.view_shipment")
def to_dispatch(user: Any) -> Rows:
    rows = Shipment.objects.visible_to(user).filter(status__in=Shipment.OPEN).select_related("customer").order_by("promised_on", "pk")[:8]
    found = [
        ((row.number, str(row.customer), _day(row.promised_on), Badge(row.get_status_display(), "azure")), reverse("scm:shipment_detail", args=[row.pk]))
        for row in rows
    ]
    return Rows(_("To dispatch next"), (_("Shipment"), _("Customer"), _("Promised"), _("Status")), found,
                reverse("scm:shipment_list") + "?status=planned", _("Nothing waits to be dispatched."), width=6)


@card("manager", position=10, permission="erp.view_journalentry")
def results(user: Any) -> Chart:
    return _chart(revenue_by_month(user), 8)


@card("manager", position=11, permission="crm.view_order")
def mix(user: Any) -> Chart:
    return _chart(orders_by_status(user), 4)


def exceptions(user: Any) -> Rows:
    """The dearest exceptions, on every home."""
    items: list[Item] = worklist(user)[:8]
    rows = [
        ((Badge(item.label, "red" if item.kind in ("dead", "overdue") else "orange"), item.title, item.detail,
          money(item.money, user.company.currency_id) if item.money else ""), item.url)
        for item in items
    ]
    return Rows(_("Needs somebody"), (_("What"), _("Which"), _("Why"), _("At risk")), rows, reverse("integration:worklist"),
                _("Nothing needs attention."), width=12, numeric=(3,))


for _role in FIGURES:
    card(_role, position=20)(exceptions)
