"""What a statement line is: one thing or several parts, posted, and taken back."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import F, prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.banking.matching.learning import learn
from erp.banking.models import BankStatement, StatementLine, StatementMatch
from erp.banking.rules import PartInput
from erp.banking.services.parts import Judged, day_of_line, judge, know
from erp.ledger.models import JournalEntry
from erp.ledger.roles import AccountRole
from erp.ledger.selectors import accounts_of
from erp.ledger.services.entries import Begun, begin_entries, complete_entries
from erp.ledger.services.manual import mirror_entry
from erp.payables.services import (
    mark_supplier_payment_matched,
    post_supplier_payment,
    reverse_supplier_payment,
    unmark_supplier_payment_matched,
)
from erp.receivables.services import mark_matched, post_payment, reverse_payment, unmark_matched
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.saving import write_rows
from suite.kernel.documents.transitions import Act, Asked, transition
from suite.kernel.documents.writing import insert_rows
from suite.kernel.money.rules import ZERO

Status, Kind = StatementLine.Status, StatementMatch.Kind
# What a match says on the line.
TOLD = ("status", "version", "entry", "score", "reasons", "is_unaided", "problem", "payment", "supplier_payment", "party")


def match_lines(asked: Sequence[Asked], *, actor: Any) -> None:
    """Many lines of a company in as few statements as one. No waiting payment, open item or entry is named by two of them."""
    lines = [one.document for one in asked]
    prefetch_related_objects(lines, "bank_account", "statement")
    wanted = [_parts_of(one.document, one.kwargs) for one in asked]
    known = know(lines[0].company_id, (part for parts in wanted for part in parts))
    judged = []
    for one, parts in zip(asked, wanted, strict=True):
        with one.causing():
            judged.append([judge(one.document, position, part, known, actor) for position, part in enumerate(parts, 1)])
    is_found = any(one.kwargs.get("_is_found") for one in asked)
    causes = [one.cause_id for one in asked]
    _post_payments([(part, cause) for parts, cause in zip(judged, causes, strict=True) for part in parts], actor, is_found=is_found)
    _post_shared(list(zip(lines, judged, causes, strict=True)), actor)
    insert_rows([part.row for parts in judged for part in parts])
    for one, parts in zip(asked, judged, strict=True):
        _tell(one, [part.row for part in parts])
        one.document.version += 1
        one.act.is_written = True
    write_rows(lines, *TOLD)
    BankStatement.objects.filter(
        pk__in={line.statement_id for line in lines} - {None}, status=BankStatement.Status.IMPORTED,
    ).update(status=BankStatement.Status.PARTIALLY_MATCHED, version=F("version") + 1)


def _parts_of(line: StatementLine, kwargs: dict[str, Any]) -> Sequence[PartInput]:
    parts = kwargs.get("parts")
    if parts is None:
        parts = [_whole(line, kwargs)]
    total = sum((part.amount for part in parts), ZERO)
    if not parts or total != line.amount:
        raise Refusal(
            _("The parts make %(total)s, the line shows %(amount)s; nothing was matched.") % {"total": total, "amount": line.amount},
            field="parts", code="parts_differ", hint=_("Change the parts until they make the line's amount."),
        )
    return parts


def _whole(line: StatementLine, kwargs: dict[str, Any]) -> PartInput:
    if kwargs.get("payment_id") is not None:
        return PartInput(line.amount, payment_id=kwargs["payment_id"])
    if kwargs.get("supplier_payment_id") is not None:
        return PartInput(line.amount, supplier_payment_id=kwargs["supplier_payment_id"])
    if kwargs.get("account_role") is not None:
        return PartInput(line.amount, account_id=accounts_of(line.company_id).of(AccountRole(kwargs["account_role"])))
    if kwargs.get("account_id") is not None:
        return PartInput(line.amount, account_id=kwargs["account_id"])
    if line.party_id and (line.amount > 0 or line.party.is_supplier):
        return PartInput(line.amount, party_id=line.party_id)
    raise Refusal(
        _("Nothing says what %(amount)s is; nothing was matched.") % {"amount": line.amount},
        hint=_("Choose a payment, a customer or supplier, or an account such as bank fees or suspense."),
    )


def _post_payments(parts: Sequence[tuple[Judged, int | None]], actor: Any, *, is_found: bool) -> None:
    """Payments that waited are found (unless they found the line themselves); money of customers and suppliers becomes payments, posted and
    allocated."""
    waiting = [(part.row, cause) for part, cause in parts if part.row.kind == Kind.PAYMENT and not is_found]
    for mark, name in ((mark_matched, "payment"), (mark_supplier_payment_matched, "supplier_payment")):
        found = [(getattr(row, name), cause) for row, cause in waiting if getattr(row, f"{name}_id")]
        mark.together([(payment, {}) for payment, _cause in found], actor=actor, causes=_known([cause for _payment, cause in found]))
    for post, name, whose in ((post_payment, "payment", Kind.RECEIPT), (post_supplier_payment, "supplier_payment", Kind.PAID_OUT)):
        made = [(part, cause) for part, cause in parts if part.row.kind == whose]
        posted = post.together(
            [(part.new_payment, {"allocations": part.allocations, "on_statement": True}) for part, _cause in made], actor=actor,
            causes=_known([cause for _part, cause in made]),
        )
        for (part, _cause), payment in zip(made, posted, strict=True):
            setattr(part.row, name, payment)
            part.row.entry_id = payment.entry_id


def _known(causes: list[int | None]) -> list[int] | None:
    """None where a line acts by itself: what it posts carries the event in force."""
    return None if None in causes else causes


def _post_shared(judged: Sequence[tuple[StatementLine, Sequence[Judged], int | None]], actor: Any) -> None:
    """One entry for each line's payments that waited and its accounts."""
    shared = [(line, [part for part in parts if part.is_shared], cause) for line, parts, cause in judged]
    shared = [(line, parts, cause) for line, parts, cause in shared if parts]
    if not shared:
        return
    entries = begin_entries(company_id=shared[0][0].company_id, actor=actor, wanted=[
        Begun(line.bank_account.journal_id, day_of_line(line), line.text or line.counterparty_name or str(_("Bank statement")), cause=cause)
        for line, _parts, cause in shared
    ])
    complete_entries([(entry, [one for part in parts for one in part.lines], ()) for entry, (_line, parts, _cause) in zip(entries, shared, strict=True)])
    for entry, (_line, parts, _cause) in zip(entries, shared, strict=True):
        for part in parts:
            part.row.entry = entry


