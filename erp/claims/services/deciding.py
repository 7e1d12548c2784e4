"""A claim goes to its approver, and comes back approved or refused."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.claims.models import EmployeeAdvance, EmployeeUser, ExpenseClaim
from erp.claims.services.drafting import claimant_for, price_claim
from erp.claims.signals import claim_approved, claim_refused, claim_submitted
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.transitions import Act, transition
from suite.kernel.users.service_user import recorded_id

Status = ExpenseClaim.Status


@transition(
    ExpenseClaim, "submit", source={Status.DRAFT}, target=Status.SUBMITTED, label=gettext_lazy("Submit"), after=claim_submitted, icon="send", order=10,
)
def submit_claim(claim: ExpenseClaim, *, actor: Any, act: Act) -> None:
    """The claim is with its approver, and fixed. Raises Refusal: no lines, a line against a policy that refuses, another employee's claim."""
    claimant_for(claim, actor)
    if not claim.lines.exists():
        raise Refusal(_("The claim has no lines; it was not submitted."), code="no_lines", hint=_("Add what you spent."))
    price_claim(claim, actor=actor)
    blocked = claim.lines.filter(is_blocked=True).select_related("type").order_by("position").first()
    if blocked is not None:
        raise Refusal(
            _("Line %(position)s: %(remarks)s. The claim was not submitted.") % {
                "position": blocked.position, "remarks": blocked.remarks.replace("\n", "; ")},
            field="lines", code="against_policy", hint=_("Add the receipt, lower the line to what is allowed, or ask accounting."),
        )
    claim.submitted_by_id, claim.submitted_at = recorded_id(actor), timezone.now()
    claim.decision = ""
    act.payload["gross"] = str(claim.gross)


@transition(
    ExpenseClaim, "withdraw", source={Status.SUBMITTED}, target=Status.DRAFT, label=gettext_lazy("Withdraw"), icon="arrow-back", order=60,
)
def withdraw_claim(claim: ExpenseClaim, *, actor: Any, act: Act) -> None:
    """The claim is a draft again. Raises Refusal: another employee's claim."""
    claimant_for(claim, actor)
    claim.submitted_by = claim.submitted_at = None


@transition(
    ExpenseClaim, "approve", source={Status.SUBMITTED}, target=Status.APPROVED, label=gettext_lazy("Approve"), after=claim_approved, icon="check",
    order=10,
)
def approve_claim(claim: ExpenseClaim, *, actor: Any, act: Act) -> None:
    """The claim may be posted. Raises Refusal: whoever claims or submitted it does not approve it."""
    refuse_own(claim, actor)
    claim.approved_by_id, claim.approved_at = recorded_id(actor), timezone.now()
    act.payload["gross"] = str(claim.gross)


@transition(
    ExpenseClaim, "refuse", source={Status.SUBMITTED, Status.APPROVED}, target=Status.REFUSED, label=gettext_lazy("Refuse"), after=claim_refused,
    icon="x", is_dangerous=True, order=80,
)
def refuse_claim(claim: ExpenseClaim, *, actor: Any, act: Act, reason: str) -> None:
    """The claim goes back to the employee with the reason. Raises Refusal: no reason, one's own claim."""
    refuse_own(claim, actor)
    claim.decision = _reason(reason)


@transition(
    ExpenseClaim, "reopen", source={Status.REFUSED}, target=Status.DRAFT, label=gettext_lazy("Correct"), icon="pencil", order=20,
)
def reopen_claim(claim: ExpenseClaim, *, actor: Any, act: Act) -> None:
    """A refused claim is a draft again, with the reason still on it. Raises Refusal: another employee's claim."""
    claimant_for(claim, actor)
    claim.submitted_by = claim.submitted_at = claim.approved_by = claim.approved_at = None


def refuse_own(document: ExpenseClaim | EmployeeAdvance, actor: Any) -> None:
    """Raises Refusal where the actor decides on what they ask for or entered themselves."""
    is_own = EmployeeUser.objects.filter(party_id=document.claimant_id, user_id=recorded_id(actor)).exists()
    entered = document.submitted_by_id if isinstance(document, ExpenseClaim) else document.created_by_id
    if is_own or entered == recorded_id(actor):
        raise Refusal(
            _("Whoever asks for the money does not decide on it; %(document)s stays as it is.") % {"document": document}, code="expense_claim_four_eyes",
            hint=_("A colleague with the right to approve has to do it."),
        )


def _reason(reason: str) -> str:
    if not reason.strip():
        raise Refusal(_("A refusal needs its reason; nothing was done."), field="reason", hint=_("Say what the employee should change."))
    return reason.strip()[:200]


@transition(
    EmployeeAdvance, "approve", source={EmployeeAdvance.Status.DRAFT}, target=EmployeeAdvance.Status.APPROVED, label=gettext_lazy("Approve"),
    icon="check", order=10,
)
def approve_advance(advance: EmployeeAdvance, *, actor: Any, act: Act) -> None:
    """The advance may be paid out. Raises Refusal: whoever asks for it does not approve it."""
    refuse_own(advance, actor)
    advance.approved_by_id, advance.approved_at = recorded_id(actor), timezone.now()


@transition(
    EmployeeAdvance, "refuse", source={EmployeeAdvance.Status.DRAFT, EmployeeAdvance.Status.APPROVED}, target=EmployeeAdvance.Status.REFUSED,
    label=gettext_lazy("Refuse"), icon="x", is_dangerous=True, order=80,
)
def refuse_advance(advance: EmployeeAdvance, *, actor: Any, act: Act, reason: str) -> None:
    """The advance is not paid. Raises Refusal: no reason, one's own."""
    refuse_own(advance, actor)
    advance.decision = _reason(reason)
