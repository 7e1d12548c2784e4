"""Policy and arithmetic of claims, without a database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from suite.kernel.money.rules import ZERO, round_money


@dataclass(frozen=True)
class ClaimLineInput:
    """A line of a claim to be made: `unit_price` with tax, in `currency_id` (None: the company's); None where the type's rate decides."""

    spent_on: date
    type_id: int
    unit_price: Decimal | None = None
    quantity: Decimal = Decimal(1)
    description: str = ""
    currency_id: str | None = None
    tax_id: int | None = None


@dataclass(frozen=True)
class Policy:
    """What a type of expense allows, in company currency; None: anything."""

    name: str
    per_receipt: Decimal | None
    per_day: Decimal | None
    per_claim: Decimal | None
    receipt_from: Decimal | None
    is_blocking: bool


@dataclass
class Spent:
    """A line as the policy looks at it; `others_that_day` is what the employee's other claims have of the type on the day."""

    type_id: int
    spent_on: date
    gross: Decimal
    has_receipt: bool
    others_that_day: Decimal = ZERO
    twins: Sequence[str] = field(default_factory=tuple)


@dataclass(frozen=True)
class Remarks:
    """What is to be said of a line, and whether it may not be submitted so."""

    texts: tuple[str, ...]
    is_blocked: bool


def of_gross(gross: Decimal, rate: Decimal, digits: int) -> tuple[Decimal, Decimal]:
    """(net, tax) inside an amount that includes tax: the label is what was paid."""
    net = round_money(gross / (1 + rate), digits)
    return net, gross - net


def judged(lines: Sequence[Spent], policies: dict[int, Policy]) -> list[Remarks]:
    """What breaks the policy, line by line; a limit of a day or claim is named at the line that exceeds it. A possible double only warns."""
    days: dict[tuple[int, date], Decimal] = {}
    claims: dict[int, Decimal] = {}
    found = []
    for line in lines:
        policy = policies[line.type_id]
        day = (line.type_id, line.spent_on)
        days[day] = days.get(day, line.others_that_day) + line.gross
        claims[line.type_id] = claims.get(line.type_id, ZERO) + line.gross
        breaches = list(_breaches(line, policy, days[day], claims[line.type_id]))
        twins = [_("the same amount of the same day is on %(claim)s") % {"claim": twin} for twin in line.twins]
        found.append(Remarks((*breaches, *twins), bool(breaches) and policy.is_blocking))
    return found


def _breaches(line: Spent, policy: Policy, of_day: Decimal, of_claim: Decimal) -> Iterable[str]:
    if policy.receipt_from is not None and line.gross >= policy.receipt_from and not line.has_receipt:
        yield _("%(type)s needs a receipt from %(amount)s on") % {"type": policy.name, "amount": _plain(policy.receipt_from)}
    for limit, spent, text in (
        (policy.per_receipt, line.gross, _("%(spent)s is more than the %(limit)s allowed for %(type)s")),
        (policy.per_day, of_day, _("%(spent)s on one day is more than the %(limit)s allowed for %(type)s")),
        (policy.per_claim, of_claim, _("%(spent)s on one claim is more than the %(limit)s allowed for %(type)s")),
    ):
        if limit is not None and spent > limit:
            yield text % {"spent": _plain(spent), "limit": _plain(limit), "type": policy.name}


def _plain(amount: Decimal) -> str:
    return f"{amount:.2f}"


def covering(gross: Decimal, advances: Iterable[tuple[int, Decimal]]) -> list[tuple[int, Decimal]]:
    """How much of which advance covers a claim: (key, amount), in the order given, until all is covered."""
    parts, left = [], gross
    for pk, is_open in advances:
        part = min(left, is_open)
        if part > 0:
            parts.append((pk, part))
            left -= part
    return parts
