"""Cash to come, the rows it is made of, how customers pay, and how good earlier forecasts were."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from erp.forecasting.models import CashScenario
from erp.forecasting.rules import (
    ENOUGH_PAYMENTS,
    Assumed,
    Expected,
    Source,
    Span,
    days_of,
    first_below,
    lowest,
    mape,
    spans_of,
    under,
    weeks_of,
)
from erp.forecasting.selectors import Comparison, comparisons, expectations, habits_of, opening_balance
from erp.receivables.links import party_statement
from suite.kernel.companies.models import Company
from suite.kernel.money.rules import ZERO
from suite.kernel.parties.models import Party
from suite.resources.display import money, plain_number
from suite.resources.report_tables import Column, Table

HORIZONS = (1, 4, 13)
DIGITS = 2


def cash_forecast(
    *, company_id: int, on: date, weeks: int = 13, by: str = "week", scenario: CashScenario | None = None, minimum: Decimal | None = None,
) -> Table:
    """Receipts and payments expected after a day, by week or day, with the balance at each end; company currency. A balance below `minimum` (or the
    scenario's) is marked, and the first day that has one is named. Every amount leads to its rows."""
    last = weeks_of(on, weeks)[-1][1]
    found, doubtful = expectations(company_id, on, last)
    found = under(found, assumed_by(scenario), on, DIGITS)
    held, under_way = opening_balance(company_id, on)
    opening = held + under_way
    least = minimum if minimum is not None else scenario and scenario.minimum_balance
    days = days_of(on, (last - on).days)
    daily = spans_of(found, opening, days)
    shown = daily if by == "day" else spans_of(found, opening, weeks_of(on, weeks))
    sources = [source for source in Source if any(source in span.by_source for span in shown)]
    rows = [_row(span, on, scenario, sources, least) for span in shown if by == "week" or span.by_source]
    return Table(
        [
            Column("starts_on", _("From"), "date", link="link"), Column("ends_on", _("To"), "date"),
            *(Column(source.value, str(source.label), "money", link=f"{source.value}_link") for source in sources),
            Column("receipts", _("Receipts"), "money"), Column("payments", _("Payments"), "money"), Column("closing", _("Balance"), "money"),
            Column("state", _("Warning"), "status"),
        ],
        rows, _totals(shown, sources), chart=_chart(shown, rows, least), facts=_facts(company_id, on, (held, under_way), daily, least),
        note=_not_counted(doubtful, company_id), extra={"first_below": first_below(daily, least), "lowest": lowest(daily, opening, on)},
    )


def assumed_by(scenario: CashScenario | None) -> Assumed:
    """What a scenario says, as the rules take it."""
    if scenario is None:
        return Assumed()
    return Assumed(
        scenario.receipts_shift_days, scenario.payments_shift_days, scenario.lost_share,
        frozenset(scenario.excluded.values_list("customer_id", flat=True)),
        tuple(
            Expected(Source.ONE_OFF, item.expected_on, item.amount, item.description, reverse("erp:cashscenario_detail", args=[scenario.pk]),
                     due_on=item.expected_on, why=_("scenario %(name)s") % {"name": scenario})
            for item in scenario.items.all()
        ),
    )


def _row(span: Span, on: date, scenario: CashScenario | None, sources: Sequence[Source], least: Decimal | None) -> dict[str, Any]:
    is_low = least is not None and span.closing < least
    values = {source.value: span.by_source.get(source) for source in sources}
    links = {f"{source.value}_link": _rows_of(span, on, scenario, source) for source in sources if source in span.by_source}
    return {
        "starts_on": span.starts_on, "ends_on": span.ends_on, "link": _rows_of(span, on, scenario), "receipts": span.receipts, "payments": -span.payments,
        "closing": span.closing, "state": "overdue" if is_low else "", "state_label": _("below the minimum"), **values, **links,
    }


def _rows_of(span: Span, on: date, scenario: CashScenario | None, source: Source | None = None) -> str:
    query = {"on": on.isoformat(), "starts_on": span.starts_on.isoformat(), "ends_on": span.ends_on.isoformat()}
    query |= {"source": source.value} if source else {}
    query |= {"scenario": scenario.pk} if scenario else {}
    return f"{reverse('erp:report_expected_movements')}?{urlencode(query)}"


def _totals(shown: Sequence[Span], sources: Sequence[Source]) -> dict[str, Any]:
    sums = {source.value: sum((span.by_source.get(source, ZERO) for span in shown), ZERO) for source in sources}
    came, went = sum((span.receipts for span in shown), ZERO), sum((span.payments for span in shown), ZERO)
    return {"starts_on": _("Total"), **sums, "receipts": came, "payments": -went, "closing": shown[-1].closing}


def _chart(shown: Sequence[Span], rows: Sequence[dict[str, Any]], least: Decimal | None) -> dict[str, Any]:
    links = {row["starts_on"]: row["link"] for row in rows}
    line: dict[str, Any] = {"name": _("Balance"), "type": "line", "data": [float(span.closing) for span in shown], "symbol": "none", "step": "end"}
    if least is not None:
        line["markLine"] = {"symbol": "none", "silent": True, "data": [{"yAxis": float(least), "name": _("Minimum balance")}],
                            "lineStyle": {"color": "#d63939", "type": "dashed"}}

    def bars(name: str, values: Iterable[Decimal], colour: str) -> dict[str, Any]:
        data = [{"value": float(value), "url": links.get(span.starts_on, "")} for span, value in zip(shown, values, strict=True)]
        return {"name": name, "type": "bar", "stack": "moved", "data": data, "itemStyle": {"color": colour}}

    return {
        "legend": {"bottom": 0}, "xAxis": {"type": "category", "data": [date_format(span.starts_on, "SHORT_DATE_FORMAT") for span in shown]},
        "yAxis": {"type": "value"},
        "series": [bars(_("Receipts"), (span.receipts for span in shown), "#2fb344"), bars(_("Payments"), (-span.payments for span in shown), "#f59f00"), line],
    }


def _facts(
    company_id: int, on: date, opening: tuple[Decimal, Decimal], daily: Sequence[Span], least: Decimal | None,
) -> tuple[tuple[str, str], ...]:
    currency = _currency(company_id)
    balance, day = lowest(daily, sum(opening), on)
    low = first_below(daily, least)
    facts = [
        (_("Bank and cash on %(day)s") % {"day": date_format(on, "SHORT_DATE_FORMAT")}, money(opening[0], currency)),
        *([(_("Booked, on its way"), money(opening[1], currency))] if opening[1] else []),
        (_("Lowest balance, on %(day)s") % {"day": date_format(day, "SHORT_DATE_FORMAT")}, money(balance, currency)),
    ]
    if least is not None:
        facts.append((_("First day below the minimum"), date_format(low, "DATE_FORMAT") if low else _("none")))
    error = _errors(comparisons(company_id, on, HORIZONS))
    if any(value is not None for _weeks, value in error):
        facts.append((_("Mean error of receipts after 1, 4, 13 weeks"), " · ".join(_percent(value) for _weeks, value in error)))
    return tuple(facts)


def _not_counted(doubtful: Sequence[Expected], company_id: int) -> str:
    total = sum((item.amount for item in doubtful), ZERO)
    if not total:
        return ""
    return _("%(amount)s from %(count)d invoices is overdue by more than 90 days beyond the customer's habit and is not counted (source “Doubtful”).") % {
        "amount": money(total, _currency(company_id)), "count": len(doubtful)}


def _currency(company_id: int) -> str:
    return Company.objects.values_list("currency_id", flat=True).get(pk=company_id)


def expected_movements(
    *, company_id: int, on: date, starts_on: date, ends_on: date, source: str = "", scenario: CashScenario | None = None,
) -> Table:
    """The rows that a forecast is made of, each with its document and why it is expected on that day."""
    found, doubtful = expectations(company_id, on, max(ends_on, on + timedelta(days=1)))
    if source == "doubtful":
        chosen = doubtful
    else:
        chosen = [
            item for item in under(found, assumed_by(scenario), on, DIGITS)
            if starts_on <= item.expected_on <= ends_on and source in ("", item.source)
        ]
    rows = [
        {
            "expected_on": item.expected_on, "source": str(item.source.label), "what": item.what, "link": item.link, "party": item.party,
            "due_on": item.due_on, "amount": item.amount, "why": item.why,
        }
        for item in sorted(chosen, key=lambda one: (one.expected_on, one.source, one.party, one.what))
    ]
    return Table(
        [
            Column("expected_on", _("Expected on"), "date"), Column("source", _("Source")), Column("what", _("What"), link="link"),
            Column("party", _("Customer or supplier")), Column("due_on", _("Due on"), "date"), Column("amount", _("Amount"), "money"),
            Column("why", _("How the day was found")),
        ],
        rows, {"source": _("Total"), "amount": sum((row["amount"] for row in rows), ZERO)},
    )


def payment_habits(*, company_id: int, on: date) -> Table:
    """How many days after the due date each customer usually pays: the median of two years, and of how many payments."""
    habits = habits_of(company_id, on)
    names = dict(Party.objects.filter(company_id=company_id, pk__in=habits.own).values_list("pk", "name"))
    rows = [
        {
            "customer": names[pk], "link": party_statement(pk, on), "days": habit.days_late, "payments": habit.payments,
            "used": habits.of(pk).days_late, "note": "" if habit.payments >= ENOUGH_PAYMENTS else _("too few payments: the habit of all is used"),
        }
        for pk, habit in sorted(habits.own.items(), key=lambda pair: (-pair[1].days_late, names[pair[0]]))
    ]
    return Table(
        [
            Column("customer", _("Customer"), link="link"), Column("days", _("Days after the due date (median)"), "integer"),
            Column("payments", _("Payments"), "integer"), Column("used", _("Days used"), "integer"), Column("note", _("Note")),
        ],
        rows, {"customer": _("All customers"), "days": habits.of_all.days_late, "payments": habits.of_all.payments, "used": habits.of_all.days_late},
    )


def forecast_accuracy(*, company_id: int, on: date) -> Table:
    """Each kept forecast against what came in its first 1, 4 and 13 weeks, and the mean absolute percentage error (MAPE) per horizon."""
    found = comparisons(company_id, on, HORIZONS)
    rows = [
        {
            "made_on": one.made_on, "weeks": one.weeks, "ends_on": one.ends_on, "receipts": one.receipts, "came": one.came, "payments": one.payments,
            "went": one.went, "closing": one.closing, "balance": one.balance, "error": mape([(one.receipts, one.came)]),
        }
        for one in found
    ]
    return Table(
        [
            Column("made_on", _("Made on"), "date"), Column("weeks", _("Weeks"), "integer"), Column("ends_on", _("To"), "date"),
            Column("receipts", _("Receipts expected"), "money"), Column("came", _("Received"), "money"), Column("error", _("Error of receipts"), "percent"),
            Column("payments", _("Payments expected"), "money"), Column("went", _("Paid"), "money"), Column("closing", _("Balance expected"), "money"),
            Column("balance", _("Balance"), "money"),
        ],
        rows, facts=[
            (_("Error of receipts, payments, balance; weeks: %(weeks)d") % {"weeks": weeks}, " · ".join(_percent(value) for value in errors))
            for weeks, errors in _all_errors(found)
        ],
        note=_("Mean absolute percentage error: by how much of what came a forecast was wrong, on average. Weeks are counted from the day of the forecast."),
        extra={"mape": dict(_all_errors(found))},
    )


def _errors(found: Sequence[Comparison]) -> list[tuple[int, Decimal | None]]:
    return [(weeks, mape((one.receipts, one.came) for one in found if one.weeks == weeks)) for weeks in HORIZONS]


def _all_errors(found: Sequence[Comparison]) -> list[tuple[int, tuple[Decimal | None, Decimal | None, Decimal | None]]]:
    return [
        (weeks, (mape((one.receipts, one.came) for one in those), mape((one.payments, one.went) for one in those),
                 mape((one.closing, one.balance) for one in those)))
        for weeks in HORIZONS if (those := [one for one in found if one.weeks == weeks])
    ]


def _percent(value: Decimal | None) -> str:
    return "–" if value is None else f"{plain_number(value * 100, 1)}\u00a0%"
