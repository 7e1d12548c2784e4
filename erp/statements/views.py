"""Sending all statements of a run."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin, PermissionRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.generic import View

from erp.statements.models import AccountStatement, StatementRun
from suite.kernel.documents.errors import BusinessError
from suite.resources.pages.acting import bulk_asked
from suite.resources.panels import Panel, attach


class SendStatements(LoginRequiredMixin, PermissionRequiredMixin, View):
    """POST: each statement leaves by mail, as a bulk action that follows itself."""

    http_method_names = ["post"]
    permission_required = "erp.send_accountstatement"

    def handle_no_permission(self) -> HttpResponse:
        self.raise_exception = self.request.user.is_authenticated
        return super().handle_no_permission()

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = StatementRun.objects.visible_to(request.user).filter(pk=pk).first()
        if run is None:
            raise Http404
        rows = AccountStatement.objects.visible_to(request.user).filter(run=run, status=AccountStatement.Status.MADE).order_by("pk")
        try:
            address = bulk_asked.ask(model=AccountStatement, action="send", keys=[str(key) for key in rows.values_list("pk", flat=True)], actor=request.user)
        except BusinessError as error:
            messages.error(request, f"{error.message} {error.hint}".strip())
            address = reverse("erp:statementrun_detail", args=[run.pk])
        return HttpResponseRedirect(address)


class StatementsToSend(Panel):
    """How many statements of the run have left."""

    title = gettext_lazy("Statements of account")
    icon = "mail-forward"
    template = "erp/statements/_run_actions.html"
    permission = "erp.send_accountstatement"
    position = 1

    def context(self) -> dict[str, Any] | None:
        if self.record.status != StatementRun.Status.MADE:
            return None
        sent = AccountStatement.objects.filter(run=self.record, status=AccountStatement.Status.SENT).count()
        return {"run": self.record, "sent": sent, "waiting": self.record.number_of_statements - sent}


attach(StatementRun, StatementsToSend)
