"""Pages of the chart: its tree with balances, and bringing one in from a file."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView

from erp.charts import reports
from erp.charts.forms import AccountTreeForm, ChartImportForm
from erp.charts.rules import read_chart
from erp.charts.services import load_chart
from suite.kernel.documents.errors import BusinessError
from suite.resources.reporting import ReportView, report_page


@report_page
class AccountTree(ReportView):
    app, slug, title, permission = "erp", "account-tree", gettext_lazy("Chart of accounts"), "erp.view_journalentry"
    menu, icon = ("books", 66), "binary-tree"
    form_class = AccountTreeForm
    report: Any = staticmethod(reports.account_tree)


class ChartImport(PermissionRequiredMixin, FormView):
    """One file, checked or brought in whole; a fault is named with its row and column, and then nothing is written."""

    template_name = "erp/charts/import.html"
    permission_required = "erp.add_account"
    form_class = ChartImportForm
    extra_context = {"columns": ("code", "name", "parent", "is_group", "type")}

    def form_valid(self, form: ChartImportForm) -> HttpResponse:
        content, user = form.cleaned_data["file"].read(), self.request.user
        try:
            if form.cleaned_data["is_check"]:
                return self.render_to_response(self.get_context_data(form=form, chart=read_chart(content)))
            loaded = load_chart(company=user.company, content=content, actor=user)
        except BusinessError as error:
            form.add_error(error.field, f"{error.message} {error.hint}".strip())
            return self.render_to_response(self.get_context_data(form=form), status=error.status)
        messages.success(self.request, _("%(added)s accounts were opened, %(known)s were there; %(roles)s roles were given.") % {
            "added": loaded.added, "known": loaded.known, "roles": loaded.roles})
        for note in loaded.chart.notes[:20]:
            messages.info(self.request, note)
        return HttpResponseRedirect(reverse("erp:report_account_tree"))

    def form_invalid(self, form: ChartImportForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)
