"""What an employee does on the phone, and what an approver does with it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin, PermissionRequiredMixin
from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from erp.claims.forms import ExpenseForm, StartClaimForm
from erp.claims.models import EmployeeAdvance, ExpenseClaim
from erp.claims.selectors import advances_to_decide, claims_to_decide, employee_of
from erp.claims.services import (
    add_claim_line,
    approve_advance,
    approve_claim,
    draft_claim,
    drop_claim_line,
    refuse_advance,
    refuse_claim,
    reopen_claim,
    submit_claim,
    withdraw_claim,
)
from suite.kernel.documents.errors import BusinessError

SHOWN = 30


class EmployeePage(LoginRequiredMixin, PermissionRequiredMixin, TemplateView):
    """Signed in and permitted; anonymous goes to the sign-in, others get 403."""

    def handle_no_permission(self) -> HttpResponse:
        self.raise_exception = self.request.user.is_authenticated
        return super().handle_no_permission()

    def said(self, error: BusinessError) -> str:
        """A refusal in one text."""
        return f"{error.message} {error.hint}".strip()


class MyExpensesPage(EmployeePage):
    """My claims and advances, and the start of a new claim."""

    template_name = "erp/claims/my_expenses.html"
    permission_required = "erp.add_expenseclaim"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        me = employee_of(self.request.user)
        claims = ExpenseClaim.objects.visible_to(self.request.user).filter(claimant=me) if me else ExpenseClaim.objects.none()
        advances = EmployeeAdvance.objects.visible_to(self.request.user).filter(claimant=me) if me else EmployeeAdvance.objects.none()
        return super().get_context_data(**{
            "form": StartClaimForm(), "me": me, "claims": claims.order_by("-pk")[:SHOWN],
            "advances": advances.exclude(status__in=("settled", "refused")).order_by("-pk")[:SHOWN],
            "owed": claims.aggregate(sum=Sum("open_amount"))["sum"] or 0, "in_hand": advances.aggregate(sum=Sum("open_amount"))["sum"] or 0,
            "currency": self.request.user.company.currency_id, **kwargs,
        })

    def post(self, request: HttpRequest) -> HttpResponse:
        form = StartClaimForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        try:
            claim = draft_claim(company_id=request.user.company_id, purpose=form.cleaned_data["purpose"], lines=(), actor=request.user)
        except BusinessError as error:
            form.add_error(None, self.said(error))
            return self.render_to_response(self.get_context_data(form=form), status=error.status)
        return HttpResponseRedirect(reverse("erp:my_claim", args=[claim.pk]))


class MyClaimPage(EmployeePage):
    """One claim: photograph the receipt, say what it was, submit."""

    template_name = "erp/claims/my_claim.html"
    permission_required = "erp.add_expenseclaim"
    acts = {"submit": submit_claim, "withdraw": withdraw_claim, "reopen": reopen_claim}

    def claim(self, action: str = "view") -> ExpenseClaim:
        """The claim of the address, where it is the user's to see or write."""
        found = ExpenseClaim.objects.visible_to(self.request.user, action).filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404(_("There is no such claim, or it is not yours to see."))
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        claim = self.claim()
        return super().get_context_data(**{
            "claim": claim, "lines": claim.lines.select_related("type", "currency", "receipt__attachment").order_by("position"),
            "form": ExpenseForm(user=self.request.user, initial={"spent_on": timezone.localdate()}),
            "may_write": ExpenseClaim.objects.visible_to(self.request.user, "change").filter(pk=claim.pk).exists(),
            "currency": claim.company.currency_id, **kwargs,
        })

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        claim, what = self.claim("change"), request.POST.get("do", "")
        try:
            if what == "add":
                form = ExpenseForm(request.POST, request.FILES, user=request.user)
                if not form.is_valid():
                    return self.render_to_response(self.get_context_data(form=form), status=422)
                try:
                    add_claim_line(claim=claim, line=form.line(), file=form.cleaned_data["file"], actor=request.user)
                except BusinessError as error:
                    form.add_error(error.field if error.field in form.fields else None, self.said(error))
                    return self.render_to_response(self.get_context_data(form=form), status=error.status)
                messages.success(request, _("The expense is on the claim."))
            elif what == "drop":
                asked = request.POST.get("line", "")
                line = claim.lines.filter(pk=asked).first() if asked.isdecimal() and len(asked) < 19 else None
                if line is None:
                    raise Http404(_("There is no such line."))
                drop_claim_line(line=line, actor=request.user)
                messages.success(request, _("The expense was taken off the claim."))
            elif what in self.acts:
                done = self.acts[what](claim, actor=request.user)
                messages.success(request, _("%(claim)s: %(status)s.") % {"claim": done, "status": done.get_status_display()})
            else:
                raise Http404(_("There is no such action."))
        except BusinessError as error:
            messages.error(request, self.said(error))
        return HttpResponseRedirect(request.path)


class DecidePage(EmployeePage):
    """What waits for a decision, with receipts and remarks; one tap each. One's own is not offered."""

    template_name = "erp/claims/decide.html"
    permission_required = "erp.approve_expenseclaim"
    acts = {
        ("claim", "approve"): approve_claim, ("claim", "refuse"): refuse_claim, ("advance", "approve"): approve_advance, ("advance", "refuse"): refuse_advance,
    }

    def waiting(self) -> tuple[Any, Any]:
        """Claims and advances that the user may decide on."""
        return claims_to_decide(self.request.user), advances_to_decide(self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        claims, advances = self.waiting()
        claims = claims.select_related("claimant").prefetch_related("lines__type", "lines__receipt__attachment").order_by("pk")[:SHOWN]
        return super().get_context_data(**{
            "claims": claims, "advances": advances.select_related("claimant").order_by("pk")[:SHOWN],
            "currency": self.request.user.company.currency_id, **kwargs,
        })

    def post(self, request: HttpRequest) -> HttpResponse:
        kind, what, asked = (request.POST.get(name, "") for name in ("kind", "do", "pk"))
        act = self.acts.get((kind, what))
        rows = dict(zip(("claim", "advance"), self.waiting(), strict=True)).get(kind)
        document = rows.filter(pk=asked).first() if act and asked.isdecimal() and len(asked) < 19 else None
        if document is None:
            raise Http404(_("This is not waiting for your decision any more."))
        try:
            done = act(document, actor=request.user, **({"reason": request.POST.get("reason", "")} if what == "refuse" else {}))
            messages.success(request, _("%(claim)s: %(status)s.") % {"claim": done, "status": done.get_status_display()})
        except BusinessError as error:
            messages.error(request, self.said(error))
        return HttpResponseRedirect(request.path)
