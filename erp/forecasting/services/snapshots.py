"""Forecasts kept, so that they can be judged."""

from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from erp.forecasting.models import HORIZON_WEEKS, CashForecast, CashForecastWeek
from erp.forecasting.rules import sevens_of, spans_of
from erp.forecasting.selectors import expectations, opening_balance
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.work import in_unit_of_work

# One forecast of a company at a time: the next one finds what this one kept.
_TURN = "SELECT pg_advisory_xact_lock(hashtextextended('erp.cash_forecast', %s))"


def take_cash_forecast(*, company_id: int, on: date, actor: Any) -> CashForecast:
    """The forecast of a day, kept for 13 weeks without any scenario; the existing one where the day has one. A day that is over is told from the
    books as they stand for it now (`taken_at` says when that was). Raises Refusal: a day that is still to come."""
    if on > timezone.localdate():
        raise Refusal(
            _("%(day)s is still to come; no forecast was kept.") % {"day": on}, field="on", code="day_to_come",
            hint=_("A forecast is kept for today or for a day that is over."),
        )

    def take() -> CashForecast:
        with connection.cursor() as cursor:
            cursor.execute(_TURN, [company_id])
        known = CashForecast.objects.filter(company_id=company_id, made_on=on).first()
        return known or _keep(company_id, on)

    return in_unit_of_work(take, actor=actor)


def _keep(company_id: int, on: date) -> CashForecast:
    opening = sum(opening_balance(company_id, on))
    found, _doubtful = expectations(company_id, on, on + timedelta(days=7 * HORIZON_WEEKS))
    forecast = CashForecast.objects.create(company_id=company_id, made_on=on, opening=opening)
    CashForecastWeek.objects.bulk_create(
        CashForecastWeek(
            company_id=company_id, forecast=forecast, week=number, ends_on=span.ends_on, receipts=span.receipts, payments=span.payments, closing=span.closing,
        )
        for number, span in enumerate(spans_of(found, opening, sevens_of(on, HORIZON_WEEKS)), 1)
    )
    return forecast
