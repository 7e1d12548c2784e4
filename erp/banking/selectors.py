"""What pages ask of statements: the line at hand, its proposals, how far everything is."""

from hashlib import sha256
from typing import Any, NamedTuple

from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone

from erp.banking.matching.facts import facts_for
from erp.banking.matching.scoring import proposals_for
from erp.banking.models import BankAccount, StatementLine
from erp.banking.rules import Proposal

SHOWN = 8
Status = StatementLine.Status


class Offer(NamedTuple):
    """A proposal as a page shows it; `key` says whether it is still the same when it is accepted."""

    key: str
    proposal: Proposal


class Progress(NamedTuple):
    """Counts over the chosen accounts. `unaided` is the share, in percent, of the matched lines of the last 90 days."""

    open_lines: int
    open_in: Any
    open_out: Any
    matched: int
    unaided: int | None


def lines_to_match(user: Any, account: BankAccount | None = None) -> QuerySet[StatementLine]:
    """Open lines the user may see, oldest first."""
    rows = StatementLine.objects.visible_to(user).filter(status=Status.OPEN)
    rows = rows.filter(bank_account=account) if account else rows
    return rows.select_related("bank_account", "statement", "party").order_by("booked_on", "pk")


def offers_for(line: StatementLine) -> list[Offer]:
    """The best proposals for a line as things stand now."""
    found = proposals_for(line, facts_for(line.company_id, [line], narrow=True))
    return [Offer(sha256(repr(one.what).encode()).hexdigest()[:16], one) for one in found[:SHOWN]]


def progress(user: Any, account: BankAccount | None = None) -> Progress:
    """How far matching is."""
    rows = StatementLine.objects.visible_to(user)
    rows = rows.filter(bank_account=account) if account else rows
    since = timezone.localdate() - timezone.timedelta(days=90)
    still = Q(status=Status.OPEN)
    recent = Q(status=Status.MATCHED, booked_on__gte=since)
    sums = rows.aggregate(
        open=Count("pk", filter=still), money_in=Sum("amount", filter=still & Q(amount__gt=0)), money_out=Sum("amount", filter=still & Q(amount__lt=0)),
        matched=Count("pk", filter=recent), unaided=Count("pk", filter=recent & Q(is_unaided=True)),
    )
    share = round(100 * sums["unaided"] / sums["matched"]) if sums["matched"] else None
    return Progress(sums["open"], sums["money_in"] or 0, sums["money_out"] or 0, sums["matched"], share)
