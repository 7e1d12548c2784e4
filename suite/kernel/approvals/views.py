"""Asking for approval on a document's page, and what the pages of documents and requests show."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View

from suite.kernel.approvals.models import ApprovalRequest
from suite.kernel.approvals.selectors import askings, open_steps, voices
from suite.kernel.approvals.services import ask_for_approval
from suite.kernel.documents.errors import BusinessError
from suite.resources.panels import Panel
from suite.resources.registry import record_named, resource_of


class AskView(LoginRequiredMixin, View):
    """Asks for approval of an action and goes back to the document."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, label: str, pk: int, transition: str) -> HttpResponse:
        document = record_named(request.user, label, pk)
        try:
            asked = ask_for_approval(document, transition=transition, actor=request.user, reason=request.POST.get("reason", ""))
        except BusinessError as error:
            messages.error(request, f"{error.message} {error.hint}".strip())
        else:
            messages.success(request, _("Asked: %(who)s.") % {"who": ", ".join(step.asked_in_words for step in open_steps(asked))})
        return HttpResponseRedirect(resource_of(type(document)).url_of(document))


class ApprovalPanel(Panel):
    """Which next actions need approval, whether it was asked for, and the button that asks."""

    title = gettext_lazy("Approval")
    icon = "shield-check"
    template = "kernel/approvals/_panel.html"
    permission = "kernel.view_approvalrequest"
    position = 4

    def context(self) -> dict[str, Any] | None:
        found = [
            {"asking": asking, "may_ask": self.user.has_perm(asking.transition.permission) and not self.is_current(asking.request),
             "waits_for": open_steps(asking.request) if asking.request else []}
            for asking in askings(self.record)
        ]
        return {"found": found, "label": self.record._meta.label_lower} if found else None

    @staticmethod
    def is_current(request: ApprovalRequest | None) -> bool:
        return request is not None and request.status in (ApprovalRequest.Status.ASKED, ApprovalRequest.Status.APPROVED)


class StepsPanel(Panel):
    """Who is asked, by which rule, and who answered what."""

    title = gettext_lazy("Who is asked")
    icon = "users"
    template = "kernel/approvals/_steps.html"
    permission = "kernel.view_approvalrequest"
    position = 5
    is_wide = True

    def context(self) -> dict[str, Any]:
        document, resource = self.record.record, resource_of(self.record.content_type.model_class())
        return {
            "steps": self.record.steps.select_related("approver").prefetch_related("decisions__decided_by", "decisions__decided_for"),
            "is_mine": self.record.pk in voices(self.user, [self.record]),
            "document": document, "document_url": resource.url_of(document) if document and resource else "",
            "is_outdated": document is not None and self.record.status == "asked" and document.version != self.record.document_version,
        }
