"""Setting credits against debits, and taking that back."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from erp.receivables.models import Allocation, OpenItem
from erp.receivables.services.exchanging import Match, is_plain, match_in_currencies, write_all_allocations
from erp.receivables.services.tax_following import tax_follows
from suite.kernel.companies.cause import caused_by
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.statements import kept


def lock_items(items: Iterable[int]) -> dict[int, OpenItem]:
    """The open items as they are now, locked in key order until the transaction ends."""
    return {item.pk: item for item in OpenItem.objects.raw(kept("SELECT * FROM erp_lock_open_items(%s)"), [sorted(set(items))])}


def allocate(pairs: Sequence[Sequence[Any]], *, on: date) -> list[Allocation]:
    """Sets items against each other: (debit item, credit item, amount in the currency of both), or where their currencies differ (debit item,
    credit item, amount in the debit's, amount in the credit's). What they have open must be as it is now.

    The items' open amounts follow in the database. What exchange rates make of it is posted as a difference of its own. Raises Refusal for more
    than is open.
    """
    return allocate_all([(pairs, on)])


def allocate_all(groups: Sequence[tuple[Sequence[Sequence[Any]], date]], *, causes: Sequence[int | None] = ()) -> list[Allocation]:
    """What `allocate` does, for (pairs, day) groups together: one statement writes the allocations of all. `causes` are the events that the groups
    follow from, where each follows from another's; differences of exchange are then posted group by group."""
    rows: list[Match] = []
    together: list[tuple[list[Sequence[Any]], date]] = []
    for place, (pairs, on) in enumerate(groups):
        pairs, cause = [pair for pair in pairs if pair[2]], causes[place] if causes else None
        if all(is_plain(debit) and is_plain(credit) and debit.currency_id == credit.currency_id for debit, credit, *_amounts in pairs):
            rows += [Match(debit, credit, amount, amount, on, None, cause) for debit, credit, amount, *_same in pairs]
        elif cause is None:
            together.append((pairs, on))
        else:
            with caused_by(cause):
                rows += [match._replace(cause=cause) for match in match_in_currencies([(pairs, on)])]
    return write_all_allocations([*rows, *(match_in_currencies(together) if together else ())])


def settle_against(*, credit_items: Sequence[OpenItem], debit_items: Sequence[OpenItem], on: date) -> None:
    """Sets credits against debits of their currency in the given order, as far as both go."""
    fresh = lock_items(item.pk for item in (*credit_items, *debit_items))
    left = {item.pk: abs(item.open_currency) for item in fresh.values()}
    pairs = []
    for credit in (fresh[item.pk] for item in credit_items):
        for debit in (fresh[item.pk] for item in debit_items):
            amount = min(left[credit.pk], left[debit.pk])
            if amount > 0 and debit.currency_id == credit.currency_id:
                pairs.append((debit, credit, amount))
                left[debit.pk] -= amount
                left[credit.pk] -= amount
    allocate(pairs, on=on)


def undo_allocations(items: Sequence[OpenItem], *, on: date) -> list[Allocation]:
    """Takes back every allocation of these items that stands, with those of the differences that exchange made of them; both sides are open
    again. Gives the rows that were undone; `exchanged` says whose differences are to be reversed."""
    pks = [item.pk for item in items]
    standing_rows = Allocation.objects.filter(undoes=None, undone_by=None)
    own = standing_rows.filter(Q(debit_item__in=pks) | Q(credit_item__in=pks))
    made = set(own.exclude(exchange_entry=None).values_list("exchange_entry", flat=True))
    # The newest first: a difference was set against its item before the money was, and is the last to be given back.
    standing = list((own | standing_rows.filter(exchange_entry__in=made) if made else own).order_by("-pk"))
    touched = lock_items({pk for row in standing for pk in (row.debit_item_id, row.credit_item_id)})
    Allocation.objects.bulk_create([
        Allocation(
            company_id=row.company_id, debit_item_id=row.debit_item_id, credit_item_id=row.credit_item_id, amount=-row.amount,
            amount_currency=-row.amount_currency, allocated_on=on, undoes=row, exchange_entry_id=row.exchange_entry_id,
        )
        for row in standing
    ])
    tax_follows(touched.values(), on=on)
    return standing


def items_of_document(company_id: int, document_key: str) -> list[OpenItem]:
    """The items a payment brought, without differences of exchange that are reversed already, because what they were set against was undone."""
    items = list(OpenItem.objects.filter(company_id=company_id, document_key=document_key).order_by("pk"))
    made = [item.entry_id for item in items if item.kind in (OpenItem.Kind.EXCHANGE, OpenItem.Kind.CONVERSION)]
    if not made:
        return items
    matches = Allocation.objects.filter(exchange_entry__in=made, undoes=None).values_list("exchange_entry", "undone_by")
    standing = {entry for entry, undone_by in matches if undone_by is None}
    gone = {entry for entry, _undone_by in matches} - standing
    return [item for item in items if item.entry_id not in gone]


def exchanged(undone: Iterable[Allocation], known: Iterable[OpenItem] = ()) -> list[OpenItem]:
    """The items that exchange made of allocations now undone, but for those known already: their entries are to be reversed as well."""
    entries = {row.exchange_entry_id for row in undone} - {None}
    there = {item.pk for item in known}
    return [item for item in OpenItem.objects.filter(entry__in=entries).order_by("pk") if item.pk not in there] if entries else []


def refuse_over_allocation(item: OpenItem, amount: Decimal) -> None:
    """Raises Refusal when more is to be set against an item (in its currency) than it has open."""
    if abs(amount) > abs(item.open_currency) or amount <= 0:
        raise Refusal(
            _("%(open)s are open on %(item)s of %(day)s, %(amount)s were to be allocated; nothing was done.")
            % {"open": abs(item.open_currency), "item": item.get_kind_display(), "day": item.issued_on, "amount": amount},
            field="allocations", code="over_allocation", hint=_("Allocate at most what is open, above zero."),
        )
