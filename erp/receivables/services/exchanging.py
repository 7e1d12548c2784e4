"""Matching in foreign currency: each item is relieved at the rate it was booked with, and the difference is posted on its own (FX-2, FX-3, FX-6, FX-8)."""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import F, Sum
from django.utils.translation import gettext as _

from erp.ledger.models import AccountAssignment, Journal, JournalEntry, JournalLine
from erp.ledger.refusals import refusing
from erp.ledger.roles import AccountRole
from erp.ledger.rules import EntryLine
from erp.ledger.services.entries import begin_entry, complete_entry
from erp.receivables.models import Allocation, CustomerInvoice, OpenItem
from erp.receivables.services.acting import acting_user
from erp.receivables.services.tax_following import tax_follows
from suite.kernel.companies.cause import caused_by, current_cause
from suite.kernel.companies.models import Company
from suite.kernel.documents.writing import insert_rows
from suite.kernel.money.rules import ZERO, proportion, split

# Whose document a difference belongs to: money before credit notes before what is owed. Reversing that document reverses the difference.
_MONEY = {"payment", "advance", "refund", "bill_payment", "bill_advance"}
_OWED = {"invoice", "bill", "opening"}


def is_plain(item: OpenItem) -> bool:
    """Whether an item has one and the same amount in both currencies, so that no rate makes a difference."""
    return item.amount == item.amount_currency and item.open_amount == item.open_currency


class Match(NamedTuple):
    """An allocation to write: amounts in company currency and in the items', the entry of the difference of exchange, the event it follows from
    (None: the one in force)."""

    debit: OpenItem
    credit: OpenItem
    amount: Decimal
    foreign: Decimal
    on: date
    exchange_entry: JournalEntry | None = None
    cause: int | None = None


def write_allocations(rows: Sequence[Sequence[Any]], *, on: date) -> list[Allocation]:
    """Writes (debit item, credit item, company currency, items' currency) rows of a day as they are. Raises Refusal for more than is open."""
    return write_all_allocations([Match(*row, on) for row in rows])


def write_all_allocations(matches: Sequence[Match]) -> list[Allocation]:
    """Writes the allocations. Raises Refusal: more than is open. What of the items' tax falls due or is withheld by that is posted with them."""
    with refusing():
        written = insert_rows([
            Allocation(
                company_id=one.debit.company_id, debit_item=one.debit, credit_item=one.credit, amount=one.amount, amount_currency=one.foreign,
                allocated_on=one.on, exchange_entry=one.exchange_entry, cause=one.cause or current_cause(),
            )
            for one in matches if one.amount or one.foreign
        ])
    touched: dict[tuple[date, int | None], list[OpenItem]] = {}
    for one in matches:
        touched.setdefault((one.on, one.cause), []).extend((one.debit, one.credit))
    for (day, cause), items in touched.items():
        with caused_by(cause) if cause else nullcontext():
            tax_follows(items, on=day)
    return written


@dataclass
class _Matching:
    """Allocations, and for each match the entry of its difference, which makes it come out even in both currencies: what undoes the match
    reverses that entry, and nothing else."""

    company: Company
    digits: int
    on: date
    entry: JournalEntry | None = None
    lines: list[EntryLine] = field(default_factory=list)
    finished: list[tuple[JournalEntry, list[EntryLine]]] = field(default_factory=list)
    made: list[OpenItem] = field(default_factory=list)
    rows: list[Match] = field(default_factory=list)
    pending: list[tuple[OpenItem, OpenItem, Decimal, Decimal]] = field(default_factory=list)
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
            self.set_against(bridge, credit, paid, foreign_credit)
            credit = self.item(OpenItem.Kind.CONVERSION, debit, credit, -paid, -foreign, debit)
        owed = self.relief(debit, foreign)
        if owed > paid:
            difference = self.item(OpenItem.Kind.EXCHANGE, debit, credit, paid - owed, ZERO, debit)
            self.set_against(debit, difference, owed - paid, ZERO)
        elif owed < paid:
            difference = self.item(OpenItem.Kind.EXCHANGE, debit, credit, paid - owed, ZERO, debit)
            self.set_against(difference, credit, paid - owed, ZERO)
        if owed != paid:
            self.lines += difference_lines(debit, credit, owed - paid, self.digits)
        self.set_against(debit, credit, min(owed, paid), foreign)
        self.rows += [Match(*row, self.on, self.entry) for row in self.pending]
        if self.entry is not None:
            self.finished.append((self.entry, self.lines))
        self.entry, self.lines, self.pending = None, [], []

    def set_against(self, debit: OpenItem, credit: OpenItem, amount: Decimal, foreign: Decimal) -> None:
        """An allocation to come; in company currency it has one amount."""
        self.pending.append((debit, credit, amount, amount if debit.currency_id == self.company.currency_id else foreign))

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


