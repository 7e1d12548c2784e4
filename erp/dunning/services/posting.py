"""A run is posted: what was paid or blocked meanwhile falls out, the rest takes its level, and fees and interest become open items."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.dunning.models import DunningNotice, DunningNoticeLine, DunningRun
from erp.dunning.rules import Overdue, Proposal, letter_of
from erp.dunning.selectors import overdue_items, policy_of, standing
from erp.dunning.services.running import BATCH
from erp.dunning.signals import dunning_posted
from erp.ledger.models import Journal, JournalEntry
from erp.ledger.refusals import refusing
from erp.ledger.roles import AccountRole
from erp.ledger.rules import EntryLine
from erp.ledger.services.entries import begin_entry, complete_entry
from erp.receivables.models import OpenItem
from erp.receivables.rules import PostingFacts
from erp.receivables.selectors import posting_facts
from erp.receivables.services.settling import lock_items
from erp.receivables.services.writing import open_item, resolved
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.transitions import Act, transition
from suite.kernel.money.rules import ZERO, Conversion
from suite.kernel.money.selectors import conversion
from suite.kernel.numbering.services import next_number

Status, NoticeStatus = DunningRun.Status, DunningNotice.Status


@transition(
    DunningRun, "post", source={Status.PROPOSED}, target=Status.POSTED, label=gettext_lazy("Post and issue the letters"), after=dunning_posted,
    icon="mail-check", order=20,
)
def post_dunning_run(run: DunningRun, *, actor: Any, act: Act) -> None:
    """Every proposed letter is issued with a number; its fee and interest are open items of their own (Dr AR / Cr OTHER_INCOME, one entry).

    The items stay locked meanwhile: one that is paid or blocked by now falls out, and one that is paid in part is dunned for what is left.
    Raises Refusal: nothing to issue, a closed period, no exchange rate.
    """
    notices = list(run.notices.filter(status=NoticeStatus.PROPOSED).order_by("pk"))
    lines = list(DunningNoticeLine.objects.filter(notice__in=notices).order_by("notice", "position"))
    lock_items(line.item_id for line in lines)
    issued, settled = _judge(run, notices, lines)
    if not issued:
        raise Refusal(
            _("%(run)s has no letter to issue; nothing was posted.") % {"run": run}, code="nothing_to_issue", hint=_("Propose it again, or discard it."),
        )
    run.number = next_number(company_id=run.company_id, series="DUN")
    for place, (notice, _letter) in enumerate(issued, 1):
        notice.number = f"{run.number}/{place:03d}"
        notice.status = NoticeStatus.ISSUED
    run.letters = len(issued)
    run.entry = _book(run, issued, actor)
    with refusing():
        DunningNoticeLine.objects.bulk_update(
            lines, ["open_amount", "days_overdue", "interest", "interest_from", "is_issued"], batch_size=BATCH,
        )
        for notice in settled:
            notice.status = NoticeStatus.SETTLED
        DunningNotice.objects.bulk_update(
            [*(notice for notice, _letter in issued), *settled],
            ["number", "status", "overdue", "credits", "charges_before", "fee", "interest", "total", "pay_by", "level"], batch_size=BATCH,
        )
    act.payload = {"letters": len(issued), "fell_out": len(settled)}


def _judge(
    run: DunningRun, notices: Sequence[DunningNotice], lines: Sequence[DunningNoticeLine],
) -> tuple[list[tuple[DunningNotice, Proposal]], list[DunningNotice]]:
    """(letters that are issued with what they say now, letters that fall out). The lines are set to what is true now."""
    now = overdue_items(run.company_id, run.as_of, item_ids=[line.item_id for line in lines])
    by_notice: dict[tuple[int, str], list[Overdue]] = {}
    for item in now:
        by_notice.setdefault((item.customer_id, item.currency_id), []).append(item)
    facts = standing(run.company_id, run.as_of, {notice.currency_id for notice in notices}, customer_ids=[notice.customer_id for notice in notices])
    of_notice: dict[int, list[DunningNoticeLine]] = {}
    for line in lines:
        of_notice.setdefault(line.notice_id, []).append(line)
    pay_by = run.as_of + timedelta(days=policy_of(run.company_id).days_to_pay)
    issued, settled = [], []
    for notice in notices:
        rows = by_notice.get((notice.customer_id, notice.currency_id), [])
        letter = letter_of(notice.customer_id, notice.currency_id, rows, facts) if rows else None
        if letter is None:
            settled.append(notice)
            continue
        told = {line.item_id: line for line in letter.lines}
        for line in of_notice[notice.pk]:
            fresh = told.get(line.item_id)
            if fresh is not None and fresh.level == line.level:
                line.open_amount, line.days_overdue = fresh.open_amount, fresh.days_overdue
                line.interest, line.interest_from = fresh.interest, fresh.interest_from
                line.is_issued = True
        for name in ("overdue", "credits", "charges_before", "fee", "interest", "total"):
            setattr(notice, name, getattr(letter, name))
        notice.level_id, notice.pay_by = letter.level.pk, pay_by
        issued.append((notice, letter))
    return issued, settled


def _book(run: DunningRun, issued: Sequence[tuple[DunningNotice, Proposal]], actor: Any) -> JournalEntry | None:
    """The entry of all charges, or None where the letters ask for none."""
    charged = [notice for notice, _letter in issued if notice.fee or notice.interest]
    if not charged:
        return None
    entry = begin_entry(
        company_id=run.company_id, journal_kind=Journal.Kind.GENERAL, ledger_date=run.as_of, actor=actor, source_key=run.key,
        description=_("Dunning %(number)s") % {"number": run.number},
    )
    facts = posting_facts(run.company_id)
    rates: dict[str, Conversion] = {}
    rows: list[OpenItem] = []
    book_lines: list[EntryLine] = []
    run.fees = run.interest = ZERO
    for notice in charged:
        if notice.currency_id != facts.currency_id and notice.currency_id not in rates:
            rates[notice.currency_id] = conversion(company_id=run.company_id, currency_id=notice.currency_id, on=run.as_of)
        for kind, amount in ((OpenItem.Kind.DUNNING_FEE, notice.fee), (OpenItem.Kind.INTEREST, notice.interest)):
            if not amount:
                continue
            worth = rates[notice.currency_id].to_books(amount) if notice.currency_id in rates else amount
            rows.append(open_item(
                entry, facts, party_id=notice.customer_id, kind=kind, document_key=notice.key, amount=worth, issued_on=run.as_of, due_on=notice.pay_by,
                currency_id=notice.currency_id, amount_currency=amount,
            ))
            book_lines += charge_lines(notice, worth, amount, facts)
            if kind == OpenItem.Kind.DUNNING_FEE:
                run.fees += worth
            else:
                run.interest += worth
    OpenItem.objects.bulk_create(rows, batch_size=BATCH)
    complete_entry(entry, book_lines, actor)
    return entry


def charge_lines(notice: DunningNotice, worth: Decimal, amount: Decimal, facts: PostingFacts) -> list[EntryLine]:
    """Dr AR / Cr OTHER_INCOME for a charge (below zero: its mirror), without tax: it counts as damages."""
    foreign = notice.currency_id != facts.currency_id

    def line(role: AccountRole, sign: int, party_id: int | None) -> EntryLine:
        beside = {"currency_id": notice.currency_id, "amount_currency": sign * amount} if foreign else {}
        return resolved(EntryLine(role, amount=sign * worth, party_id=party_id, **beside), facts)

    return [line(AccountRole.AR, 1, notice.customer_id), line(AccountRole.OTHER_INCOME, -1, None)]
