"""Looking at budgets when money is spent: at the end of the unit of work, after the books are sealed, so that everybody takes locks in one order."""

from dataclasses import dataclass
from decimal import Decimal

from django.db import connection
from django.utils.translation import gettext as _

from erp.budgets.models import Budget, BudgetOverride, BudgetWarning
from erp.dimensions.models import DimensionValue
from erp.ledger.models import Account
from erp.ledger.services.entries import SEAL
from suite.kernel.calendars.models import Period
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.preview import Preview, collects
from suite.kernel.documents.statements import kept
from suite.kernel.documents.work import Work, current_work
from suite.kernel.money.rules import ZERO

CHECK = f"{SEAL}_budgets"  # sorts after the seal
_OVERRUNS = "SELECT * FROM erp_budget_overruns(%s, %s, %s::bigint[], %s::bigint[])"
BLOCK = Budget.Control.BLOCK


@dataclass(frozen=True)
class Look:
    """What is looked at: entries, or new lines of a commitment, of one document."""

    company_id: int
    document_key: str
    level: str
    entries: tuple[int, ...] = ()
    commitment_lines: tuple[int, ...] = ()


@dataclass(frozen=True)
class Overrun:
    """A budget line that a document exceeds: what is budgeted, what is used with the document, what of that it adds."""

    budget_id: int
    account_id: int
    value_id: int | None
    period_id: int
    control: str
    span: str
    budgeted: Decimal
    used: Decimal
    added: Decimal

    @property
    def excess(self) -> Decimal:
        """How much of what the document adds lies beyond the budget."""
        return min(self.used - self.budgeted, self.added)


def look_at_budget(look: Look) -> None:
    """Queues the look for the end of the unit of work. What it refuses there takes the whole unit of work back."""
    current_work().at_seal(CHECK, check, look)


def check(looks: list[Look]) -> list[str]:
    """Warnings are stored and said; a blocked budget without leave to exceed it raises Refusal naming it, what is used, and what would be."""
    said: list[str] = []
    for look in looks:
        found = overruns(look)
        if found:
            said += _judge(look, found)
    return said


def overruns(look: Look) -> list[Overrun]:
    """The budget lines that what is written takes beyond their amount; they stay locked until commit. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(kept(_OVERRUNS), [look.company_id, look.level, list(look.entries), list(look.commitment_lines)])
        return [Overrun(*row) for row in cursor.fetchall()]


def _judge(look: Look, found: list[Overrun]) -> list[str]:
    leave = BudgetOverride.objects.filter(company_id=look.company_id, document_key=look.document_key).order_by("-amount").first()
    allowed = leave.amount if leave else ZERO
    words = _in_words(found)
    blocked = [(one, text) for one, text in zip(found, words, strict=True) if one.control == BLOCK and one.excess > allowed]
    if blocked:
        raise Refusal(
            _("The budget does not admit this; nothing was done. %(lines)s") % {"lines": " ".join(text for _one, text in blocked[:5])},
            code="budget_exceeded",
            hint=_("Take it from another account or period, or have somebody else allow it under Budget overrides, for %(document)s.") % {
                "document": look.document_key},
        )
    BudgetWarning.objects.bulk_create(
        BudgetWarning(
            company_id=look.company_id, document_key=look.document_key, level=look.level, budget_id=one.budget_id, account_id=one.account_id,
            value_id=one.value_id, period_id=one.period_id, budgeted=one.budgeted, used=one.used, added=one.added,
            override=leave if one.control == BLOCK else None,
        )
        for one in found
    )
    return [*([_("Allowed by %(person)s: %(reason)s") % {"person": leave.approved_by, "reason": leave.reason}] if leave else []), *words]


def _in_words(found: list[Overrun]) -> list[str]:
    budgets = Budget.objects.select_related("company").in_bulk({one.budget_id for one in found})
    accounts = Account.objects.in_bulk({one.account_id for one in found})
    values = DimensionValue.objects.in_bulk({one.value_id for one in found if one.value_id})
    periods = Period.objects.select_related("year").in_bulk({one.period_id for one in found})
    return [
        _("%(budget)s, %(account)s%(value)s, %(period)s: budget %(budgeted)s, used %(used)s, would be %(would_be)s.") % {
            "budget": budgets[one.budget_id], "account": accounts[one.account_id], "value": f", {values[one.value_id]}" if one.value_id else "",
            "period": (_("%(period)s (year to date)") if one.span == Budget.Span.YEAR else "%(period)s") % {"period": periods[one.period_id]},
            "budgeted": _amount(one.budgeted), "used": _amount(one.used - one.added), "would_be": _amount(one.used),
        }
        for one in found
    ]


def _amount(value: Decimal) -> str:
    return f"{value:.2f}" if value == round(value, 2) else f"{value.normalize():f}"


@collects
def budget_effects(work: Work, preview: Preview) -> None:
    """Looks at the budgets as the previewed work would, after the books' own collector has sealed, and tells the warnings."""
    _step, looks = work.closing.pop(CHECK, (None, []))
    if looks:
        preview.messages.extend(check(looks))
