"""The way of a budget: draft, approved by somebody else, active until a newer version is, closed."""

from typing import Any

from django.db import connection
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.budgets.models import Budget, BudgetLine
from erp.budgets.services.lines import closed_year, saying_what_budgets_refuse
from suite.kernel.calendars.models import FiscalYear
from suite.kernel.documents.editing import editing, save_record
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.locking import lock, lock_one
from suite.kernel.documents.transitions import Act, transition
from suite.kernel.documents.work import in_unit_of_work
from suite.kernel.users.service_user import recorded_id

Status = Budget.Status
OF_BUDGET = ("company_id", "year_id", "kind", "scope_id")


def takes_budgets(year_id: int) -> bool:
    """Whether a year has an open period and no year-end entry."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT erp_year_takes_budgets(%s)", [year_id])
        return cursor.fetchone()[0]


@editing(Budget)
def prepare_budget(budget: Budget, *, actor: Any) -> None:
    """Numbers the version and keeps who wrote it. Raises Refusal: a closed year, a scope that is itself of another company, a frame with lines."""
    if not takes_budgets(budget.year_id):
        raise closed_year()
    budget.edited_by_id = recorded_id(actor)
    if budget.pk is None:
        budget.edition = _next_edition(budget)
        return
    kept = Budget.objects.get(pk=budget.pk)
    changed = [name for name in ("year_id", "kind", "dimension_id") if getattr(kept, name) != getattr(budget, name)]
    if changed and BudgetLine.objects.filter(budget=budget).exists():
        raise Refusal(
            _("The budget has lines: its year, kind and dimension stay. Nothing was saved."), field=changed[0].removesuffix("_id"),
            code="budget_keeps_its_frame", hint=_("Empty the grid first, or make another budget."),
        )
    if (kept.year_id, kept.kind, kept.scope_id) != (budget.year_id, budget.kind, budget.scope_id):
        budget.edition = _next_edition(budget)


def _next_edition(budget: Budget) -> int:
    FiscalYear.objects.select_for_update(no_key=True).get(pk=budget.year_id)
    same = Budget.objects.filter(company_id=budget.company_id, year_id=budget.year_id, kind=budget.kind, scope_id=budget.scope_id)
    return (same.aggregate(last=Max("edition"))["last"] or 0) + 1


def draft_budget(*, company_id: int, year: FiscalYear, name: str, actor: Any, **values: Any) -> Budget:
    """A new draft, the next version of its kind and scope in the year. `values`: kind, scope, dimension, control_… as on Budget. Raises Refusal."""
    with saying_what_budgets_refuse():
        return save_record(Budget(company_id=company_id, year=year, name=name, **values), actor=actor)


@transition(Budget, "approve", source={Status.DRAFT}, target=Status.APPROVED, label=gettext_lazy("Approve"), icon="check", order=10)
def approve_budget(budget: Budget, *, actor: Any, act: Act) -> None:
    """From now on it is changed by a new version only. Raises Refusal: by whoever wrote it, without lines, a closed year."""
    if recorded_id(actor) in (budget.created_by_id, budget.edited_by_id):
        raise Refusal(
            _("Whoever wrote a budget does not approve it; nothing was done."), code="budget_four_eyes",
            hint=_("Ask a colleague to look at it and approve it."),
        )
    if not BudgetLine.objects.filter(budget=budget).exists():
        raise Refusal(_("The budget has no lines; it was not approved."), code="no_lines", hint=_("Fill its grid first."))
    if not takes_budgets(budget.year_id):
        raise closed_year()
    budget.approved_by_id, budget.approved_at = recorded_id(actor), timezone.now()


@transition(Budget, "withdraw", source={Status.APPROVED}, target=Status.DRAFT, label=gettext_lazy("Back to draft"), icon="arrow-back-up", order=60)
def withdraw_budget(budget: Budget, *, actor: Any, act: Act, reason: str = "") -> None:
    """The approval is taken back; the draft can be edited, and must be approved again."""
    budget.approved_by_id = budget.approved_at = None


@transition(Budget, "activate", source={Status.APPROVED}, target=Status.ACTIVE, label=gettext_lazy("Activate"), icon="player-play", order=20)
def activate_budget(budget: Budget, *, actor: Any, act: Act) -> None:
    """It counts and controls from now on; the version that did so before is superseded. Raises Refusal: a newer version is active, a closed year."""
    if not takes_budgets(budget.year_id):
        raise closed_year()
    lock(FiscalYear.objects.filter(pk=budget.year_id))  # of two versions activated at once the second sees the first
    same = {name: getattr(budget, name) for name in OF_BUDGET}
    for other in lock(Budget.objects.filter(**same, status=Status.ACTIVE)):
        if other.edition > budget.edition:
            raise Refusal(
                _("Version %(edition)s is newer and active; nothing was done.") % {"edition": other.edition}, code="newer_is_active",
                hint=_("Make a new version of this one, and activate that."),
            )
        _supersede(other, actor=actor, reason=_("Version %(edition)s was activated") % {"edition": budget.edition})


@transition(
    Budget, "supersede", source={Status.ACTIVE}, target=Status.SUPERSEDED, label=gettext_lazy("Supersede"), icon="versions", is_dangerous=True, order=90,
    offered=lambda budget: False,
)
def _supersede(budget: Budget, *, actor: Any, act: Act, reason: str = "") -> None:
    """Another version counts from now on: done by activating it."""


@transition(Budget, "close", source={Status.ACTIVE}, target=Status.CLOSED, label=gettext_lazy("Close"), icon="lock", is_dangerous=True, order=80)
def close_budget(budget: Budget, *, actor: Any, act: Act, reason: str = "") -> None:
    """It no longer controls anything; reports still show it."""


@transition(
    Budget, "renew", source={Status.APPROVED, Status.ACTIVE, Status.SUPERSEDED, Status.CLOSED}, target=None, label=gettext_lazy("New version"),
    icon="versions", order=30,
)
def renew_budget(budget: Budget, *, actor: Any, act: Act) -> None:
    """A draft with the same lines, the next version; act.payload["version_id"] is its key. Raises Refusal for a closed year."""
    act.payload["version_id"] = copy_budget(budget, actor=actor).pk


def copy_budget(budget: Budget, *, actor: Any) -> Budget:
    """The next version as a draft, with the lines of this one, set-based. Raises Refusal for a closed year."""

    def copy() -> Budget:
        lock_one(Budget, budget.pk)
        version = draft_budget(
            company_id=budget.company_id, year=budget.year, name=budget.name, actor=actor, kind=budget.kind, scope_id=budget.scope_id,
            dimension_id=budget.dimension_id, based_on_id=budget.pk, control_request=budget.control_request, control_order=budget.control_order,
            control_actual=budget.control_actual, control_span=budget.control_span,
        )
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO erp_budgetline (company_id, budget_id, account_id, value_id, period_id, amount)"
                " SELECT company_id, %s, account_id, value_id, period_id, amount FROM erp_budgetline WHERE budget_id = %s ORDER BY id",
                [version.pk, budget.pk],
            )
        return version

    return in_unit_of_work(copy, actor=actor)
