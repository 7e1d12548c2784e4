"""My bulk actions: all of them, one that follows itself, its refused rows as a file."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from integration.bulk.models import BulkRow, BulkRun
from integration.bulk.run import stop_run
from integration.bulk.words import action_words, addresses, rows_words, runs_of
from suite.resources.exports import download

SHOWN_RUNS, SHOWN_ROWS = 100, 200


class BulkRunsView(LoginRequiredMixin, TemplateView):
    """The latest of one's own."""

    template_name = "integration/bulk/runs.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        runs = runs_of(self.request.user)[:SHOWN_RUNS]
        return super().get_context_data(runs=[(run, action_words(run), rows_words(run)) for run in runs], **kwargs)


class _OneRun(LoginRequiredMixin):
    def run(self) -> BulkRun:
        found = runs_of(self.request.user).filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404(_("There is no such bulk action, or it is not yours to see."))
        return found


class BulkRunView(_OneRun, TemplateView):
    """Counts, refused rows first, and what was done. Asked by htmx it is the part that changes."""

    def get_template_names(self) -> list[str]:
        return ["integration/bulk/_run.html" if self.request.headers.get("HX-Request") else "integration/bulk/run.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        run = self.run()
        list_url, base = addresses(run)
        rows = list(run.rows.exclude(status=BulkRow.Status.WAITING).order_by("-status", "position")[:SHOWN_ROWS])
        tried = run.done + run.failed
        return super().get_context_data(
            run=run, action=action_words(run), what=rows_words(run), list_url=list_url, base=base, rows=rows, tried=tried, hidden=max(0, tried - len(rows)),
            left=run.total - tried, gone=run.action == "delete", **kwargs,
        )


class BulkRefusedView(_OneRun, View):
    """The refused rows with their reasons, as a file."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        run = self.run()
        refused = run.rows.filter(status=BulkRow.Status.REFUSED)
        header = [rows_words(run).capitalize(), _("Why"), _("What to do")]
        cells = ([row.label, row.message, row.hint] for row in refused.iterator(2000))
        return download(request.GET.get("format", "csv"), header, cells, f"refused-{run.pk}")


class BulkStopView(_OneRun, View):
    """POST: what is still waiting is not done."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        run = self.run()
        if stop_run(run, actor=request.user):
            messages.success(request, _("Stopped. Rows already done stay done; the others were left as they are."))
        else:
            messages.info(request, _("It had already ended; nothing was stopped."))
        return redirect("integration:bulk_run", pk=run.pk)
