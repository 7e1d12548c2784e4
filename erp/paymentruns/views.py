"""Proposing payments by keyboard, the bank's file, the bank's answer."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin, PermissionRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View

from erp.paymentruns.forms import AnswerForm, ProposalForm
from erp.paymentruns.models import PaymentBatch
from erp.paymentruns.printouts import sent_file
from erp.paymentruns.rules.planning import Candidate
from erp.paymentruns.selectors.proposing import Proposal, propose
from erp.paymentruns.services import BatchLineInput, preview_proposal, propose_batches, take_answer
from suite.kernel.documents.errors import BusinessError, Refusal

SHOWN = 1000  # rows of the grid; more are paid in further batches, or through the API

HINDRANCES = {
    "held": gettext_lazy("On hold"), "no_account": gettext_lazy("No approved bank account"), "no_mandate": gettext_lazy("No active mandate"),
    "small": gettext_lazy("Below the minimum"), "credit": gettext_lazy("Credits leave nothing to pay"), "in_batch": gettext_lazy("In an open batch"),
    "expired": gettext_lazy("Mandate expired"),
}
# What a clerk may tick nevertheless: the service decides.
TICKABLE = {"", "no_account", "small", "credit"}


class StaffPage(LoginRequiredMixin, PermissionRequiredMixin):
    """Signed in and permitted; anonymous goes to the sign-in, others get 403."""

    def handle_no_permission(self) -> HttpResponse:
        self.raise_exception = self.request.user.is_authenticated
        return super().handle_no_permission()


@dataclass
class Row:
    """A row of the grid: the candidate, whether it is ticked, what stands in its amount, and what is wrong with it."""

    candidate: Candidate
    is_ticked: bool
    amount: str
    problem: str = ""

    @property
    def hindrance(self) -> str:
        return str(HINDRANCES.get(self.candidate.hindrance, ""))

    @property
    def may_be_ticked(self) -> bool:
        return self.candidate.hindrance in TICKABLE


class ProposalPage(StaffPage, TemplateView):
    """What falls due, ticked; the clerk unticks and changes amounts, looks at the postings, and proposes."""

    template_name = "erp/paymentruns/proposal.html"
    permission_required = "erp.add_paymentbatch"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.pop("form", None) or ProposalForm(self.request.GET, user=self.request.user)
        proposal = propose(**form.criteria()) if form.is_valid() else None
        rows = kwargs.pop("rows", None)
        if rows is None and proposal is not None:
            rows = [Row(one, one.is_ticked, f"{one.amount:.2f}") for one in proposal.candidates[:SHOWN]]
        return super().get_context_data(**{
            "form": form, "proposal": proposal, "rows": rows or [], "hidden": max(0, len(proposal.candidates) - SHOWN) if proposal else 0,
            "left": proposal.available - proposal.total if proposal and self._in_books(form) else None, **kwargs,
        })

    def _in_books(self, form: ProposalForm) -> bool:
        """Whether what goes out can be taken off what the ledger has: money of another currency cannot."""
        values = form.cleaned_data
        return values["direction"] == "out" and values["currency"].pk == values["bank_account"].company.currency_id

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ProposalForm(request.GET, user=request.user)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        rows, lines, problem = self._read(propose(**form.criteria()))
        values = form.cleaned_data
        wanted = {
            "company_id": request.user.company_id, "bank_account_id": values["bank_account"].pk, "execute_on": values["execute_on"], "lines": lines,
            "direction": values["direction"], "scheme": values["scheme"] or "CORE", "cheques": values["cheques"], "note": request.POST.get("note", "")[:200],
        }
        try:
            if problem is not None:
                raise problem
            if request.POST.get("do") == "preview":
                effects = preview_proposal(actor=request.user, **wanted)
                return self.render_to_response(self.get_context_data(form=form, rows=rows, effects=effects, note=wanted["note"]))
            made = propose_batches(actor=request.user, **wanted)
        except BusinessError as error:
            self._mark(rows, error)
            return self.render_to_response(self.get_context_data(form=form, rows=rows, refusal=error, note=wanted["note"]), status=error.status)
        messages.success(request, _("Proposed: %(batches)s. Somebody else approves now.") % {"batches": ", ".join(str(batch) for batch in made)})
        address = reverse("erp:paymentbatch_detail", args=[made[0].pk]) if len(made) == 1 else reverse("erp:paymentbatch_list")
        return HttpResponseRedirect(address)

    def _read(self, proposal: Proposal) -> tuple[list[Row], list[BatchLineInput], Refusal | None]:
        """The grid as it was sent. An item that is gone meanwhile stands in the lines, so that the service says so."""
        data, problem = self.request.POST, None
        picked = [key for key in data.getlist("pick") if key.isdecimal() and len(key) < 19]
        rows = [Row(one, str(one.item_id) in picked, data.get(f"amount_{one.item_id}", f"{one.amount:.2f}")) for one in proposal.candidates[:SHOWN]]
        lines = []
        for key in picked:
            typed = data.get(f"amount_{key}", "").strip()
            try:
                amount = Decimal(typed.replace(",", ".") if typed.count(",") == 1 and "." not in typed else typed)
                if not amount.is_finite():
                    raise InvalidOperation
            except InvalidOperation:
                amount = Decimal(0)
                problem = problem or Refusal(
                    _("“%(typed)s” is no amount; nothing was saved.") % {"typed": typed[:30]}, field=f"lines/{len(lines)}/amount", code="no_amount",
                    hint=_("Type digits, as in 120.50."),
                )
            lines.append(BatchLineInput(int(key), amount))
        return rows, lines, problem

    def _mark(self, rows: list[Row], error: BusinessError) -> None:
        parts = (error.field or "").split("/")
        picked = [key for key in self.request.POST.getlist("pick") if key.isdecimal() and len(key) < 19]
        if len(parts) == 3 and parts[1].isdecimal() and int(parts[1]) < len(picked):
            for row in rows:
                if str(row.candidate.item_id) == picked[int(parts[1])]:
                    row.problem = error.message


class BatchFile(StaffPage, View):
    """The file as it was sent to the bank."""

    permission_required = "erp.export_paymentbatch"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        batch = PaymentBatch.objects.visible_to(request.user).select_related("file").filter(pk=pk).first()
        if batch is None:
            raise Http404(_("There is no such payment batch, or it is not yours to see."))
        try:
            printout = sent_file(batch)
        except BusinessError as error:
            messages.error(request, f"{error.message} {error.hint}".strip())
            return HttpResponseRedirect(reverse("erp:paymentbatch_detail", args=[pk]))
        answer = HttpResponse(printout.content, content_type=printout.media_type)
        answer["Content-Disposition"] = f'attachment; filename="{printout.filename}"'
        answer["X-Content-Type-Options"] = "nosniff"
        answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
        return answer


class AnswerPage(StaffPage, TemplateView):
    """The bank's status report goes in; the page says what it changed."""

    template_name = "erp/paymentruns/answer.html"
    permission_required = "erp.reject_paymentbatch"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"form": AnswerForm(), **kwargs})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = AnswerForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        try:
            done = take_answer(company_id=request.user.company_id, content=form.cleaned_data["file"].read(), actor=request.user)
        except BusinessError as error:
            form.add_error("file" if error.field == "file" else None, f"{error.message} {error.hint}".strip())
            return self.render_to_response(self.get_context_data(form=form), status=error.status)
        return self.render_to_response(self.get_context_data(done=done))