def _tell(one: Asked, rows: Sequence[StatementMatch]) -> None:
    line, kwargs = one.document, one.kwargs
    line.entry_id, line.score, line.reasons = rows[0].entry_id, kwargs.get("score"), kwargs.get("reasons", "")[:300]
    line.is_unaided, line.problem = kwargs.get("unaided", False), ""
    line.payment = next((row.payment for row in rows if row.payment_id), None)
    line.supplier_payment = next((row.supplier_payment for row in rows if row.supplier_payment_id), None)
    line.party_id = line.party_id or next((row.party_id for row in rows if row.party_id), None)
    if kwargs.get("remember"):
        learn(line, rows)
    one.act.payload["amount"] = str(line.amount)


@transition(
    StatementLine, "match", source={Status.OPEN}, target=Status.MATCHED, label=gettext_lazy("Match"), icon="link", order=10, many=match_lines,
)
def match_statement_line(
    line: StatementLine, *, actor: Any, act: Act, parts: Sequence[PartInput] | None = None, payment_id: int | None = None,
    supplier_payment_id: int | None = None, account_role: str | None = None, account_id: int | None = None, score: int | None = None,
    reasons: str = "", unaided: bool = False, remember: bool = False, _is_found: bool = False,
) -> None:
    """O2C-5, P2P-4: the payment is on the statement (a shortfall is the bank's fee, BNK-3). Without a payment: money of the line's party is
    posted and allocated at once (O2C-4, P2P-3 on BANK); or the line goes to an account, also by its role (BNK-1: BANK_FEES; BNK-2:
    TRANSFER_CLEARING; SUSPENSE: payer unknown). `parts` split it. `remember`: rules learn from it.

    Raises Refusal: parts or amounts that do not fit, a control account, an entry used before, closed period.
    """
    match_lines([Asked(line, act, {
        "parts": parts, "payment_id": payment_id, "supplier_payment_id": supplier_payment_id, "account_role": account_role,
        "account_id": account_id, "score": score, "reasons": reasons, "unaided": unaided, "remember": remember, "_is_found": _is_found,
    })], actor=actor)


@transition(
    StatementLine, "unmatch", source={Status.MATCHED}, target=Status.OPEN, label=gettext_lazy("Undo the match"), icon="unlink", is_dangerous=True,
    order=60,
)
def unmatch_statement_line(line: StatementLine, *, actor: Any, act: Act, on: date | None = None, reason: str = "") -> None:
    """The line is open again: its entries are mirrored, what they settled is open, payments wait for the statement. Dated `on` (the line's
    own day when empty); when that lies later, the line is booked on that day next time. Raises Refusal: closed period, reconciled statement."""
    day = day_of_line(line)
    on = on or day
    if on < day:
        raise Refusal(_("A match is not undone before it was made; nothing was done."), field="on", code="too_early")
    if line.statement_id and line.statement.status == BankStatement.Status.RECONCILED:
        raise Refusal(
            _("%(statement)s is reconciled; nothing was done.") % {"statement": line.statement}, code="statement_reconciled",
            hint=_("Reopen the statement first."),
        )
    rows = list(line.parts.select_related("payment", "supplier_payment").order_by("position"))
    shared = {row.entry_id for row in rows if row.kind in (Kind.PAYMENT, Kind.ACCOUNT)}
    row_ids = [row.pk for row in rows]
    StatementMatch.objects.filter(pk__in=row_ids).delete()
    for row in rows:
        if row.kind == Kind.RECEIPT:
            reverse_payment(row.payment, actor=actor, on=on, reason=str(_("match undone")))
        elif row.kind == Kind.PAID_OUT:
            reverse_supplier_payment(row.supplier_payment, actor=actor, on=on, reason=str(_("match undone")))
        elif row.kind == Kind.PAYMENT and row.payment_id:
            unmark_matched(row.payment, actor=actor, reason=reason)
        elif row.kind == Kind.PAYMENT:
            unmark_supplier_payment_matched(row.supplier_payment, actor=actor, reason=reason)
    for entry in JournalEntry.objects.filter(pk__in=shared).order_by("pk"):
        mirror_entry(entry, on=on, actor=actor, description=str(_("Undone: %(text)s") % {"text": line.text or line.counterparty_name}))
    line.entry = line.payment = line.supplier_payment = line.score = None
    line.reasons, line.is_unaided, line.problem = "", False, ""
    line.ledger_on = on if on != line.booked_on else None
