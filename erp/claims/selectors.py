"""What is known of claims: whose they are, what the policy says of them, what covers them."""

from collections import defaultdict
from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext as _

from erp.claims.models import EmployeeAdvance, EmployeeUser, ExpenseClaim, ExpenseClaimLine, ExpenseRate, ExpenseType
from erp.claims.rules import Policy, Remarks, Spent, judged
from suite.kernel.documents.errors import Refusal
from suite.kernel.money.rules import ZERO
from suite.kernel.parties.models import Party
from suite.kernel.users.models import User

# Claims that do not count: refused and taken back.
GONE = (ExpenseClaim.Status.REFUSED, ExpenseClaim.Status.REVERSED)


def employee_of(user: User) -> Party | None:
    """The employee that a user is in the company they work in."""
    found = EmployeeUser.objects.filter(company_id=user.company_id, user_id=user.pk).select_related("party").first()
    return found and found.party


def rate_of(type: ExpenseType, on: date) -> Decimal:
    """What a kilometre or day of the type is paid with on a day. Raises Refusal where no rate is valid."""
    rates = ExpenseRate.objects.filter(type=type, valid_from__lte=on).filter(Q(valid_until__isnull=True) | Q(valid_until__gte=on))
    found = rates.order_by("-valid_from").values_list("rate", flat=True).first()
    if found is None:
        raise Refusal(
            _("%(type)s has no rate for %(day)s; nothing was saved.") % {"type": type, "day": on}, field="spent_on", code="expense_rate_missing",
            hint=_("Ask accounting to enter the rate under Expense types."),
        )
    return found


def judge(claim: ExpenseClaim, lines: list[ExpenseClaimLine]) -> list[Remarks]:
    """What is unusual about each line of a claim, by the company's policy and by what the employee claimed before."""
    types = {line.type_id: line.type for line in lines}
    policies = {
        pk: Policy(
            one.name, one.limit_per_receipt, one.limit_per_day, one.limit_per_claim, one.receipt_from, one.on_breach == ExpenseType.OnBreach.BLOCK,
        )
        for pk, one in types.items()
    }
    days = {line.spent_on for line in lines}
    others = ExpenseClaimLine.objects.filter(company_id=claim.company_id, claim__claimant_id=claim.claimant_id, spent_on__in=days)
    others = others.exclude(claim_id=claim.pk).exclude(claim__status__in=GONE)
    of_day = {
        (row["type_id"], row["spent_on"]): row["total"]
        for row in others.filter(type_id__in=types).order_by().values("type_id", "spent_on").annotate(total=Sum("gross"))
    }
    twins: dict[tuple[date, Decimal], list[str]] = defaultdict(list)
    for other in others.filter(gross__in={line.gross for line in lines}).select_related("claim"):
        twins[other.spent_on, other.gross].append(str(other.claim))
    seen: set[tuple[date, Decimal]] = set()
    spent = []
    for line in lines:
        key = (line.spent_on, line.gross)
        known = [*twins[key], *([_("this claim")] if key in seen else [])]
        spent.append(Spent(line.type_id, line.spent_on, line.gross, line.receipt_id is not None, of_day.get((line.type_id, line.spent_on), ZERO), known))
        seen.add(key)
    return judged(spent, policies)


def claims_to_decide(user: User) -> QuerySet[ExpenseClaim]:
    """Submitted claims that the user may see and neither claims nor submitted: others do not decide on their own."""
    rows = ExpenseClaim.objects.visible_to(user, "approve").filter(status=ExpenseClaim.Status.SUBMITTED).exclude(submitted_by=user)
    return rows.exclude(claimant__employee_user__user=user)


def advances_to_decide(user: User) -> QuerySet[EmployeeAdvance]:
    """Advances asked for that the user may see and did not ask for themselves."""
    rows = EmployeeAdvance.objects.visible_to(user, "approve").filter(status=EmployeeAdvance.Status.DRAFT).exclude(created_by=user)
    return rows.exclude(claimant__employee_user__user=user)

