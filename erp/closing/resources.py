"""Fiscal years, periods, waivers and dividends as closers see them. Years and periods are the kernel's; what may be done with them is decided here."""

from django.utils.translation import gettext_lazy as _

from erp.closing import views  # noqa: F401 - registers the cockpit
from erp.closing.models import ClosingWaiver, Dividend
from suite.kernel.calendars.models import FiscalYear, Period
from suite.resources.registry import register
from suite.resources.resource import Lines, Resource


@register
class FiscalYearResource(Resource):
    model = FiscalYear
    menu = ("closing", 80)
    icon = "calendar-stats"
    columns = ("code", "starts_on", "ends_on")
    search = ("code",)
    ordering = ("-starts_on",)
    lines = (Lines(Period, parent="year", columns=("number", "starts_on", "ends_on", "is_closing", "status")),)
    sections = ((_("Fiscal year"), ("code", "starts_on", "ends_on")),)


@register
class PeriodResource(Resource):
    model = Period
    menu = ("closing", 12)
    icon = "calendar-lock"
    columns = ("year", "number", "starts_on", "ends_on", "is_closing", "status")
    filters = ("status", "year")
    search = ("year__code",)
    ordering = ("-starts_on", "-number")
    sections = ((_("Period"), ("year", "number", "starts_on", "ends_on", "is_closing", "status")),)
    select_related = ("year",)
    related = (("erp.closingwaiver", "period"),)
    printouts = (("audit", _("Auditor's file"), "erp.closing.printouts.audit_file"),)
    actions_form = {"close": "erp.closing.forms.ClosePeriodForm", "reopen": "erp.closing.forms.ReopenPeriodForm"}


@register
class ClosingWaiverResource(Resource):
    model = ClosingWaiver
    menu = ("closing", 14)
    icon = "checkbox"
    columns = ("period", "check_name", "findings", "reason", "waived_by", "waived_at")
    filters = ("period", "check_name")
    search = ("check_name", "reason")
    ordering = ("-pk",)
    sections = ((_("Waiver"), ("period", "check_name", "findings", "reason", "waived_by", "waived_at")),)
    select_related = ("period__year", "waived_by")


@register
class DividendResource(Resource):
    model = Dividend
    menu = ("closing", 26)
    icon = "gavel"
    columns = ("declared_on", "description", "amount", "paid_on", "status")
    filters = ("status", "declared_on")
    search = ("description",)
    ordering = ("-declared_on", "-pk")
    form_fields = ("declared_on", "amount", "description")
    sections = ((_("Dividend"), ("declared_on", "amount", "entry", "paid_on", "payment_entry")),)
    select_related = ("entry", "payment_entry")
    actions_form = {"pay": "erp.closing.forms.PayFromBankForm"}
