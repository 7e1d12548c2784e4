"""Lines matched without a person: chosen over all facts at once, posted in batches that stand by themselves."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import IntegrityError

from erp.banking.matching.facts import Facts, facts_for
from erp.banking.matching.scoring import proposals_for
from erp.banking.models import BankStatement, StatementLine
from erp.banking.rules import CUSTOMER, SUPPLIER, PartInput, Proposal, clear_choice
from erp.banking.services.matching import match_statement_line
from erp.ledger.refusals import refusing
from suite.kernel.calendars.models import Period
from suite.kernel.documents.errors import BusinessError
from suite.kernel.documents.work import attempt, in_unit_of_work

BATCH = 500
Chosen = tuple[StatementLine, Proposal]


@dataclass
class Outcome:
    """How many lines were matched, which were refused and why, and how many are clear but wait for the next call."""

    matched: int = 0
    refused: list[tuple[StatementLine, str]] = field(default_factory=list)
    left: int = 0


def match_unaided(
    *, company_id: int, actor: Any, statement: BankStatement | None = None, seconds: float | None = None, batch: int = BATCH,
    told: Callable[[Outcome], None] | None = None,
) -> Outcome:
    """Matches every open line (of a statement, or of all) whose best proposal is good enough and alone.

    Each batch is a transaction of its own (unless one is open): whoever stops it, or kills it, loses the batch at hand, and starting again goes on
    with what is open. A line that is refused falls out alone and keeps the reason. `seconds`: starts no batch after so long; `told` hears after
    each batch.
    """
    until = None if seconds is None else time.monotonic() + seconds
    batches = list(batches_of(choose(company_id=company_id, lines=open_lines(company_id, statement)), batch))
    outcome = Outcome()
    for place, chosen in enumerate(batches):
        if until is not None and place and time.monotonic() > until:
            outcome.left = sum(len(rest) for rest in batches[place:])
            break
        _post(chosen, actor, outcome)
        if told is not None:
            told(outcome)
    return outcome


def _post(chosen: Sequence[Chosen], actor: Any, outcome: Outcome) -> None:
    """Posts a batch; where it is refused, its halves, down to the line that is to blame."""

    def post() -> int:
        there = StatementLine.objects.filter(pk__in=[line.pk for line, _proposal in chosen], status=StatementLine.Status.OPEN)
        still_open = set(there.values_list("pk", flat=True))
        pairs = [(line, _said(proposal)) for line, proposal in chosen if line.pk in still_open]
        return len(match_statement_line.together(pairs, actor=actor))

    try:
        with refusing():
            outcome.matched += attempt(lambda: in_unit_of_work(post, actor=actor))
    except (BusinessError, IntegrityError) as error:
        if len(chosen) > 1:
            middle = len(chosen) // 2
            _post(chosen[:middle], actor, outcome)
            _post(chosen[middle:], actor, outcome)
        else:
            _keep_reason(chosen[0][0], str(getattr(error, "message", error)), actor)
            outcome.refused.append((chosen[0][0], str(getattr(error, "message", error))))


def _said(proposal: Proposal) -> dict[str, Any]:
    return {"parts": proposal.parts, "score": proposal.score, "reasons": "; ".join(proposal.reasons), "unaided": True}


def _keep_reason(line: StatementLine, reason: str, actor: Any) -> None:
    in_unit_of_work(
        lambda: StatementLine.objects.filter(pk=line.pk, status=StatementLine.Status.OPEN).update(problem=reason[:300]), actor=actor)


def batches_of(chosen: Iterable[Chosen], size: int) -> Iterator[list[Chosen]]:
    """The lines in batches in which no open item is named twice, so that each line is judged by what is open; what finds its items itself
    stands alone."""
    waiting = list(chosen)
    while waiting:
        batch: list[Chosen] = []
        later: list[Chosen] = []
        used: set[tuple[str, int]] = set()
        for one in waiting:
            items = _items_of(one[1].parts)
            if len(batch) >= size or items is None or items & used:
                later.append(one)
            else:
                batch.append(one)
                used |= items
        if not batch:
            batch, later = later[:1], later[1:]
        yield batch
        waiting = later


def _items_of(parts: Iterable[PartInput]) -> set[tuple[str, int]] | None:
    """The open items and entries that parts name; None where a part will look for its items."""
    parts = list(parts)
    if any(part.party_id and part.account_id is None and part.allocations is None and not part.is_advance for part in parts):
        return None
    items = {("item", pk) for part in parts for pk, *_amounts in part.allocations or ()}
    return items | {("entry", part.entry_id) for part in parts if part.entry_id}


def open_lines(company_id: int, statement: BankStatement | None = None) -> list[StatementLine]:
    """Open lines whose day may still be booked, oldest first."""
    rows = StatementLine.objects.filter(company_id=company_id, status=StatementLine.Status.OPEN)
    if statement is not None:
        rows = rows.filter(statement=statement)
    spans = list(Period.objects.filter(company_id=company_id, status="open", is_closing=False).values_list("starts_on", "ends_on"))
    lines = rows.select_related("bank_account").order_by("booked_on", "pk")
    return [line for line in lines if any(first <= (line.ledger_on or line.booked_on) <= last for first, last in spans)]


def choose(*, company_id: int, lines: Iterable[StatementLine]) -> list[Chosen]:
    """(line, proposal) of every line that is clear. What one line takes, no other gets; what becomes clear by that is found as well."""
    lines = list(lines)
    facts = facts_for(company_id, lines)
    chosen: list[Chosen] = []
    while lines:
        left = []
        for line in lines:
            proposal = clear_choice(proposals_for(line, facts), line.bank_account.unaided_from)
            if proposal is None:
                left.append(line)
            else:
                chosen.append((line, proposal))
                _take(facts, proposal)
        if len(left) == len(lines) or not chosen:
            break
        lines = left
    return chosen


def _take(facts: Facts, proposal: Proposal) -> None:
    for part in proposal.parts:
        facts.waiting.pop((CUSTOMER, part.payment_id), None)
        facts.waiting.pop((SUPPLIER, part.supplier_payment_id), None)
        for pk, cash, *settled in part.allocations or ():
            item = facts.items[pk]
            cash = settled[0] if settled else cash
            item.open = _less(item.open, cash) if cash < abs(item.open - item.discount) else item.open * 0
            item.discount *= 0
        if part.entry_id:
            for found in facts.booked.values():
                found[:] = [one for one in found if one.entry_id != part.entry_id]


def _less(signed: Decimal, amount: Decimal) -> Decimal:
    return signed - amount if signed > 0 else signed + amount
