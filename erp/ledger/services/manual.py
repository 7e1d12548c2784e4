"""Entries typed by hand, and reversals."""

from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.dimensions.models import JournalLineDimension
from erp.ledger.models import Account, Journal, JournalEntry, JournalLine
from erp.ledger.rules import EntryLine
from erp.ledger.services.entries import SEAL, begin_entry, complete_entry, refuse_unbalanced, seal
from erp.ledger.signals import budget_asked
from suite.kernel.documents.editing import edited
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.statements import kept
from suite.kernel.documents.transitions import Act, transition
from suite.kernel.documents.work import current_work

# What is asked of a draft before it is posted, in one look.
_LINES = """
    SELECT j.kind, count(l.id), coalesce(sum(l.debit), 0), coalesce(sum(l.credit), 0), coalesce(bool_or(a.control <> ''), false)
      FROM erp_journal j LEFT JOIN (erp_journalline l JOIN erp_account a ON a.id = l.account_id) ON l.entry_id = %s::bigint
     WHERE j.id = %s::bigint GROUP BY j.kind"""
BY_HAND = (Journal.Kind.GENERAL, Journal.Kind.BANK, Journal.Kind.OPENING)


@edited(JournalEntry)
def refuse_control_accounts(entry: JournalEntry, *, actor: Any) -> None:
    """Raises Refusal when an entry typed by hand names an account that its own documents keep."""
    if entry.journal.kind not in BY_HAND:
        raise Refusal(
            _("Entries of this journal come from their own documents; nothing was saved."), field="journal",
            hint=_("Choose the general journal."),
        )
    guilty = entry.lines.exclude(account__control=Account.Control.NONE).select_related("account").first()
    if guilty:
        raise Refusal(
            _("%(account)s is a control account: its lines come only from its own documents. Nothing was saved.") % {"account": guilty.account},
            field="account", code="control_account", hint=_("Use an invoice, payment, shipment or stock adjustment."),
        )


@transition(JournalEntry, "post", source={JournalEntry.Status.DRAFT}, target=None, label=gettext_lazy("Post"), icon="check", order=10)
def post_manual_entry(entry: JournalEntry, *, actor: Any, act: Act) -> None:
    """Posts an entry typed by hand. Raises Refusal: unbalanced, fewer than two lines, a control account, a closed period, a blocked budget."""
    with connection.cursor() as cursor:
        cursor.execute(kept(_LINES), [entry.pk, entry.journal_id])
        kind, lines, debit, credit, is_kept_elsewhere = cursor.fetchone()
    if kind not in BY_HAND or is_kept_elsewhere:
        refuse_control_accounts(entry, actor=actor)
    if lines < 2:
        raise Refusal(_("An entry needs at least two lines; nothing was posted."), code="entry_has_two_lines", hint=_("Add the other side."))
    if debit != credit:
        refuse_unbalanced(debit - credit)
    budget_asked.ask(entry=entry, document=entry, releases="", actor=actor)
    if current_work().previewing:
        current_work().at_seal(SEAL, seal, (entry, ()))
        return
    # Sealed at once, not at the end: the transition saves the status it finds.
    seal([(entry, ())], is_closer=actor.has_perm("kernel.close_period"))


@transition(
    JournalEntry, "reverse", source={JournalEntry.Status.POSTED}, target=None, label=gettext_lazy("Reverse"), icon="arrow-back-up",
    is_dangerous=True, order=80,
)
def reverse_manual_entry(entry: JournalEntry, *, actor: Any, act: Act, on: date | None = None, reason: str = "") -> None:
    """Posts the mirror of an entry, dated `on` (today), not before it. Raises Refusal: reversed already, made by a document, date too early."""
    on = on or max(timezone.localdate(), entry.ledger_date)
    if JournalEntry.objects.filter(reverses=entry).exists():
        raise Refusal(_("%(entry)s is reversed already; nothing was done.") % {"entry": entry.number}, code="reversed_already")
    if entry.source_key or entry.lines.exclude(account__control=Account.Control.NONE).exists():
        raise Refusal(
            _("%(entry)s belongs to a document; nothing was done.") % {"entry": entry.number}, code="entry_of_document",
            hint=_("Reverse or credit that document."),
        )
    if on < entry.ledger_date:
        raise Refusal(_("A reversal is not dated before its entry; nothing was done."), field="on", code="too_early")
    act.payload["reversal_id"] = mirror_entry(entry, on=on, description=reason or _("Reversal of %(entry)s") % {"entry": entry.number}, actor=actor).pk


def mirror_entry(
    entry: JournalEntry, *, on: date, description: str, actor: Any, source_key: str | None = None, is_closing: bool = False,
) -> JournalEntry:
    """The entry with its sides exchanged, in the same journal, in the unit of work. Its sub-ledger rows are the caller's affair."""
    mirror = begin_entry(
        company_id=entry.company_id, journal_id=entry.journal_id, ledger_date=on, description=description, actor=actor, source_key=source_key,
        reverses_id=entry.pk, is_closing=is_closing,
    )
    if mirror.is_new:
        lines = JournalLine.objects.filter(entry_id=entry.pk).annotate(value_ids=ArraySubquery(
            JournalLineDimension.objects.filter(line=OuterRef("pk")).order_by("dimension").values("value"))).order_by("pk")
        complete_entry(mirror, [
            EntryLine(account_id=line.account_id, amount=line.credit - line.debit, party_id=line.party_id, description=line.description,
                      currency_id=line.currency_id, amount_currency=None if line.amount_currency is None else -line.amount_currency,
                      dimensions=tuple(line.value_ids))
            for line in lines
        ], actor)
    return mirror
