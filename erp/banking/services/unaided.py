"""Lines matched without a person."""

from collections.abc import Iterable
from typing import Any

from erp.banking.matching.facts import Facts, facts_for
from erp.banking.matching.scoring import proposals_for
from erp.banking.models import BankStatement, StatementLine
from erp.banking.rules import Proposal, clear_choice
from erp.banking.services.matching import match_statement_line
from suite.kernel.calendars.models import Period
from suite.kernel.documents.work import in_unit_of_work


def match_unaided(*, company_id: int, actor: Any, statement: BankStatement | None = None) -> int:
    """Matches every open line (of a statement, or of all) whose best proposal is good enough and alone, in one transaction. How many."""

    def run() -> int:
        chosen = choose(company_id=company_id, lines=open_lines(company_id, statement))
        for line, proposal in chosen:
            match_statement_line(
                line, actor=actor, parts=proposal.parts, score=proposal.score, reasons="; ".join(proposal.reasons), unaided=True,
            )
        return len(chosen)

    return in_unit_of_work(run, actor=actor)


def open_lines(company_id: int, statement: BankStatement | None = None) -> list[StatementLine]:
    """Open lines whose day may still be booked, oldest first."""
    rows = StatementLine.objects.filter(company_id=company_id, status=StatementLine.Status.OPEN)
    if statement is not None:
        rows = rows.filter(statement=statement)
    spans = list(Period.objects.filter(company_id=company_id, status="open", is_closing=False).values_list("starts_on", "ends_on"))
    lines = rows.select_related("bank_account").order_by("booked_on", "pk")
    return [line for line in lines if any(first <= (line.ledger_on or line.booked_on) <= last for first, last in spans)]


def choose(*, company_id: int, lines: Iterable[StatementLine]) -> list[tuple[StatementLine, Proposal]]:
    """(line, proposal) of every line that is clear. What one line takes, no other gets; what becomes clear by that is found as well."""
    lines = list(lines)
    facts = facts_for(company_id, lines)
    chosen: list[tuple[StatementLine, Proposal]] = []
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
        facts.waiting.pop(part.payment_id, None)
        for pk, cash in part.allocations or ():
            item = facts.items[pk]
            item.open = item.open - cash if cash < item.open - item.discount else item.open * 0
            item.discount *= 0
        if part.entry_id:
            for found in facts.booked.values():
                found[:] = [one for one in found if one.entry_id != part.entry_id]
