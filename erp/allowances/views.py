"""The proposal page, from which an allowance is made."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin, PermissionRequiredMixin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from erp.allowances import reports
from erp.allowances.services import draft_allowance
from suite.kernel.documents.errors import BusinessError
from suite.resources.reporting import AsOfForm, ReportView, report_page


@report_page
class AllowanceProposal(ReportView):
    app, slug, title = "erp", "allowance-proposal", _("Allowance proposal")
    menu, icon, permission = ("receivables", 62), "shield-half", "erp.view_allowance"
    form_class = AsOfForm
    template_name = "erp/allowances/proposal.html"
    report: Any = staticmethod(reports.allowance_proposal)


class StartAllowance(LoginRequiredMixin, PermissionRequiredMixin, View):
    """POST from the proposal: a draft of that day; posting it shows the entry first."""

    http_method_names = ["post"]
    permission_required = "erp.add_allowance"

    def handle_no_permission(self) -> HttpResponse:
        self.raise_exception = self.request.user.is_authenticated
        return super().handle_no_permission()

    def post(self, request: HttpRequest) -> HttpResponse:
        form = AsOfForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("Choose a day; nothing was started."))
            return HttpResponseRedirect(reverse("erp:report_allowance_proposal"))
        try:
            made = draft_allowance(company_id=request.user.company_id, as_of=form.cleaned_data["on"], actor=request.user)
        except BusinessError as error:
            messages.error(request, f"{error.message} {error.hint}".strip())
            return HttpResponseRedirect(reverse("erp:report_allowance_proposal"))
        return HttpResponseRedirect(reverse("erp:allowance_transition", args=[made.pk, "post"]))
