"""Fiscal years and periods as closers see them. The tables are the kernel's; what may be done with them is decided here."""

from django.utils.translation import gettext_lazy as _

from suite.kernel.calendars.models import FiscalYear, Period
from suite.resources.registry import register
from suite.resources.resource import Lines, Resource


@register
class FiscalYearResource(Resource):
    model = FiscalYear
    menu = ("finance", 92)
    icon = "calendar-stats"
    columns = ("code", "starts_on", "ends_on")
    search = ("code",)
    ordering = ("-starts_on",)
    lines = (Lines(Period, parent="year", columns=("number", "starts_on", "ends_on", "is_closing", "status")),)
    sections = ((_("Fiscal year"), ("code", "starts_on", "ends_on")),)


@register
class PeriodResource(Resource):
    model = Period
    menu = ("finance", 90)
    icon = "calendar-lock"
    columns = ("year", "number", "starts_on", "ends_on", "is_closing", "status")
    filters = ("status", "year")
    search = ("year__code",)
    ordering = ("-starts_on", "-number")
    sections = ((_("Period"), ("year", "number", "starts_on", "ends_on", "is_closing", "status")),)
    select_related = ("year",)
    actions_form = {"close": "erp.closing.forms.ClosePeriodForm", "reopen": "erp.closing.forms.ReopenPeriodForm"}
