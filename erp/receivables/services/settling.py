"""Setting credits against debits, and taking that back."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from django.db.models import Q
from django.utils.translation import gettext as _

from erp.ledger.refusals import refusing
from erp.receivables.models import Allocation, OpenItem
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.statements import kept
from suite.kernel.documents.writing import insert_rows


def lock_items(items: Iterable[int]) -> dict[int, OpenItem]:
    """The open items as they are now, locked in key order until the transaction ends."""
    return {item.pk: item for item in OpenItem.objects.raw(kept("SELECT * FROM erp_lock_open_items(%s)"), [sorted(set(items))])}


def allocate(pairs: Sequence[tuple[OpenItem, OpenItem, Decimal]], *, on: date) -> list[Allocation]:
    """Writes (debit item, credit item, amount) rows; the items' open amounts follow in the database. Raises Refusal for more than is open."""
    rows = [
        Allocation(company_id=debit.company_id, debit_item=debit, credit_item=credit, amount=amount, allocated_on=on)
        for debit, credit, amount in pairs if amount
    ]
    with refusing():
        return insert_rows(rows)


def settle_against(*, credit_items: Sequence[OpenItem], debit_items: Sequence[OpenItem], on: date) -> None:
    """Sets credits against debits in the given order, as far as both go."""
    fresh = lock_items(item.pk for item in (*credit_items, *debit_items))
    debits = [fresh[item.pk] for item in debit_items]
    pairs = []
    for credit in (fresh[item.pk] for item in credit_items):
        for debit in debits:
            amount = min(-credit.open_amount, debit.open_amount)
            if amount > 0:
                pairs.append((debit, credit, amount))
                debit.open_amount -= amount
                credit.open_amount += amount
    allocate(pairs, on=on)


def undo_allocations(items: Sequence[OpenItem], *, on: date) -> list[Allocation]:
    """Takes back every allocation of these items that stands; both sides are open again. Gives the rows that were undone."""
    pks = [item.pk for item in items]
    standing = list(
        Allocation.objects.filter(Q(debit_item__in=pks) | Q(credit_item__in=pks), undoes=None, undone_by=None).order_by("pk"),
    )
    lock_items({pk for row in standing for pk in (row.debit_item_id, row.credit_item_id)})
    Allocation.objects.bulk_create([
        Allocation(
            company_id=row.company_id, debit_item_id=row.debit_item_id, credit_item_id=row.credit_item_id, amount=-row.amount, allocated_on=on,
            undoes=row,
        )
        for row in standing
    ])
    return standing


def refuse_over_allocation(item: OpenItem, amount: Decimal) -> None:
    """Raises Refusal when more is to be set against an item than it has open."""
    if abs(amount) > abs(item.open_amount) or amount <= 0:
        raise Refusal(
            _("%(open)s are open on %(item)s of %(day)s, %(amount)s were to be allocated; nothing was done.")
            % {"open": abs(item.open_amount), "item": item.get_kind_display(), "day": item.issued_on, "amount": amount},
            field="allocations", code="over_allocation", hint=_("Allocate at most what is open, above zero."),
        )
