"""Which rules an amount falls under, and whose answer counts for which step. Pure: no database."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol, TypeVar


class Band(Protocol):
    """An amount from `from_amount` on, below `up_to` where there is one; company currency."""

    from_amount: Decimal
    up_to: Decimal | None


class Asked(Protocol):
    """A step of a request: the role or the person that is asked."""

    pk: int
    role: str
    approver_id: int | None
    needed: int


Rule = TypeVar("Rule", bound=Band)


def rules_for_amount(rules: Iterable[Rule], amount: Decimal) -> list[Rule]:
    """The rules whose band holds the amount, whatever its sign. Bands take their lower end in and leave their upper end out."""
    size = abs(amount)
    return [rule for rule in rules if rule.from_amount <= size and (rule.up_to is None or size < rule.up_to)]


@dataclass(frozen=True)
class Voice:
    """For which step somebody may answer, and in whose place (None: for themselves)."""

    step_id: int
    for_user_id: int | None


def voice_of(
    user_id: int, *, asked_by_id: int | None, steps: Sequence[Asked], given: Mapping[int, int], voted: Iterable[int], roles: Mapping[int, frozenset[str]],
    givers: Sequence[int],
) -> Voice | None:
    """The first open step that the user may answer, or None.

    `given`: approvals so far by step. `voted`: users who, or in whose place somebody, answered already: nobody counts twice. `roles`: by user.
    `givers`: who delegated to the user today. Who asked has no voice, and nobody has one in their place.
    """
    spent = {*voted, asked_by_id}
    if user_id in spent:
        return None
    for step in steps:
        if given.get(step.pk, 0) >= step.needed:
            continue
        for person in (user_id, *givers):
            if person not in spent and (step.approver_id == person or (step.role and step.role in roles.get(person, frozenset()))):
                return Voice(step.pk, None if person == user_id else person)
    return None
