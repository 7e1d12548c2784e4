"""Writing an entry: a draft row, its lines, and the seal as the last statement of the unit of work."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Model
from django.utils.translation import gettext as _

from erp.ledger.models import Journal, JournalEntry, JournalLine
from erp.ledger.refusals import refusing
from erp.ledger.rules import EntryLine
from erp.ledger.selectors import accounts_for
from suite.kernel.companies.cause import current_cause
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.models import Document
from suite.kernel.documents.preview import Preview, collects
from suite.kernel.documents.statements import kept
from suite.kernel.documents.work import Work, current_work, in_unit_of_work
from suite.kernel.documents.writing import insert_together
from suite.kernel.money.rules import ZERO
from suite.kernel.users.service_user import recorded_id

SEAL = "ledger"
_BEGIN_ALL = """
    WITH w AS (SELECT * FROM unnest(%s::bigint[], %s::date[], %s::text[], %s::text[], %s::bigint[])
                      WITH ORDINALITY AS w(journal_id, day, description, source, cause, at))
    SELECT b.id, b.journal_id, b.period_id, b.is_new
      FROM w CROSS JOIN LATERAL erp_begin_entry(%s, NULL, w.journal_id, w.day, w.description, w.source, %s, w.cause, false, %s, NULL, NULL) b ORDER BY w.at"""
_BEGIN = "SELECT * FROM erp_begin_entry(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"


def begin_entry(
    *, company_id: int, journal_kind: str | None = None, ledger_date: date, description: str, actor: Any, source_key: str | None = None,
    is_closing: bool = False, journal_id: int | None = None, lock_key: str | None = None, reverses_id: int | None = None,
) -> JournalEntry:
    """A draft entry in an open period, held until commit, in the unit of work.

    Where `source_key` has an entry already, that one (its `is_new` is False). `lock_key` makes rivals on one subject take turns.
    Raises Refusal: no period or journal, period closed.
    """
    values = (
        company_id, journal_kind and Journal.Kind(journal_kind).value, journal_id, ledger_date, description, source_key, recorded_id(actor),
        current_cause(), is_closing, actor.has_perm("kernel.close_period"), lock_key, reverses_id,
    )
    with refusing(), connection.cursor() as cursor:
        cursor.execute(kept(_BEGIN), values)
        pk, journal, period, is_new = cursor.fetchone()
    if not is_new:
        entry = JournalEntry.objects.get(pk=pk)
    else:
        entry = JournalEntry(
            pk=pk, company_id=company_id, journal_id=journal, period_id=period, ledger_date=ledger_date, description=description[:200],
            source_key=source_key, reverses_id=reverses_id, created_by_id=recorded_id(actor),
        )
        entry._state.adding = False
    entry.is_new = is_new
    return entry


@dataclass(frozen=True)
class Begun:
    """An entry to begin: its journal, day and description, the source that may have one entry only, and the event it follows from (None: the one
    in force)."""

    journal_id: int
    ledger_date: date
    description: str
    source_key: str | None = None
    cause: int | None = None


def begin_entries(*, company_id: int, wanted: Sequence[Begun], actor: Any) -> list[JournalEntry]:
    """Draft entries, as `begin_entry` makes each, in one statement. Raises Refusal: a closed period, a source that has an entry already."""
    if not wanted:
        return []
    values = [
        [one.journal_id for one in wanted], [one.ledger_date for one in wanted], [one.description for one in wanted],
        [one.source_key for one in wanted], [one.cause or current_cause() for one in wanted], company_id, recorded_id(actor),
        actor.has_perm("kernel.close_period"),
    ]
    with refusing(), connection.cursor() as cursor:
        cursor.execute(_BEGIN_ALL, values)
        rows = cursor.fetchall()
    made = []
    for one, (pk, journal, period, is_new) in zip(wanted, rows, strict=True):
        if not is_new:
            raise Refusal(_("%(source)s is in the books already; nothing was posted.") % {"source": one.source_key}, code="entry_source_once")
        entry = JournalEntry(
            pk=pk, company_id=company_id, journal_id=journal, period_id=period, ledger_date=one.ledger_date, description=one.description[:200],
            source_key=one.source_key, created_by_id=recorded_id(actor),
        )
        entry._state.adding = False
        entry.is_new = True
        made.append(entry)
    return made


def complete_entry(
    entry: JournalEntry, lines: Iterable[EntryLine], actor: Any, *, owners: Sequence[Document] = (),
    beside: Sequence[Sequence[Model]] = (), also: Sequence[tuple[str, Sequence[Any]]] = (),
) -> None:
    """Writes the lines (those of amount zero are left out, equal accounts, parties, currencies and dimensions are added up) and queues the seal.

    `owners` are the documents that bear the entry's number; they learn it at the seal. `beside` are batches of other rows, `also` other
    statements, for the same round trip. Raises Refusal for a missing account role and when the lines do not balance.
    """
    rows = entry_rows(entry, lines)
    with refusing():
        insert_together(*beside, rows, also=also)
    current_work().at_seal(SEAL, seal, (entry, tuple(owners)))


def entry_rows(entry: JournalEntry, lines: Iterable[EntryLine]) -> list[JournalLine]:
    """The lines of an entry as rows, not yet written. Raises Refusal for a missing account role and when the lines do not balance."""
    lines = [line for line in lines if line.amount or line.amount_currency]
    accounts = accounts_for(entry.company_id, {line.wanted for line in lines if line.account_id is None}) if any(
        line.account_id is None for line in lines) else {}
    sums: dict[tuple, Any] = {}
    foreign: dict[tuple, Any] = {}
    for line in lines:
        side = (line.amount or line.amount_currency) > 0
        key = (line.account_id or accounts[line.wanted], line.party_id, line.description, side, line.currency_id, line.dimensions)
        sums[key] = sums.get(key, ZERO) + line.amount
        if line.currency_id is not None:
            foreign[key] = foreign.get(key, ZERO) + line.amount_currency
    if sum(sums.values(), ZERO) != 0:
        refuse_unbalanced(sum(sums.values(), ZERO))
    return [
        JournalLine(
            company_id=entry.company_id, entry=entry, position=position, account_id=account_id, party_id=party_id, ledger_date=entry.ledger_date,
            debit=max(amount, ZERO), credit=max(-amount, ZERO), description=description[:200], currency_id=key[4], amount_currency=foreign.get(key),
            dimensions=" ".join(f"#{pk}" for pk in key[5]),
        )
        for position, (key, amount) in enumerate(sums.items(), 1)
        for account_id, party_id, description in (key[:3],)
    ]


def complete_entries(
    completed: Sequence[tuple[JournalEntry, Iterable[EntryLine], Sequence[Document]]], *, beside: Sequence[Sequence[Model]] = (),
) -> None:
    """Writes the lines of (entry, lines, owners) together, as `complete_entry` does for one; roles of lines are resolved by the caller."""
    rows = [row for entry, lines, _owners in completed for row in entry_rows(entry, lines)]
    with refusing():
        insert_together(*beside, rows)
    for entry, _lines, owners in completed:
        current_work().at_seal(SEAL, seal, (entry, tuple(owners)))


def post_entry(
    *, company_id: int, journal_kind: str | None = None, ledger_date: date, description: str, lines: Iterable[EntryLine], actor: Any,
    source_key: str | None = None, is_closing: bool = False, journal_id: int | None = None, reverses_id: int | None = None,
) -> JournalEntry:
    """An entry with its lines, sealed when the unit of work ends; get-or-create on `source_key`. Raises Refusal."""

    def post() -> JournalEntry:
        entry = begin_entry(
            company_id=company_id, journal_kind=journal_kind, ledger_date=ledger_date, description=description, actor=actor,
            source_key=source_key, is_closing=is_closing, journal_id=journal_id, reverses_id=reverses_id,
        )
        if entry.is_new:
            complete_entry(entry, lines, actor)
        return entry

    return in_unit_of_work(post, actor=actor)


def seal(items: list[tuple[JournalEntry, tuple[Document, ...]]], *, is_closer: bool = False) -> None:
    """Gives the entries, and the documents that own them, number and hash. Raises Refusal when a period was closed meanwhile."""
    known = {entry.pk: (entry, owners) for entry, owners in items}
    with refusing(), connection.cursor() as cursor:
        closer = "SELECT set_config('suite.closer', 'on', true); " if is_closer else ""
        cursor.execute(closer + kept("SELECT * FROM erp_seal_entries(%s)"), [list(known)])
        for pk, number, sequence, digest, posted_at in cursor.fetchall():
            entry, owners = known[pk]
            entry.number, entry.sequence, entry.hash, entry.posted_at = number, sequence, digest, posted_at
            entry.status = JournalEntry.Status.POSTED
            for owner in owners:
                owner.number = number


def refuse_unbalanced(difference) -> None:
    """Raises the Refusal for debits and credits that differ by `difference`."""
    raise Refusal(
        _("Debits and credits differ by %(difference)s; nothing was posted.") % {"difference": difference},
        code="entry_balances", hint=_("Correct the amounts until both sides are equal."),
    )


@collects
def ledger_effects(work: Work, preview: Preview) -> None:
    """Seals what the previewed work posted (numbers go back with the roll-back) and reads its lines."""
    _step, items = work.closing.pop(SEAL, (None, []))
    if not items:
        return
    seal(items)
    lines = JournalLine.objects.filter(entry__in=[entry.pk for entry, _owners in items]).select_related("account").order_by("entry", "pk")
    preview.ledger.extend((str(line.account), line.debit, line.credit) for line in lines)
