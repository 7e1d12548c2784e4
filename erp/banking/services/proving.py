"""A statement as a whole: what is clear is matched, and its closing balance is proven against the ledger."""

from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.banking.models import BankStatement, StatementLine
from erp.banking.services.unaided import match_unaided
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.transitions import Act, transition

Status = BankStatement.Status
OPEN = {Status.IMPORTED, Status.PARTIALLY_MATCHED}


class Proof(NamedTuple):
    """Open lines of a statement, the ledger's bank account at its end, and what that is above the closing balance (None: the bank states none)."""

    open_lines: int
    ledger: Decimal
    difference: Decimal | None

    @property
    def holds(self) -> bool:
        return not self.open_lines and self.difference == 0


def prove_statement(statement: BankStatement) -> Proof:
    """How far the statement is from being reconciled."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT erp_statement_ledger_balance(%s)", [statement.pk])
        ledger = cursor.fetchone()[0]
    left = StatementLine.objects.filter(statement=statement, status=StatementLine.Status.OPEN).count()
    return Proof(left, ledger, None if statement.closing_balance is None else ledger - statement.closing_balance)


@transition(
    BankStatement, "match", source=OPEN, target=None, label=gettext_lazy("Match what is clear"), icon="wand", order=10,
)
def match_statement(statement: BankStatement, *, actor: Any, act: Act) -> None:
    """Every line whose best proposal is good enough and alone is matched unaided; the rest waits for a person."""
    outcome = match_unaided(company_id=statement.company_id, actor=actor, statement=statement)
    if outcome.matched:
        statement.status = Status.PARTIALLY_MATCHED
    act.payload.update(matched=outcome.matched, refused=len(outcome.refused))


@transition(
    BankStatement, "reconcile", source=OPEN, target=Status.RECONCILED, label=gettext_lazy("Reconcile"), icon="checks", order=20,
    offered=lambda statement: statement.closing_balance is not None and not statement.is_interim,
)
def reconcile_statement(statement: BankStatement, *, actor: Any, act: Act) -> None:
    """All lines are matched and the closing balance is the ledger's. Raises Refusal that says how many lines and what amount are missing."""
    proof = prove_statement(statement)
    if statement.closing_balance is None or statement.is_interim:
        raise Refusal(
            _("The file states no closing balance; nothing can be proven."), code="no_closing_balance", hint=_("Load the bank's statement of the account."),
        )
    if statement.difference:
        raise Refusal(
            _("The statement itself does not add up by %(difference)s; it was not reconciled.") % {"difference": number_format(statement.difference)},
            code="does_not_add_up", hint=_("Ask the bank for a corrected statement."),
        )
    if proof.open_lines:
        raise Refusal(
            _("Lines still open: %(count)s; it was not reconciled.") % {"count": proof.open_lines}, code="lines_open", hint=_("Match them first."),
        )
    if proof.difference:
        raise Refusal(
            _("The ledger shows %(ledger)s at the end of the statement, the bank %(closing)s: the difference is %(difference)s; it was not reconciled.")
            % {"ledger": number_format(proof.ledger), "closing": number_format(statement.closing_balance), "difference": number_format(proof.difference)},
            code="closing_balance_differs", hint=_("Look for entries on the bank account that no statement shows, and for a missing opening balance."),
        )


@transition(
    BankStatement, "reopen", source={Status.RECONCILED}, target=Status.PARTIALLY_MATCHED, label=gettext_lazy("Reopen"), icon="lock-open",
    is_dangerous=True, order=70,
)
def reopen_statement(statement: BankStatement, *, actor: Any, act: Act, reason: str = "") -> None:
    """Its lines may be undone again."""
