"""Loading statements, and matching their lines with the keyboard."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin, PermissionRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView

from erp.banking.forms import ExplainForm, LoadForm, parts_of, split_forms
from erp.banking.models import BankAccount, BankStatement, StatementLine
from erp.banking.selectors import lines_to_match, offers_for, progress
from erp.banking.services import load_statements, match_statement_line, unmatch_statement_line
from erp.banking.services.unaided import match_unaided
from suite.kernel.documents.errors import BusinessError, Refusal

NEXT_SHOWN = 30
SECONDS = 15  # how long a page matches unaided before it answers


class StaffPage(LoginRequiredMixin, PermissionRequiredMixin):
    """Signed in and permitted; anonymous goes to the sign-in, others get 403."""

    def handle_no_permission(self) -> HttpResponse:
        self.raise_exception = self.request.user.is_authenticated
        return super().handle_no_permission()


class LoadPage(StaffPage, TemplateView):
    """A file goes in; the page says what it held."""

    template_name = "erp/banking/load.html"
    permission_required = "erp.add_bankstatement"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        recent = BankStatement.objects.visible_to(self.request.user).select_related("bank_account").order_by("-pk")[:8]
        return super().get_context_data(**{"form": LoadForm(user=self.request.user), "recent": recent, **kwargs})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = LoadForm(request.POST, request.FILES, user=request.user)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        file, chosen = form.cleaned_data["file"], form.cleaned_data["bank_account"]
        try:
            loaded = load_statements(
                company_id=request.user.company_id, content=file.read(), file_name=file.name, actor=request.user, bank_account_id=chosen and chosen.pk,
            )
        except BusinessError as error:
            form.add_error(error.field if error.field in form.fields else None, f"{error.message} {error.hint}".strip())
            return self.render_to_response(self.get_context_data(form=form), status=error.status)
        return self.render_to_response(self.get_context_data(loaded=loaded))


class ReconcilePage(StaffPage, TemplateView):
    """One open line at a time: proposals with score and reason, accepted by Enter; or an account, a customer, a split."""

    template_name = "erp/banking/reconcile.html"

    def get_permission_required(self) -> tuple[str, ...]:
        if self.request.method != "POST":
            return ("erp.view_statementline",)
        return ("erp.unmatch_statementline",) if self.request.POST.get("do") == "undo" else ("erp.match_statementline",)

    def account(self) -> BankAccount | None:
        asked = self.request.GET.get("account", "")
        if not asked:
            return None
        found = BankAccount.objects.visible_to(self.request.user).filter(pk=asked).first() if asked.isdecimal() and len(asked) < 19 else None
        if found is None:
            raise Http404(_("There is no such bank account, or it is not yours to see."))
        return found

    def line(self, asked: str, action: str = "view") -> StatementLine:
        rows = StatementLine.objects.visible_to(self.request.user, action).select_related("bank_account", "statement", "party")
        found = rows.filter(pk=asked).first() if asked.isdecimal() and len(asked) < 19 else None
        if found is None:
            raise Http404(_("There is no such statement line, or it is not yours to see."))
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, account = self.request.user, self.account()
        waiting = list(lines_to_match(user, account)[:NEXT_SHOWN])
        asked = self.request.GET.get("line", "")
        line = kwargs.pop("line", None) or (self.line(asked) if asked else None)
        if line is None or line.status != StatementLine.Status.OPEN:
            line = waiting[0] if waiting else None
        at = next((place for place, one in enumerate(waiting) if line and one.pk == line.pk), -1)
        return super().get_context_data(**{
            "line": line, "offers": offers_for(line) if line else [], "waiting": waiting, "account": account,
            "accounts": BankAccount.objects.visible_to(user).filter(is_cash=False), "progress": progress(user, account),
            "following": waiting[at + 1] if line and at + 1 < len(waiting) else None, "before": waiting[at - 1] if at > 0 else None,
            "explain": ExplainForm(user=user), "split": split_forms(None, user), "may_match": user.has_perm("erp.match_statementline"),
            "may_load": user.has_perm("erp.add_bankstatement"), **kwargs,
        })

    def post(self, request: HttpRequest) -> HttpResponse:
        what = request.POST.get("do")
        if what == "unaided":
            return self._unaided(request)
        line = self.line(request.POST.get("line", ""), "unmatch" if what == "undo" else "match")
        forms: dict[str, Any] = {}
        if what == "split" and request.POST.get("more"):
            return self.render_to_response(self.get_context_data(line=line, opened=what, split=split_forms(request.POST, request.user, more=True)))
        try:
            done = self._act(what, line, forms)
        except BusinessError as error:
            context = self.get_context_data(line=line, problem=error.message, hint=error.hint, opened=what, **forms)
            return self.render_to_response(context, status=error.status)
        if done is None:
            return self.render_to_response(self.get_context_data(line=line, opened=what, **forms), status=422)
        messages.success(request, done)
        return HttpResponseRedirect(self._back())

    def _back(self) -> str:
        account = self.account()
        return reverse("erp:reconcile") + (f"?account={account.pk}" if account else "")

    def _act(self, what: str | None, line: StatementLine, forms: dict[str, Any]) -> str | None:
        """What the page says after the deed; None where a form has errors. Raises BusinessError."""
        user = self.request.user
        if what == "accept":
            offer = next((one for one in offers_for(line) if one.key == self.request.POST.get("offer")), None)
            if offer is None:
                raise Refusal(
                    _("What was proposed has changed meanwhile; nothing was matched."), code="proposal_changed", hint=_("Look at the proposals again."),
                )
            match_statement_line(
                line, actor=user, parts=offer.proposal.parts, score=offer.proposal.score, reasons="; ".join(offer.proposal.reasons), remember=True,
            )
            return _("Matched: %(what)s.") % {"what": offer.proposal.label}
        if what == "explain":
            forms["explain"] = form = ExplainForm(self.request.POST, user=user)
            if not form.is_valid():
                return None
            match_statement_line(line, actor=user, parts=[form.part(line.amount)], remember=form.cleaned_data["remember"])
            return _("Matched: %(what)s.") % {"what": form.cleaned_data.get("account") or form.cleaned_data.get("party")}
        if what == "split":
            forms["split"] = rows = split_forms(self.request.POST, user)
            valid = [row.is_valid() for row in rows]
            if not all(valid):
                return None
            match_statement_line(line, actor=user, parts=parts_of(rows))
            return _("Matched in parts.")
        if what == "undo":
            unmatch_statement_line(line, actor=user)
            return _("The line is open again.")
        raise Http404(_("There is no such action."))

    def _unaided(self, request: HttpRequest) -> HttpResponse:
        try:
            outcome = match_unaided(company_id=request.user.company_id, actor=request.user, seconds=SECONDS)
        except BusinessError as error:
            return self.render_to_response(self.get_context_data(problem=error.message, hint=error.hint), status=error.status)
        count, refused, left = outcome.matched, len(outcome.refused), outcome.left
        messages.success(request, ngettext("%(count)s line matched.", "%(count)s lines matched.", count) % {"count": count})
        if refused:
            messages.warning(request, ngettext(
                "%(count)s line was refused; it says why.", "%(count)s lines were refused; they say why.", refused) % {"count": refused})
        if left:
            messages.info(request, ngettext(
                "%(count)s more line is clear: match again to go on.", "%(count)s more lines are clear: match again to go on.", left) % {"count": left})
        return HttpResponseRedirect(self._back())
