"""The year's result."""

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from erp.ledger.models import Account, Journal, JournalEntry
from erp.ledger.roles import AccountRole
from erp.ledger.rules import EntryLine
from erp.ledger.selectors import account_totals
from erp.ledger.services import mirror_entry, post_entry
from suite.kernel.calendars.models import FiscalYear
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.locking import lock_one
from suite.kernel.documents.work import in_unit_of_work
from suite.kernel.money.rules import ZERO

RESULT = (Account.Type.INCOME, Account.Type.EXPENSE)


def close_year(*, year: FiscalYear, actor: Any) -> JournalEntry:
    """CLS-1: every income and expense account of the year to zero, the result into retained earnings, in the year's closing period.

    After a late adjustment: `reopen_year`, adjust, and again. Raises Refusal: nothing to close, closing period closed.
    """

    def close() -> JournalEntry:
        lock_one(FiscalYear, year.pk)
        totals = account_totals(year.company_id, year.ends_on, year.starts_on - timedelta(days=1))
        kinds = set(Account.objects.filter(company_id=year.company_id, type__in=RESULT).values_list("pk", flat=True))
        nets = {pk: debit - credit for pk, (_opening, debit, credit) in sorted(totals.items()) if pk in kinds and debit != credit}
        if not nets:
            raise Refusal(_("Income and expense of %(year)s are zero; there is nothing to close.") % {"year": year}, code="nothing_to_close")
        times = JournalEntry.objects.filter(company_id=year.company_id, source_key__startswith=f"{_key(year)}/").count()
        return post_entry(
            company_id=year.company_id, journal_kind=Journal.Kind.CLOSING, ledger_date=year.ends_on, is_closing=True, actor=actor,
            description=f"Year-end {year.code}", source_key=f"{_key(year)}/{times + 1}",
            lines=[
                *(EntryLine(account_id=pk, amount=-net) for pk, net in nets.items()),
                EntryLine(AccountRole.RETAINED_EARNINGS, amount=sum(nets.values(), ZERO)),
            ],
        )

    return in_unit_of_work(close, actor=actor)


def reopen_year(*, year: FiscalYear, actor: Any) -> JournalEntry:
    """The mirror of the last year-end entry, so that adjustments can be made and the year closed again. Raises Refusal when it is not closed."""

    def reopen() -> JournalEntry:
        lock_one(FiscalYear, year.pk)
        last = JournalEntry.objects.filter(
            company_id=year.company_id, source_key__startswith=f"{_key(year)}/", reversed_by=None, reverses=None,
        ).order_by("-pk").first()
        if last is None:
            raise Refusal(_("%(year)s is not closed; nothing was done.") % {"year": year}, code="not_closed")
        return mirror_entry(
            last, on=year.ends_on, description=f"Reopening of {year.code}", actor=actor, is_closing=True, source_key=f"{last.source_key}/back",
        )

    return in_unit_of_work(reopen, actor=actor)


def _key(year: FiscalYear) -> str:
    return f"kernel.fiscalyear:{year.pk}/close"
