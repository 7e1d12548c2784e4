"""What documents commit before they are in the books: the seam for purchase requests and orders."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext as _

from erp.budgets.models import BudgetCommitment, BudgetCommitmentLine, Level
from erp.budgets.services.control import Look, look_at_budget
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.locking import lock
from suite.kernel.documents.work import in_unit_of_work
from suite.kernel.money.rules import ZERO

Key = tuple[int, tuple[int, ...], date]


@dataclass(frozen=True)
class CommittedLine:
    """What will be spent on an account: company currency, above zero; `value_ids` are values of dimensions, at most one of each."""

    account_id: int
    amount: Decimal
    expected_on: date
    value_ids: tuple[int, ...] = ()


def open_lines(commitment_id: int) -> dict[Key, Decimal]:
    """What is still to come per (account, values, day)."""
    rows = BudgetCommitmentLine.objects.filter(commitment_id=commitment_id).order_by("expected_on", "account_id")
    found = rows.values("account_id", "value_ids", "expected_on").annotate(left=Sum("amount")).filter(left__gt=0)
    return {(row["account_id"], tuple(row["value_ids"]), row["expected_on"]): row["left"] for row in found}


def change_commitment(commitment: BudgetCommitment, changes: dict[Key, Decimal]) -> list[BudgetCommitmentLine]:
    """New lines for the changes that are not zero; the caller holds the commitment."""
    return BudgetCommitmentLine.objects.bulk_create(
        BudgetCommitmentLine(
            company_id=commitment.company_id, commitment=commitment, account_id=account_id, value_ids=list(value_ids), expected_on=day, amount=amount,
        )
        for (account_id, value_ids, day), amount in sorted(changes.items(), key=lambda item: item[0]) if amount
    )


def commit_budget(
    *, company_id: int, source_key: str, level: str, lines: Sequence[CommittedLine], actor: Any, replaces: Iterable[str] = (),
) -> BudgetCommitment:
    """The document commits exactly these lines, whatever it did before (none: all is released). Asking again changes nothing.

    `replaces` are sources whose commitments go over into this one (the requests of an order): they are released first. Budgets that control
    this level warn, or raise Refusal at the end of the unit of work; then nothing was committed. Raises Refusal: an amount not above zero.
    """
    if level not in (Level.REQUEST, Level.ORDER):
        raise ValueError(level)
    wanted: dict[Key, Decimal] = defaultdict(lambda: ZERO)
    for line in lines:
        if line.amount <= 0:
            raise Refusal(_("A commitment is above zero; nothing was committed."), field="amount", code="commitment_above_zero")
        wanted[line.account_id, tuple(sorted(line.value_ids)), line.expected_on] += line.amount

    def commit() -> BudgetCommitment:
        for key in sorted(set(replaces) - {source_key}):
            _release(company_id, key)
        commitment = _held(company_id, source_key, level)
        present = open_lines(commitment.pk)
        more = change_commitment(commitment, {key: wanted.get(key, ZERO) - present.get(key, ZERO) for key in wanted.keys() | present.keys()})
        raised = tuple(line.pk for line in more if line.amount > 0)
        if raised:
            look_at_budget(Look(company_id, source_key, level, commitment_lines=raised))
        return commitment

    return in_unit_of_work(commit, actor=actor)


def reduce_commitment(*, company_id: int, source_key: str, lines: Sequence[CommittedLine], actor: Any) -> None:
    """What arrived in the books is no longer committed: per account, the earliest first, never below zero. A source without a commitment: nothing."""

    def reduce() -> None:
        commitment = _known(company_id, source_key)
        if commitment is None:
            return
        left: dict[int, Decimal] = defaultdict(lambda: ZERO)
        for line in lines:
            left[line.account_id] += line.amount
        changes: dict[Key, Decimal] = {}
        for key, amount in sorted(open_lines(commitment.pk).items(), key=lambda item: (item[0][2], item[0][0], item[0][1])):
            taken = min(amount, left[key[0]])
            if taken > 0:
                changes[key] = -taken
                left[key[0]] -= taken
        change_commitment(commitment, changes)

    in_unit_of_work(reduce, actor=actor)


def _release(company_id: int, source_key: str) -> None:
    commitment = _known(company_id, source_key)
    if commitment is not None:
        change_commitment(commitment, {key: -amount for key, amount in open_lines(commitment.pk).items()})


def _known(company_id: int, source_key: str) -> BudgetCommitment | None:
    """The commitment of a source, held until commit."""
    return next(iter(lock(BudgetCommitment.objects.filter(company_id=company_id, source_key=source_key))), None)


def _held(company_id: int, source_key: str, level: str) -> BudgetCommitment:
    """The commitment of a source, made where there is none, held until commit. One that changes its level is released whole and made anew."""
    BudgetCommitment.objects.bulk_create([BudgetCommitment(company_id=company_id, source_key=source_key, level=level)], ignore_conflicts=True)
    commitment = _known(company_id, source_key)
    if commitment.level != level:
        _release(company_id, source_key)
        commitment.level = level
        commitment.save(update_fields=["level"])
    return commitment
