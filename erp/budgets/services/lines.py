"""The grid: many cells at once, all or none."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.utils.translation import gettext as _

from erp.budgets.models import Budget, BudgetLine, SeasonalKey
from erp.budgets.rules import TYPES, Cell, CellFault, FaultyCells, checked_amount, distribute, seasonal_weights
from erp.budgets.selectors import Key, accounts_of_kind, actuals_of_year_before, cells_of, digits_of, periods_of
from erp.dimensions.models import DimensionValue
from erp.ledger.models import Account
from suite.access.permissions import may
from suite.kernel.documents.editing import refuse_unless_editable
from suite.kernel.documents.errors import Refusal, StaleVersion
from suite.kernel.documents.locking import lock_one
from suite.kernel.documents.work import in_unit_of_work
from suite.kernel.money.rules import ZERO, round_money
from suite.kernel.users.service_user import recorded_id

GUARDS = {
    "budget_is_approved", "budget_line_of_budget", "budget_account_is_heading", "budget_account_of_kind", "budget_amount_precision", "budget_of_company",
    "budget_keeps_its_frame",
}


def save_cells(*, budget: Budget, cells: Sequence[Cell], actor: Any, expected_version: int | None = None) -> Budget:
    """The budget with these cells as they are said; the others stay. Amount None takes a line away. Three statements, however many cells.

    Raises PermissionDenied; TransitionNotAllowed when it is no draft; StaleVersion; FaultyCells naming each cell that cannot be taken; Refusal
    for a closed year. Then nothing was saved.
    """

    def save() -> Budget:
        if not may(actor, Budget, "change"):
            raise PermissionDenied("erp.change_budget")
        kept = lock_one(Budget, budget.pk)
        refuse_unless_editable(kept)
        if expected_version is not None and kept.version != expected_version:
            raise StaleVersion(_("%(record)s was changed by somebody else; nothing was saved.") % {"record": kept})
        faults = faults_of(kept, cells)
        if faults:
            raise FaultyCells(faults)
        with saying_what_budgets_refuse():
            _write(kept, cells)
        kept.version += 1
        kept.edited_by_id = recorded_id(actor)
        kept.save(update_fields=["version", "edited_by"])
        return kept

    return in_unit_of_work(save, actor=actor)


def faults_of(budget: Budget, cells: Sequence[Cell]) -> list[CellFault]:
    """What is wrong with cells, one fault each: the account, the value, the period, the amount; none when all can be taken."""
    digits, periods = digits_of(budget), {period.pk for period in periods_of(budget.year_id)}
    accounts = Account.objects.filter(company_id=budget.company_id).in_bulk({cell.account_id for cell in cells})
    values = set(DimensionValue.objects.filter(dimension_id=budget.dimension_id, pk__in={c.value_id for c in cells if c.value_id}).values_list("pk", flat=True))
    faults = []
    for cell in cells:
        reason = _reason(budget, cell, accounts.get(cell.account_id), values, periods)
        try:
            if not reason and cell.amount is not None:
                checked_amount(cell.amount, digits)
        except ValueError as error:
            reason = str(error)
        if reason:
            faults.append(CellFault(cell.account_id, cell.value_id, cell.period_id, reason))
    return faults


def _reason(budget: Budget, cell: Cell, account: Account | None, values: set[int], periods: set[int]) -> str:
    if account is None:
        return _("There is no such account.")
    if account.is_heading:
        return _("%(account)s is a heading: it takes no budget.") % {"account": account}
    if account.type not in TYPES[budget.kind] or (budget.kind == Budget.Kind.INVESTMENT and account.control):
        return _("%(account)s is of type %(type)s, which a budget of this kind (%(kind)s) does not take.") % {
            "account": account, "type": account.get_type_display(), "kind": budget.get_kind_display()}
    if cell.value_id is not None and cell.value_id not in values:
        return _("This is no value of the budget's dimension.")
    if cell.period_id not in periods:
        return _("This is no period of the budget's year.")
    return ""


def _write(budget: Budget, cells: Sequence[Cell]) -> None:
    said = {(cell.account_id, cell.value_id, cell.period_id): cell.amount for cell in cells}
    gone = {key for key, amount in said.items() if amount is None}
    if gone:
        rows = BudgetLine.objects.filter(budget=budget, account_id__in={key[0] for key in gone}, period_id__in={key[2] for key in gone})
        dropped = [pk for pk, *key in rows.values_list("pk", "account_id", "value_id", "period_id") if tuple(key) in gone]
        BudgetLine.objects.filter(pk__in=dropped).delete()
    BudgetLine.objects.bulk_create(
        [
            BudgetLine(company_id=budget.company_id, budget=budget, account_id=account_id, value_id=value_id, period_id=period_id, amount=amount)
            for (account_id, value_id, period_id), amount in said.items() if amount is not None
        ],
        update_conflicts=True, unique_fields=("budget", "account", "value", "period"), update_fields=("amount",), batch_size=5000,
    )


@contextmanager
def saying_what_budgets_refuse() -> Iterator[None]:
    """Turns what the database's guards of budgets say into a Refusal in words."""
    try:
        yield
    except IntegrityError as error:
        told = getattr(error.__cause__, "diag", None)
        name = getattr(told, "constraint_name", "") or ""
        if name == "budget_year_open":
            raise closed_year() from error
        if name not in GUARDS:
            raise
        raise Refusal(_("%(reason)s; nothing was saved.") % {"reason": told.message_primary}, code=name) from error