def match_in_currencies(
    groups: Sequence[tuple[Sequence[Sequence[Any]], date]],
) -> list[Match]:
    """The allocations of (pairs, day) groups, not yet written, and an entry for each difference, in the journal of exchange differences."""
    company = Company.objects.select_related("currency").get(pk=groups[0][0][0][0].company_id)
    matching = _Matching(company, company.currency.digits, groups[0][1])
    for pairs, on in groups:
        matching.on = on
        for debit, credit, foreign, *other in pairs:
            matching.match(debit, credit, foreign, other[0] if other else foreign)
    insert_rows(matching.made)
    for entry, lines in matching.finished:
        complete_entry(entry, lines, acting_user())
    return matching.rows


def difference_lines(debit: OpenItem, credit: OpenItem, loss: Decimal, digits: int) -> list[EntryLine]:
    """Where a difference goes (loss above zero). An advance keeps its rate, so what it settles earns (FX-9), or costs, at that rate; the tax of
    the document keeps the document's rate, so its share of the difference is gained or lost, as any other difference is."""
    if credit.kind == OpenItem.Kind.ADVANCE and debit.kind == OpenItem.Kind.INVOICE:
        invoice = CustomerInvoice.objects.filter(entry_id=debit.entry_id).first()
        kept = _without_tax(invoice, loss, digits)
        lines = [EntryLine(AccountRole.REVENUE, amount=kept)]
    elif debit.kind == OpenItem.Kind.SUPPLIER_ADVANCE and credit.kind == OpenItem.Kind.BILL:
        kept = _without_tax(getattr(credit.entry, "bill", None), loss, digits)
        lines = _over_costs(credit, kept, digits)
    else:
        kept, lines = ZERO, []
    role = AccountRole.FX_REALIZED_LOSS if loss > 0 else AccountRole.FX_REALIZED_GAIN
    return [*lines, *([EntryLine(role, amount=loss - kept)] if loss != kept else [])]


def _without_tax(document: Any, amount: Decimal, digits: int) -> Decimal:
    """The share of an amount that the document's net has in its total."""
    return amount if document is None or not document.gross else proportion(amount, document.net, document.gross, digits)


def _over_costs(item: OpenItem, amount: Decimal, digits: int) -> list[EntryLine]:
    """An amount over the accounts that the bill's lines went to, by value."""
    control = AccountAssignment.objects.filter(company_id=item.company_id, role__in=(
        AccountRole.AP, AccountRole.INPUT_TAX, AccountRole.INPUT_TAX_TRANSITION, AccountRole.OUTPUT_TAX))
    costs = list(
        JournalLine.objects.filter(entry_id=item.entry_id).exclude(account__in=control.values("account")).order_by()
        .values("account_id").annotate(net=Sum(F("debit") - F("credit"))).filter(net__gt=0).order_by("account_id"),
    )
    if not costs:
        return [EntryLine(AccountRole.EXPENSE, amount=amount)]
    parts = split(amount, [row["net"] for row in costs], digits)
    return [EntryLine(account_id=row["account_id"], amount=part) for row, part in zip(costs, parts, strict=True)]


def _document_of(one: OpenItem, other: OpenItem) -> str:
    return min((one, other), key=lambda item: (item.kind not in _MONEY, item.kind in _OWED, -(item.pk or 0))).document_key
