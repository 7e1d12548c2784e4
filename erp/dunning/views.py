"""Pages of dunning besides its records: the preview, what is blocked, sending the letters of a run."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin, PermissionRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from erp.dunning import reports
from erp.dunning.forms import PreviewForm
from erp.dunning.models import DunningNotice, DunningRun
from erp.dunning.services import draft_dunning_run, propose_dunning_run
from suite.kernel.documents.errors import BusinessError
from suite.resources.pages.acting import bulk_asked
from suite.resources.reporting import AsOfForm, ReportView, report_page


@report_page
class DunningPreview(ReportView):
    """What a run would do; from here it is started."""

    app, slug, title = "erp", "dunning-preview", _("Dunning preview")
    menu, icon, permission = ("receivables", 50), "mail-search", "erp.view_dunningrun"
    form_class = PreviewForm
    template_name = "erp/dunning/preview.html"
    report: Any = staticmethod(reports.dunning_preview)


@report_page
class BlockedItems(ReportView):
    app, slug, title = "erp", "dunning-blocked", _("Not dunned, and why")
    menu, icon, permission = ("receivables", 60), "hand-stop", "erp.view_dunningblock"
    form_class = AsOfForm
    report: Any = staticmethod(reports.blocked_report)


class StaffPage(LoginRequiredMixin, PermissionRequiredMixin):
    """Signed in and permitted; anonymous goes to the sign-in, others get 403."""

    def handle_no_permission(self) -> HttpResponse:
        self.raise_exception = self.request.user.is_authenticated
        return super().handle_no_permission()


class StartRun(StaffPage, View):
    """POST from the preview: the run of that day, with its letters proposed."""

    http_method_names = ["post"]
    permission_required = ("erp.add_dunningrun", "erp.propose_dunningrun")

    def post(self, request: HttpRequest) -> HttpResponse:
        form = PreviewForm(request.POST)
        form.fields["customer"].queryset = form.fields["customer"].queryset.visible_to(request.user)
        back = reverse("erp:report_dunning_preview")
        if not form.is_valid():
            messages.error(request, _("Choose a day; nothing was started."))
            return HttpResponseRedirect(back)
        customer = form.cleaned_data["customer"]
        try:
            run = draft_dunning_run(
                company_id=request.user.company_id, as_of=form.cleaned_data["on"], customer_id=customer and customer.pk, actor=request.user,
            )
            run = propose_dunning_run(run, actor=request.user)
        except BusinessError as error:
            messages.error(request, f"{error.message} {error.hint}".strip())
            return HttpResponseRedirect(f"{back}?on={form.cleaned_data['on']:%Y-%m-%d}")
        return HttpResponseRedirect(reverse("erp:dunningrun_detail", args=[run.pk]))


class SendLetters(StaffPage, View):
    """POST: the letters of a posted run leave by mail, one after the other, as a bulk action that follows itself."""

    http_method_names = ["post"]
    permission_required = "erp.send_dunningnotice"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = DunningRun.objects.visible_to(request.user).filter(pk=pk).first()
        if run is None:
            raise Http404
        letters = DunningNotice.objects.visible_to(request.user).filter(run=run, status__in=DunningNotice.STANDING)
        try:
            address = bulk_asked.ask(
                model=DunningNotice, action="send", keys=[str(key) for key in letters.order_by("pk").values_list("pk", flat=True)], actor=request.user,
            )
        except BusinessError as error:
            messages.error(request, f"{error.message} {error.hint}".strip())
            address = reverse("erp:dunningrun_detail", args=[run.pk])
        return HttpResponseRedirect(address)
