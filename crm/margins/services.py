"""Asking for a margin below the floor, approving it, and no longer needing it."""

from collections.abc import Sequence

from django.utils import timezone
from django.utils.translation import gettext as _

from crm.margins.models import MarginApproval
from crm.margins.rules import JudgedLine
from crm.pricing.models import PricedDocument
from suite.kernel.documents.errors import Refusal
from suite.kernel.users.models import User
from suite.kernel.users.service_user import recorded_id

Outcome = MarginApproval.Outcome
State = PricedDocument.MarginState


def ask_approval(document: PricedDocument, under: Sequence[JudgedLine], *, actor: User) -> MarginApproval:
    """The question for approval, with the lines that are under their floor; it takes the place of one that is open. Sets the document's state."""
    withdraw_approval(document)
    document.margin_state = State.ASKED
    return MarginApproval.objects.create(
        company_id=document.company_id, asked_by_id=recorded_id(actor), lines=[line.as_record() for line in under],
        **{document._meta.model_name: document},
    )


def withdraw_approval(document: PricedDocument) -> None:
    """Nothing is asked any more: the question is closed without an answer, and an answer given earlier no longer counts."""
    if document.margin_state == State.ASKED:
        document.margin_approvals.filter(outcome=Outcome.ASKED).update(outcome=Outcome.WITHDRAWN)
    document.margin_state = State.NONE


def approve_margin(document: PricedDocument, *, actor: User, reason: str) -> MarginApproval:
    """The approval, given, with who and why. Sets the document's state.

    Raises Refusal where nothing is asked, without a reason, and for whoever asked: four eyes.
    """
    asked = document.margin_approvals.filter(outcome=Outcome.ASKED).first() if document.margin_state == State.ASKED else None
    if asked is None:
        raise Refusal(
            _("No margin of %(document)s waits for approval; nothing was done.") % {"document": document}, code="nothing_to_approve",
        )
    if not reason.strip():
        raise Refusal(_("Say why less than the floor is right here."), field="reason")
    if asked.asked_by_id == recorded_id(actor):
        raise Refusal(
            _("You asked for this approval, so somebody else gives it; nothing was done."), code="four_eyes",
            hint=_("Ask a colleague who may approve margins; it stands in their worklist."),
        )
    asked.outcome, asked.decided_by_id, asked.decided_at, asked.reason = Outcome.APPROVED, recorded_id(actor), timezone.now(), reason.strip()[:200]
    asked.save(update_fields=["outcome", "decided_by", "decided_at", "reason"])
    document.margin_state = State.APPROVED
    return asked
