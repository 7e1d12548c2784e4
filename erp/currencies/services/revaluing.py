"""Open items and bank balances at the rates of a period's end (FX-4), and back on the next day (FX-5)."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.currencies.models import Revaluation, RevaluationLine
from erp.currencies.rules import Valued
from erp.currencies.selectors import total, valuation
from erp.ledger.models import Journal, JournalEntry
from erp.ledger.roles import AccountRole
from erp.ledger.rules import EntryLine
from erp.ledger.services.entries import begin_entry, complete_entry
from erp.receivables.models import OpenItem
from erp.receivables.services.exchanging import write_allocations
from suite.kernel.documents.editing import edited
from suite.kernel.documents.transitions import Act, transition
from suite.kernel.documents.work import in_unit_of_work
from suite.kernel.documents.writing import insert_row, insert_rows
from suite.kernel.money.rules import ZERO
from suite.kernel.numbering.services import next_number
from suite.kernel.users.service_user import recorded_id

SERIES = "REV"
DRAFT = Revaluation.Status.DRAFT
# One revaluation of a company at a time: the next one sees what this one booked.
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('erp.revaluation', %s))"


def revalue(*, company_id: int, on: date, actor: Any) -> Revaluation | None:
    """FX-4 and FX-5 in one act for a day, usually the last of a period: the posted revaluation.

    None where the books are at the rates of that day already, so that running it twice does nothing. Raises Refusal: a rate is missing, the
    period or the next one is closed.
    """

    def run() -> Revaluation | None:
        if not valuation(company_id, on):
            return None
        draft = Revaluation.objects.filter(company_id=company_id, valued_on=on, status=DRAFT).first() or insert_row(
            Revaluation(company_id=company_id, valued_on=on, created_by_id=recorded_id(actor)),
        )
        return post_revaluation(draft, actor=actor)

    return in_unit_of_work(run, actor=actor)


@edited(Revaluation)
def value_draft(revaluation: Revaluation, *, actor: Any) -> None:
    """The draft's lines as posting would book them now. Raises Refusal: a rate is missing."""
    _write_lines(revaluation, valuation(revaluation.company_id, revaluation.valued_on))
    Revaluation.objects.filter(pk=revaluation.pk).update(gain=revaluation.gain, loss=revaluation.loss)


def _write_lines(revaluation: Revaluation, valued: Sequence[Valued]) -> None:
    RevaluationLine.objects.filter(revaluation=revaluation).delete()
    insert_rows([
        RevaluationLine(
            company_id=revaluation.company_id, revaluation=revaluation, position=position, open_item_id=one.held.open_item_id,
            bank_account_id=one.held.bank_account_id, party_id=one.held.party_id, currency_id=one.held.currency_id,
            amount_currency=one.held.amount_currency, rate=one.rate, carried=one.held.carried, valued=one.worth, difference=one.difference,
        )
        for position, one in enumerate(valued, 1)
    ])
    revaluation.gain, revaluation.loss = total(list(valued))


@transition(
    Revaluation, "post", source={DRAFT}, target=Revaluation.Status.POSTED, label=gettext_lazy("Post"), icon="check", order=10,
)
def post_revaluation(revaluation: Revaluation, *, actor: Any, act: Act) -> None:
    """FX-4 per open item with its mirror on the next day (FX-5); bank accounts for good, to realised gains and losses.

    What is booked is worked out at this moment, not as the draft showed it. Raises Refusal: a rate is missing, a period is closed.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [revaluation.company_id])
    valued = valuation(revaluation.company_id, revaluation.valued_on)
    _write_lines(revaluation, valued)
    revaluation.number = revaluation.number or next_number(company_id=revaluation.company_id, series=SERIES)
    items = [one for one in valued if one.held.open_item_id]
    money = [one for one in valued if one.held.bank_account_id]
    if items:
        revaluation.entry, revaluation.reversal = _book_items(revaluation, items, actor)
    if money:
        revaluation.money_entry = _begin(revaluation, revaluation.valued_on, actor)
        complete_entry(revaluation.money_entry, [
            line for one in money for line in (_on_account(one, 1), _result(one, 1, AccountRole.FX_REALIZED_GAIN, AccountRole.FX_REALIZED_LOSS))
        ], actor)
    act.payload.update(gain=str(revaluation.gain), loss=str(revaluation.loss))


def _book_items(revaluation: Revaluation, valued: Sequence[Valued], actor: Any) -> tuple[JournalEntry, JournalEntry]:
    next_day = revaluation.valued_on + timedelta(days=1)
    entries: list[JournalEntry] = []
    made: list[list[OpenItem]] = []
    for sign, day in ((1, revaluation.valued_on), (-1, next_day)):
        entry = _begin(revaluation, day, actor, reverses=entries[0] if entries else None)
        made.append(insert_rows([
            OpenItem(
                company_id=revaluation.company_id, account_id=one.held.account_id, party_id=one.held.party_id, entry=entry,
                kind=OpenItem.Kind.REVALUATION, document_key=one.held.document_key, amount=sign * one.difference, open_amount=sign * one.difference,
                currency_id=one.held.currency_id, amount_currency=ZERO, open_currency=ZERO, issued_on=day, due_on=day,
            )
            for one in valued
        ]))
        complete_entry(entry, [
            line for one in valued
            for line in (_on_account(one, sign), _result(one, sign, AccountRole.FX_UNREALIZED_GAIN, AccountRole.FX_UNREALIZED_LOSS))
        ], actor)
        entries.append(entry)
    write_allocations([
        (first, back, first.amount, ZERO) if first.amount > 0 else (back, first, back.amount, ZERO) for first, back in zip(*made, strict=True)
    ], on=next_day)
    return entries[0], entries[1]


def _begin(revaluation: Revaluation, day: date, actor: Any, reverses: JournalEntry | None = None) -> JournalEntry:
    return begin_entry(
        company_id=revaluation.company_id, journal_kind=Journal.Kind.EXCHANGE, ledger_date=day, actor=actor,
        description=(_("Revaluation %(number)s reversed") if reverses else _("Revaluation %(number)s")) % {"number": revaluation.number},
        reverses_id=reverses.pk if reverses else None,
    )


def _on_account(one: Valued, sign: int) -> EntryLine:
    return EntryLine(
        account_id=one.held.account_id, amount=sign * one.difference, party_id=one.held.party_id, currency_id=one.held.currency_id,
        amount_currency=ZERO,
    )


def _result(one: Valued, sign: int, gain: AccountRole, loss: AccountRole) -> EntryLine:
    return EntryLine(gain if one.difference > 0 else loss, amount=-sign * one.difference)
