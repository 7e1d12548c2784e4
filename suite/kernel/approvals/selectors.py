"""Which rules ask for approval, how far a request is, and who may answer it."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.utils import timezone

from suite.kernel.approvals.models import ApprovalDecision, ApprovalRequest, ApprovalRule, ApprovalStep, Delegation
from suite.kernel.approvals.rules import Voice, rules_for_amount, voice_of
from suite.kernel.documents.transitions import Transition, transitions_of
from suite.kernel.users.models import User

MOST = 200


def rules_asking(document: Any, transition: str) -> tuple[list[ApprovalRule], Decimal]:
    """The rules that the action falls under now, and its amount in company currency. One statement where the company has no rule for it."""
    rules = list(ApprovalRule.objects.filter(
        company_id=document.company_id, action=f"{document._meta.label_lower}:{transition}").select_related("approver"))
    amount = getattr(document, document.approvable[transition]) if rules else None
    return (rules_for_amount(rules, amount), amount) if amount is not None else ([], Decimal(0))


def requests_of(document: Any, transition: str = "") -> list[ApprovalRequest]:
    """What was asked about the document, newest first."""
    rows = ApprovalRequest.objects.filter(content_type=ContentType.objects.get_for_model(type(document)), object_id=document.pk)
    return list((rows.filter(transition=transition) if transition else rows).select_related("created_by").order_by("-pk"))


def is_of(request: ApprovalRequest, document: Any, amount: Decimal) -> bool:
    """Whether the request was asked for the document as it stands."""
    return request.document_version == document.version and request.amount == amount


@dataclass(frozen=True)
class Asking:
    """How an action on a document stands: the rules it falls under, and the newest request, if it is for the document as it is."""

    transition: Transition
    rules: tuple[ApprovalRule, ...]
    amount: Decimal
    request: ApprovalRequest | None


def askings(document: Any) -> list[Asking]:
    """The actions that the document's status admits and that need approval."""
    found = []
    for name in getattr(document, "approvable", {}):
        transition = transitions_of(type(document)).get(name)
        if transition is None or document.status not in transition.source:
            continue
        rules, amount = rules_asking(document, name)
        if rules:
            newest = next(iter(requests_of(document, name)), None)
            found.append(Asking(transition, tuple(rules), amount, newest if newest and is_of(newest, document, amount) else None))
    return found


def voices(user: Any, requests: Iterable[ApprovalRequest]) -> dict[int, Voice]:
    """The requests that wait and that the user may answer, each with the step it counts for. Five statements, however many requests."""
    waiting = [request for request in requests if request.status == ApprovalRequest.Status.ASKED]
    if not waiting:
        return {}
    keys = [request.pk for request in waiting]
    steps, given, voted = defaultdict(list), Counter(), defaultdict(set)
    for step in ApprovalStep.objects.filter(request__in=keys).order_by("request", "position"):
        steps[step.request_id].append(step)
    for decision in ApprovalDecision.objects.filter(request__in=keys):
        given[decision.step_id] += decision.answer == ApprovalDecision.Answer.YES
        voted[decision.request_id] |= {decision.decided_by_id, decision.decided_for_id} - {None}
    givers = list(_givers(user).values_list("giver", flat=True))
    roles = _roles([user.pk, *givers])
    found = {
        request.pk: voice_of(user.pk, asked_by_id=request.created_by_id, steps=steps[request.pk], given=given, voted=voted[request.pk], roles=roles,
                             givers=givers)
        for request in waiting
    }
    return {key: voice for key, voice in found.items() if voice}


def waiting_for(user: Any) -> list[ApprovalRequest]:
    """The requests that the user may answer today, oldest first."""
    rows = ApprovalRequest.objects.visible_to(user).filter(status=ApprovalRequest.Status.ASKED).select_related("created_by").order_by("pk")[:MOST]
    may_answer = voices(user, rows)
    return [request for request in rows if request.pk in may_answer]


def open_steps(request: ApprovalRequest) -> list[ApprovalStep]:
    """The steps that still miss a yes."""
    given = Counter(request.decisions.filter(answer=ApprovalDecision.Answer.YES).values_list("step", flat=True))
    return [step for step in request.steps.select_related("approver") if given[step.pk] < step.needed]


def _givers(user: Any) -> Any:
    today = timezone.localdate()
    return Delegation.objects.filter(
        Q(valid_from__lte=today, valid_until__gte=today), company_id=user.company_id, taker=user, giver__is_active=True).order_by("pk")


def _roles(users: list[int]) -> dict[int, frozenset[str]]:
    held = defaultdict(set)
    for user, name in Group.objects.filter(user__in=User.objects.filter(pk__in=users, is_active=True)).values_list("user", "name"):
        held[user].add(name)
    return {user: frozenset(names) for user, names in held.items()}
