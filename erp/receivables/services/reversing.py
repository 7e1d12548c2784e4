"""The mirror of a payment that bounced or was rejected: its lines, its items, what settles both."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from erp.ledger.models import JournalEntry, JournalLine
from erp.ledger.roles import AccountRole
from erp.ledger.rules import EntryLine
from erp.receivables.models import OpenItem
from erp.receivables.rules import PostingFacts


def mirror_lines(payment: Any, entries: Iterable[int], facts: PostingFacts, *, is_there: bool) -> list[EntryLine]:
    """The lines of a payment's entries with their sides exchanged. `is_there`: the money is on the bank's account by now, not on its way."""
    account = payment.bank_account
    waiting = {facts.accounts.of(AccountRole.OUTSTANDING_RECEIPTS), facts.accounts.of(AccountRole.OUTSTANDING_PAYMENTS)}
    lines = []
    for line in JournalLine.objects.filter(entry__in=set(entries)).order_by("pk"):
        is_from_bank = is_there and line.account_id in waiting
        is_kept_foreign = line.currency_id is not None and not (is_from_bank and account.currency_id != line.currency_id)
        lines.append(EntryLine(
            account_id=account.account_id if is_from_bank else line.account_id, amount=line.credit - line.debit, party_id=line.party_id,
            **({"currency_id": line.currency_id, "amount_currency": -line.amount_currency} if is_kept_foreign else {}),
        ))
    return lines


def mirror_item(item: OpenItem, entry: JournalEntry, *, document_key: str, on: date) -> OpenItem:
    """The item that takes another back, not yet written."""
    return OpenItem(
        company_id=item.company_id, account_id=item.account_id, party_id=item.party_id, entry=entry,
        kind=item.kind if item.kind == OpenItem.Kind.EXCHANGE else OpenItem.Kind.CHARGEBACK, document_key=document_key, issued_on=on, due_on=on,
        amount=-item.amount, open_amount=-item.amount, currency_id=item.currency_id, amount_currency=-item.amount_currency,
        open_currency=-item.amount_currency,
    )


def settled_by_mirror(item: OpenItem, mirror: OpenItem) -> tuple[OpenItem, OpenItem, Decimal, Decimal]:
    """The allocation that sets an item and its mirror against each other."""
    if max(item.amount, item.amount_currency) > 0:
        return item, mirror, item.amount, item.amount_currency
    return mirror, item, mirror.amount, mirror.amount_currency
