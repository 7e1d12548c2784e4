"""The close cockpit."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from erp.closing import reports
from erp.closing.forms import CockpitForm, oldest_open
from suite.resources.report_tables import Table
from suite.resources.reporting import ReportView, report_page


@report_page
class CloseCockpit(ReportView):
    """Tiles of queries that must find nothing before a period closes."""

    app, slug, title, permission = "erp", "close-cockpit", _("Close cockpit"), "kernel.view_period"
    menu, icon = ("closing", 10), "gauge"
    form_class = CockpitForm
    template_name = "erp/closing/cockpit.html"
    report: Any = staticmethod(reports.close_cockpit)

    def table(self, user: Any, form: forms.Form | None) -> Table:
        period = (form.cleaned_data.get("period") if form is not None else None) or oldest_open(user.company_id)
        made = reports.close_cockpit(company_id=user.company_id, period=period)
        made.currency = user.company.currency_id if user.company_id else ""
        return made

    def form(self, data: Mapping[str, Any], user: Any) -> forms.Form | None:
        form = super().form(data, user)
        period = oldest_open(user.company_id) if user.company_id else None
        if form is not None and period and not form.data.get("period"):
            form.data = {**form.data, "period": str(period.pk)}
        return form
