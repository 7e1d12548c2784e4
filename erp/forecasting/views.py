"""The report pages of forecasting."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from erp.forecasting import reports
from erp.forecasting.forms import CashForecastForm, ExpectedForm
from suite.resources.reporting import AsOfForm, ReportView, report_page

READS = "erp.view_cashforecast"


@report_page
class CashForecast(ReportView):
    app, slug, title, permission = "erp", "cash-forecast", _("Cash forecast"), READS
    menu, icon = ("bank", 30), "trending-up"
    form_class = CashForecastForm
    report: Any = staticmethod(reports.cash_forecast)


@report_page
class ExpectedMovements(ReportView):
    app, slug, title, permission = "erp", "expected-movements", _("Expected receipts and payments"), READS
    icon = "list-search"
    form_class = ExpectedForm
    report: Any = staticmethod(reports.expected_movements)


@report_page
class PaymentHabits(ReportView):
    app, slug, title, permission = "erp", "payment-habits", _("How customers pay"), READS
    menu, icon = ("receivables", 58), "clock-dollar"
    form_class = AsOfForm
    report: Any = staticmethod(reports.payment_habits)


@report_page
class ForecastAccuracy(ReportView):
    app, slug, title, permission = "erp", "forecast-accuracy", _("Accuracy of forecasts"), READS
    menu, icon = ("bank", 32), "target-arrow"
    form_class = AsOfForm
    report: Any = staticmethod(reports.forecast_accuracy)
