"""Asking for approval, answering, and the guard that keeps an action from happening before it is approved."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suite.kernel.approvals.models import ApprovalDecision, ApprovalRequest, ApprovalStep, Delegation
from suite.kernel.approvals.selectors import is_of, open_steps, requests_of, rules_asking, voices
from suite.kernel.approvals.signals import approval_given, approval_refused
from suite.kernel.documents.editing import editing
from suite.kernel.documents.errors import Refusal, TransitionNotAllowed
from suite.kernel.documents.locking import lock_one
from suite.kernel.documents.transitions import Act, guards, transition, transitions_of
from suite.kernel.documents.work import in_unit_of_work
from suite.kernel.users.service_user import recorded_id

Status = ApprovalRequest.Status
Answer = ApprovalDecision.Answer


def ask_for_approval(document: Any, *, transition: str, actor: Any, reason: str = "") -> ApprovalRequest:
    """The question, with a step for every rule that the action falls under; the one that is open already where nothing changed since.

    Raises PermissionDenied for who may not do the action, TransitionNotAllowed where the status does not admit it, and Refusal where no
    rule asks for approval.
    """

    def ask() -> ApprovalRequest:
        known = transitions_of(type(document)).get(transition)
        if known is None or transition not in getattr(document, "approvable", {}):
            raise Refusal(_("This action never needs approval; nothing was asked."), field="transition", code="not_approvable")
        if not actor.has_perm(known.permission):
            raise PermissionDenied(known.permission)
        kept = lock_one(type(document), document.pk)
        if kept.status not in known.source:
            raise TransitionNotAllowed(
                _("%(document)s is %(status)s: %(action)s is not possible, nothing was asked.")
                % {"document": kept, "status": kept.get_status_display(), "action": known.label})
        rules, amount = rules_asking(kept, transition)
        if not rules:
            raise Refusal(_("No rule asks for approval here; nothing was asked."), code="needs_no_approval", hint=_("Go on without."))
        for earlier in requests_of(kept, transition):
            if earlier.status == Status.ASKED:
                if is_of(earlier, kept, amount):
                    return earlier
                withdraw_request(earlier, actor=actor, reason=_("The document changed."), is_superseded=True)
        request = ApprovalRequest.objects.create(
            company_id=kept.company_id, created_by_id=recorded_id(actor), record=kept, transition=transition,
            subject=f"{_subject(kept)}: {known.label}"[:160], document_version=kept.version, amount=amount, reason=reason.strip()[:200],
        )
        ApprovalStep.objects.bulk_create([
            ApprovalStep(company_id=kept.company_id, request=request, position=position, role=rule.role, approver_id=rule.approver_id, needed=rule.needed,
                         rule=str(rule)[:200])
            for position, rule in enumerate(rules, start=1)
        ])
        return request

    return in_unit_of_work(ask, actor=actor)


def _subject(document: Any) -> str:
    """"Supplier bill #40 · Paper Mill": what people call the document, and whom it is about."""
    name = f"{capfirst(str(document._meta.verbose_name))} {document.number}" if document.number else str(document)
    party = next((found for field in ("supplier", "customer", "claimant", "party") if (found := getattr(document, field, None))), None)
    return f"{name} · {party}" if party else name


def _answer(request: ApprovalRequest, actor: Any, answer: str, reason: str) -> None:
    voice = voices(actor, [request]).get(request.pk)
    if voice is None:
        if request.created_by_id == recorded_id(actor):
            raise Refusal(
                _("You asked for this approval, so somebody else gives it; nothing was done."), code="four_eyes",
                hint=_("It stands in the worklist of those who may."))
        raise Refusal(
            _("Nobody asks you for this approval; nothing was done."), code="not_asked",
            hint=_("Waits for: %(who)s.") % {"who": ", ".join(step.asked_in_words for step in open_steps(request))})
    ApprovalDecision.objects.create(
        company_id=request.company_id, request=request, step_id=voice.step_id, answer=answer, decided_by_id=recorded_id(actor),
        decided_for_id=voice.for_user_id, reason=reason.strip()[:200])


def _refuse_outdated(request: ApprovalRequest) -> None:
    document = request.record
    if document.version != request.document_version:
        raise Refusal(
            _("%(document)s was changed after the approval was asked for; nothing was done.") % {"document": document}, code="approval_outdated",
            hint=_("Whoever changed it asks again."))


@transition(ApprovalRequest, "approve", source={Status.ASKED}, target=None, label=gettext_lazy("Approve"), icon="shield-check", order=10)
def approve_request(request: ApprovalRequest, *, actor: Any, act: Act, reason: str = "") -> None:
    """A yes; approved as soon as every step has as many as it needs. Raises Refusal for who asked, who is not asked, and a changed document."""
    _refuse_outdated(request)
    _answer(request, actor, Answer.YES, reason)
    if not open_steps(request):
        request.status = Status.APPROVED
        approval_given.send(sender=type(request.record), document=request.record, request=request)


@transition(
    ApprovalRequest, "refuse", source={Status.ASKED}, target=None, label=gettext_lazy("Refuse"), icon="shield-x", order=20,
)
def refuse_request(request: ApprovalRequest, *, actor: Any, act: Act, reason: str = "") -> None:
    """A no, with its reason; one is enough. Raises Refusal without a reason, for who asked and who is not asked."""
    if not reason.strip():
        raise Refusal(_("Say why it is refused."), field="reason")
    _answer(request, actor, Answer.NO, reason)
    request.status = Status.REFUSED
    approval_refused.send(sender=type(request.record), document=request.record, request=request)


@transition(
    ApprovalRequest, "withdraw", source={Status.ASKED}, target=Status.WITHDRAWN, label=gettext_lazy("Withdraw"), icon="arrow-back-up", is_dangerous=True,
    order=60,
)
def withdraw_request(request: ApprovalRequest, *, actor: Any, act: Act, reason: str = "", is_superseded: bool = False) -> None:
    """The question is taken back by who asked it, or by a newer question. Raises Refusal for others."""
    if not is_superseded and request.created_by_id != recorded_id(actor):
        raise Refusal(
            _("%(who)s asked for this approval and withdraws it; nothing was done.") % {"who": request.created_by}, code="not_yours",
            hint=_("Refuse it, if you are asked."))


@guards
def hold_to_approval(document: Any, name: str, actor: Any) -> None:
    """Raises Refusal where a rule asks for approval of the action and there is none for the document as it stands.

    What the suite itself does in consequence of somebody's act is not asked about: that act was.
    """
    if actor.is_service:
        return
    rules, amount = rules_asking(document, name)
    if not rules:
        return
    asked = [request for request in requests_of(document, name) if is_of(request, document, amount)]
    if any(request.status == Status.APPROVED for request in asked):
        return
    action = transitions_of(type(document))[name].label
    who = ", ".join(rule.asked_in_words for rule in rules)
    waits = any(request.status == Status.ASKED for request in asked)
    hint = _("It was asked for and waits for: %(who)s.") if waits else _("Ask for it under Approval on its page; it is given by: %(who)s.")
    raise Refusal(
        _("%(document)s needs approval before this: %(action)s. Nothing was done.") % {"document": document, "action": action},
        code="approval_missing", hint=hint % {"who": who},
    )


@editing(Delegation)
def delegate_own_voice(delegation: Delegation, *, actor: Any) -> None:
    """People delegate their own voice only. Raises Refusal for another's, and for days that are over."""
    if delegation.pk is None:
        delegation.giver_id = recorded_id(actor)
    elif delegation.giver_id != recorded_id(actor):
        raise Refusal(_("This is %(who)s's delegation; nothing was saved.") % {"who": delegation.giver}, code="not_yours")
    if delegation.taker_id == delegation.giver_id:
        raise Refusal(_("Somebody else answers in your place; nothing was saved."), field="taker")
    if delegation.valid_until < timezone.localdate():
        raise Refusal(_("These days are over; nothing was saved."), field="valid_until")


