"""Matching in foreign currency: each item is relieved at the rate it was booked with, and the difference is posted on its own (FX-2, FX-3, FX-8)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from erp.ledger.models import Journal, JournalEntry
from erp.ledger.refusals import refusing
from erp.ledger.roles import AccountRole
from erp.ledger.rules import EntryLine
from erp.ledger.services.entries import begin_entry, complete_entry
from erp.receivables.models import Allocation, OpenItem
from erp.receivables.services.acting import acting_user
from erp.receivables.services.tax_following import tax_follows
from suite.kernel.companies.models import Company
from suite.kernel.documents.writing import insert_rows
from suite.kernel.money.rules import ZERO, proportion

# Whose document a difference belongs to: money before credit notes before what is owed. Reversing that document reverses the difference.
_MONEY = {"payment", "advance", "refund", "bill_payment", "bill_advance"}
_OWED = {"invoice", "bill", "opening"}


def is_plain(item: OpenItem) -> bool:
    """Whether an item has one and the same amount in both currencies, so that no rate makes a difference."""
    return item.amount == item.amount_currency and item.open_amount == item.open_currency


def write_allocations(rows: Sequence[tuple[OpenItem, OpenItem, Decimal, Decimal]], *, on: date) -> list[Allocation]:
    """Writes (debit item, credit item, company currency, items' currency) rows as they are. Raises Refusal for more than is open.

    What of the items' tax falls due or is withheld by that is posted with them.
    """
    with refusing():
        written = insert_rows([
            Allocation(company_id=debit.company_id, debit_item=debit, credit_item=credit, amount=amount, amount_currency=foreign, allocated_on=on)
            for debit, credit, amount, foreign in rows if amount or foreign
        ])
    tax_follows([item for row in rows for item in row[:2]], on=on)
    return written


@dataclass
class _Matching:
    """Allocations, and the entry of the differences that makes them come out even in both currencies."""

    company: Company
    digits: int
    on: date
    entry: JournalEntry | None = None
    lines: list[EntryLine] = field(default_factory=list)
    made: list[OpenItem] = field(default_factory=list)
    rows: list[tuple[OpenItem, OpenItem, Decimal, Decimal]] = field(default_factory=list)
    left: dict[int, list[Decimal]] = field(default_factory=dict)

    def relief(self, item: OpenItem, foreign: Decimal) -> Decimal:
        """What an amount of the item is worth at the item's own rate, and takes it off what the item has left."""
        open_amount, open_currency = self.left.setdefault(id(item), [abs(item.open_amount), abs(item.open_currency)])
        amount = proportion(open_amount, foreign, open_currency, self.digits) if open_currency else ZERO
        self.left[id(item)] = [open_amount - amount, open_currency - foreign]
        return amount

    def match(self, debit: OpenItem, credit: OpenItem, foreign: Decimal, foreign_credit: Decimal) -> None:
        """Sets both against each other; a conversion stands between items of different currencies."""
        paid = self.relief(credit, foreign_credit)
        if debit.currency_id != credit.currency_id:
            bridge = self.item(OpenItem.Kind.CONVERSION, credit, debit, paid, foreign_credit, credit)
            self.rows.append((bridge, credit, paid, foreign_credit))
            credit = self.item(OpenItem.Kind.CONVERSION, debit, credit, -paid, -foreign, debit)
        owed = self.relief(debit, foreign)
        if owed > paid:
            difference = self.item(OpenItem.Kind.EXCHANGE, debit, credit, paid - owed, ZERO, debit)
            self.rows.append((debit, difference, owed - paid, ZERO))
        elif owed < paid:
            difference = self.item(OpenItem.Kind.EXCHANGE, debit, credit, paid - owed, ZERO, debit)
            self.rows.append((difference, credit, paid - owed, ZERO))
        if owed != paid:
            self.lines.append(EntryLine(_difference_role(debit, credit, owed - paid), amount=owed - paid))
        self.rows.append((debit, credit, min(owed, paid), foreign))

    def item(self, kind: str, one: OpenItem, other: OpenItem, amount: Decimal, foreign: Decimal, like: OpenItem) -> OpenItem:
        """An item of the differences' entry with its line on the account, in the currency of `like`."""
        if self.entry is None:
            self.entry = begin_entry(
                company_id=self.company.pk, journal_kind=Journal.Kind.EXCHANGE, ledger_date=self.on, actor=acting_user(),
                description=str(_("Exchange difference")),
            )
        is_foreign = like.currency_id != self.company.currency_id
        made = OpenItem(
            company_id=self.company.pk, account_id=like.account_id, party_id=like.party_id, entry=self.entry, kind=kind,
            document_key=_document_of(one, other), amount=amount, open_amount=amount, currency_id=like.currency_id,
            amount_currency=foreign if is_foreign else amount, open_currency=foreign if is_foreign else amount,
            issued_on=self.on, due_on=self.on,
        )
        self.lines.append(EntryLine(
            account_id=like.account_id, party_id=like.party_id, amount=amount, currency_id=like.currency_id if is_foreign else None,
            amount_currency=foreign if is_foreign else None,
        ))
        self.made.append(made)
        return made


def match_in_currencies(pairs: Sequence[Sequence[Any]], *, on: date) -> list[tuple[OpenItem, OpenItem, Decimal, Decimal]]:
    """The allocations of these pairs, not yet written, and the entry of their differences, in the journal of exchange differences."""
    company = Company.objects.select_related("currency").get(pk=pairs[0][0].company_id)
    matching = _Matching(company, company.currency.digits, on)
    for debit, credit, foreign, *other in pairs:
        matching.match(debit, credit, foreign, other[0] if other else foreign)
    insert_rows(matching.made)
    if matching.entry is not None:
        complete_entry(matching.entry, matching.lines, acting_user())
    return matching.rows


def _difference_role(debit: OpenItem, credit: OpenItem, loss: Decimal) -> AccountRole:
    """An advance of a customer keeps its rate, so what it settles earns at that rate (FX-9); anything else gains or loses."""
    if credit.kind == OpenItem.Kind.ADVANCE and debit.kind == OpenItem.Kind.INVOICE:
        return AccountRole.REVENUE
    return AccountRole.FX_REALIZED_LOSS if loss > 0 else AccountRole.FX_REALIZED_GAIN


def _document_of(one: OpenItem, other: OpenItem) -> str:
    return min((one, other), key=lambda item: (item.kind not in _MONEY, item.kind in _OWED, -(item.pk or 0))).document_key