def closed_year() -> Refusal:
    """The refusal of a budget for a year that is closed."""
    return Refusal(
        _("The fiscal year is closed: it takes no budget. Nothing was saved."), field="year", code="budget_year_open",
        hint=_("Choose a year with an open period."),
    )


def weights_for(budget: Budget, key: str, wanted: Iterable[Key]) -> dict[Key, list[Decimal]]:
    """The weights of the periods for each of the wanted rows: "even", "last_year" (its actuals), or the key of a seasonal key.

    Raises Refusal: no such seasonal key, or a year that does not have twelve periods.
    """
    wanted, count = list(wanted), len(periods_of(budget.year_id))
    even = [Decimal(1)] * count
    if key == "last_year":
        found = actuals_of_year_before(budget, wanted)
        return {one: found.get(one, even) for one in wanted}
    if key == "even":
        return dict.fromkeys(wanted, even)
    season = SeasonalKey.objects.filter(company_id=budget.company_id, pk=int(key)).first() if key.isdecimal() and len(key) < 19 else None
    if season is None or count != 12:
        raise Refusal(_("There is no such key for a year of %(count)s periods; nothing was spread.") % {"count": count}, field="key", code="no_such_key")
    return dict.fromkeys(wanted, seasonal_weights(season.weights))


def spread(budget: Budget, row: Key, amount: Decimal, key: str) -> list[Cell]:
    """A year's amount as cells of a row (not saved): by `key` as in weights_for, largest remainder. Raises Refusal, ValueError for the amount."""
    digits, periods = digits_of(budget), periods_of(budget.year_id)
    parts = distribute(checked_amount(amount, digits), weights_for(budget, key, [row])[row], digits)
    return [Cell(row[0], row[1], period.pk, part) for period, part in zip(periods, parts, strict=True)]


def fill_from(budget: Budget, source: str, percent: Decimal, rows: Iterable[Key]) -> list[Cell]:
    """Cells (not saved) from last year, each plus `percent`: source "actual" for what was booked in the rows (without rows: on every
    account that the budget takes), or the key of another budget.

    Raises Refusal: no such budget of this company, or nothing to copy.
    """
    periods, digits, factor = periods_of(budget.year_id), digits_of(budget), 1 + percent / 100
    if source == "actual":
        rows = list(rows) or [(pk, None) for pk in accounts_of_kind(budget.company_id, budget.kind).values_list("pk", flat=True)]
        found = {key: dict(enumerate(amounts)) for key, amounts in actuals_of_year_before(budget, rows).items()}
    else:
        other = Budget.objects.filter(company_id=budget.company_id, pk=int(source)).first() if source.isdecimal() and len(source) < 19 else None
        if other is None:
            raise Refusal(_("There is no such budget; nothing was copied."), field="source", code="no_such_budget")
        place = {period.pk: at for at, period in enumerate(periods_of(other.year_id))}
        found = {key: {place[pk]: amount for pk, amount in cells.items()} for key, cells in cells_of(other).items()}
        if other.dimension_id != budget.dimension_id:
            found = {key: cells for key, cells in found.items() if key[1] is None}
    cells = [
        Cell(account_id, value_id, periods[at].pk, round_money(amount * factor, digits))
        for (account_id, value_id), amounts in found.items() for at, amount in sorted(amounts.items()) if at < len(periods) and amount != ZERO
    ]
    wrong = {(fault.account_id, fault.value_id) for fault in faults_of(budget, cells)}
    cells = [cell for cell in cells if (cell.account_id, cell.value_id) not in wrong]
    if not cells:
        raise Refusal(_("There is nothing to copy: no amounts in the year before, or on accounts this budget does not take."), code="nothing_to_copy")
    return cells
