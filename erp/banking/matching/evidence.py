"""What speaks for a proposal, in points and words."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from erp.banking.models import StatementLine
from erp.banking.rules import PartInput, Proposal

NUMBER, AMOUNT, ONLY, NEAR, ABOUT = 50, 40, 10, 5, 25
BY_IBAN, BY_NAME, BY_WORDS, GIVEN = 35, 30, 20, 35
MOST_ITEMS = 40


@dataclass
class Evidence:
    """Who the line is likely from: party to (points, reason)."""

    parties: dict[int, tuple[int, str]] = field(default_factory=dict)

    def add(self, party_id: int, points: int, reason: str) -> None:
        if points > self.parties.get(party_id, (0, ""))[0]:
            self.parties[party_id] = (points, reason)

    def of(self, party_id: int) -> tuple[int, str]:
        return self.parties.get(party_id, (0, ""))

    @property
    def is_sure_of_another(self) -> bool:
        return any(points >= BY_NAME for points, _reason in self.parties.values())


def proposal(points: Iterable[tuple[int, str]], parts: tuple[PartInput, ...], kind: str, label: str) -> Proposal:
    """A proposal with its score and reasons; points of 0 say nothing."""
    given = [(value, reason) for value, reason in points if value]
    score = max(0, min(100, sum(value for value, _reason in given)))
    return Proposal(score, tuple(str(reason) for _value, reason in given), parts, kind, label)


def near(line: StatementLine, day) -> tuple[int, str]:
    """Whether a day is near the line's."""
    return (NEAR, _("date fits")) if abs((line.booked_on - day).days) <= 14 else (0, "")


def doubt(who: Evidence, party_id: int) -> tuple[int, str]:
    """Whether somebody else seems to pay."""
    return (-20, _("the money seems to be somebody else's")) if not who.of(party_id)[0] and who.is_sure_of_another else (0, "")
