"""Scenarios and kept forecasts as people see them."""

from django.utils.translation import gettext_lazy as _

from erp.forecasting import views  # noqa: F401 - registers the report pages
from erp.forecasting.models import CashForecast, CashForecastWeek, CashScenario, ExcludedCustomer, ScenarioItem
from suite.resources.registry import register
from suite.resources.resource import Lines, Resource


@register
class CashScenarioResource(Resource):
    model = CashScenario
    menu = ("bank", 34)
    icon = "adjustments-dollar"
    columns = ("name", "receipts_shift_days", "payments_shift_days", "lost_share", "minimum_balance")
    search = ("name",)
    ordering = ("name",)
    form_fields = ("name", "receipts_shift_days", "payments_shift_days", "lost_share", "minimum_balance")
    lines = (
        Lines(ScenarioItem, parent="scenario", fields=("expected_on", "description", "amount"), columns=("expected_on", "description", "amount")),
        Lines(ExcludedCustomer, parent="scenario", fields=("customer",), columns=("customer",)),
    )
    sections = ((_("What is assumed"), ("receipts_shift_days", "payments_shift_days", "lost_share", "minimum_balance")),)
    import_key = "name"
    empty_hint = _("What if customers pay two weeks later, or one does not pay at all? A scenario answers it in the cash forecast.")


@register
class CashForecastResource(Resource):
    model = CashForecast
    icon = "camera"
    columns = ("made_on", "opening", "taken_at")
    filters = ("made_on",)
    ordering = ("-made_on",)
    lines = (
        Lines(CashForecastWeek, parent="forecast", columns=("week", "ends_on", "receipts", "payments", "closing")),
    )
    sections = ((_("Forecast"), ("made_on", "opening", "taken_at")),)
    empty_hint = _("Every day's forecast is kept, so that it can be held against what came.")
