"""The report page of the schedules."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from erp.schedules import reports
from suite.resources.reporting import PeriodForm, ReportView, report_page


@report_page
class SchedulePreview(ReportView):
    app, slug, title, permission = "erp", "schedule-preview", _("What schedules post"), "erp.view_deferral"
    menu, icon = ("closing", 24), "calendar-event"
    form_class = PeriodForm
    report: Any = staticmethod(reports.schedule_preview)
