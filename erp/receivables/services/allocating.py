"""What a payment settles: cash against each item, and the difference that a discount, the tolerance or the coins in use explain."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from erp.ledger.models import JournalEntry
from erp.ledger.roles import AccountRole
from erp.ledger.rules import EntryLine
from erp.receivables.models import CustomerInvoice, CustomerPayment, OpenItem
from erp.receivables.rules import AllocationInput, PostingFacts
from erp.receivables.services.settling import lock_items, refuse_over_allocation
from erp.receivables.services.writing import open_item
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.prepared import prepared
from suite.kernel.money.rules import ZERO, round_money


@dataclass
class Settled:
    """One item: cash of the payment, and what else closes it (company currency, above zero)."""

    item: OpenItem
    cash: Decimal
    discount: Decimal = ZERO
    tax: Decimal = ZERO
    rounding: Decimal = ZERO


@dataclass
class Settlement:
    """All that a payment settles. `gained` is what was paid above the items and goes to rounding."""

    settled: list[Settled] = field(default_factory=list)
    total: Decimal = ZERO
    gained: Decimal = ZERO
    own: OpenItem | None = None

    @property
    def cash(self) -> Decimal:
        return sum((part.cash for part in self.settled), ZERO)

    @property
    def own_amount(self) -> Decimal:
        """What the payment's own item is worth."""
        return self.total - self.gained

    @property
    def has_differences(self) -> bool:
        return bool(self.gained) or any(part.discount or part.tax or part.rounding for part in self.settled)

    def lines(self, payment: CustomerPayment) -> list[EntryLine]:
        """Journal lines of the differences, with the receivable they close."""
        lines = [EntryLine(AccountRole.ROUNDING, amount=-self.gained)]
        for part in self.settled:
            lines += [
                EntryLine(AccountRole.SALES_DISCOUNT, amount=part.discount), EntryLine(AccountRole.OUTPUT_TAX, amount=part.tax),
                EntryLine(AccountRole.ROUNDING, amount=part.rounding),
                EntryLine(AccountRole.AR, amount=-(part.discount + part.tax + part.rounding), party_id=payment.customer_id),
            ]
        return lines

    def items(self, entry: JournalEntry, payment: CustomerPayment, facts: PostingFacts) -> dict[tuple[int, str], OpenItem]:
        """Credit items of the differences by (settled item, kind), not yet written."""
        made = {}
        for part in self.settled:
            for kind, amount in ((OpenItem.Kind.DISCOUNT, part.discount + part.tax), (OpenItem.Kind.ROUNDING, part.rounding)):
                if amount:
                    made[part.item.pk, kind] = open_item(
                        entry, facts, party_id=payment.customer_id, kind=kind, document_key=payment.key, amount=-amount,
                        issued_on=payment.paid_on,
                    )
        return made

    def pairs(self, own: OpenItem | None, extra: Mapping[tuple[int, str], OpenItem]) -> list[tuple[OpenItem, OpenItem, Decimal]]:
        """Allocations to write, when the items exist."""
        found = []
        for part in self.settled:
            if own is not None:
                found.append((part.item, own, part.cash) if part.item.amount > 0 else (own, part.item, part.cash))
        by_item = {part.item.pk: part.item for part in self.settled}
        found += [(by_item[pk], item, -item.amount) for (pk, _kind), item in extra.items()]
        return found


def settle(
    payment: CustomerPayment, allocations: Sequence[AllocationInput | tuple[int, Decimal]], facts: PostingFacts, *, total: Decimal, own: OpenItem | None = None,
) -> Settlement:
    """Judges (item key, cash) pairs against the items, locked. Raises Refusal: more than the payment has, more than an item has open
    (unless coins or tolerance explain it), another customer's item."""
    locked = lock_items([pk for pk, _amount in allocations] + ([own.pk] if own else []))
    result = Settlement(total=total, own=locked.get(own.pk) if own else None)
    terms = _terms([locked[pk] for pk, _amount in allocations if pk in locked])
    for pk, amount in allocations:
        item = locked.get(pk)
        if item is None or item.party_id != payment.customer_id or item.company_id != payment.company_id:
            raise Refusal(
                _("An item to settle belongs to another customer; nothing was done."), field="allocations", code="foreign_item",
                hint=_("Choose open items of %(customer)s.") % {"customer": payment.customer},
            )
        result.settled.append(_judge(payment, item, Decimal(amount), terms.get(item.entry_id), facts, result))
    if result.cash + result.gained > total:
        raise Refusal(
            _("%(amount)s were to be allocated, the payment has %(total)s; nothing was done.") % {"amount": result.cash, "total": total},
            field="allocations", code="over_allocation", hint=_("Allocate at most what the payment has left."),
        )
    return result


def _judge(
    payment: CustomerPayment, item: OpenItem, cash: Decimal, invoice: CustomerInvoice | None, facts: PostingFacts, result: Settlement,
) -> Settled:
    if payment.kind == CustomerPayment.Kind.REFUND:
        refuse_over_allocation(item, cash)
        return Settled(item, cash)
    over = cash - item.open_amount
    if over > 0 and item.open_amount > 0 and (over <= facts.tolerance or _is_coin_rounding(payment, item.open_amount, cash)):
        result.gained += over
        return Settled(item, item.open_amount)
    refuse_over_allocation(item, cash)
    short = -over
    if not short:
        return Settled(item, cash)
    discount = _discount(payment, item, invoice, facts)
    if short <= discount:
        tax = ZERO
        if invoice.payment_term.discount_reduces_tax and invoice.gross:
            tax = round_money(short * invoice.tax / invoice.gross, facts.digits)
        return Settled(item, cash, discount=short - tax, tax=tax)
    if short <= facts.tolerance or _is_coin_rounding(payment, item.open_amount, cash):
        return Settled(item, cash, rounding=short)
    return Settled(item, cash)


def _terms(items: Sequence[OpenItem]) -> dict[int, CustomerInvoice]:
    entries = {item.entry_id for item in items if item.kind == OpenItem.Kind.INVOICE}
    return {invoice.entry_id: invoice for invoice in _invoices_with_terms(sorted(entries))} if entries else {}


@prepared
def _invoices_with_terms(entry_ids: list[int]) -> QuerySet[CustomerInvoice]:
    return CustomerInvoice.objects.filter(entry__in=entry_ids).select_related("payment_term").order_by()


def _discount(payment: CustomerPayment, item: OpenItem, invoice: CustomerInvoice | None, facts: PostingFacts) -> Decimal:
    """The early-payment discount that this item still earns, with its tax."""
    term = invoice and invoice.payment_term
    if not term or not term.discount_percent or (payment.paid_on - invoice.issued_on).days > term.discount_days or item.open_amount != item.amount:
        return ZERO
    return round_money(item.amount * term.discount_percent / 100, facts.digits)


def _is_coin_rounding(payment: CustomerPayment, open_amount: Decimal, cash: Decimal) -> bool:
    coin = payment.bank_account.cash_rounding
    return bool(payment.bank_account.is_cash and coin and (open_amount / coin).quantize(Decimal(1), rounding=ROUND_HALF_UP) * coin == cash)


def _items_of(company_id: int, party_id: int, account_id: int) -> QuerySet[OpenItem]:
    items = OpenItem.objects.filter(company_id=company_id, party_id=party_id, account_id=account_id)
    return items.select_related("entry").order_by("due_on", "pk")


@prepared
def _open_debts(company_id: int, party_id: int, account_id: int) -> QuerySet[OpenItem]:
    return _items_of(company_id, party_id, account_id).filter(open_amount__gt=0)


@prepared
def _open_credits(company_id: int, party_id: int, account_id: int) -> QuerySet[OpenItem]:
    return _items_of(company_id, party_id, account_id).filter(open_amount__lt=0)


def propose(payment: CustomerPayment, facts: PostingFacts, *, limit: Decimal | None = None) -> list[tuple[int, Decimal]]:
    """What the payment most likely settles: the invoice its reference names, then the oldest; a refund: the oldest credits.

    The customer's items stay locked, so that a rival payment cannot take what is proposed here.
    """
    left = payment.amount if limit is None else limit
    candidates = _open_credits if payment.kind == CustomerPayment.Kind.REFUND else _open_debts
    whose = (payment.company_id, payment.customer_id, facts.accounts.of(AccountRole.AR))
    lock_items(item.pk for item in candidates(*whose))
    items = candidates(*whose)  # as they are now that nobody else can change them
    named = [item for item in items if payment.reference and item.entry.number and item.entry.number in payment.reference]
    terms = _terms(items)
    proposed = []
    for item in named or items:
        owed = abs(item.open_amount)
        earned = _discount(payment, item, terms.get(item.entry_id), facts) if payment.kind != CustomerPayment.Kind.REFUND else ZERO
        cash = min(left, owed)
        if left > owed and (left - owed <= facts.tolerance or _is_coin_rounding(payment, owed, left)):
            cash = left
        elif earned and left >= owed - earned and len(items) == 1:
            cash = min(left, owed)
        if cash <= 0:
            break
        proposed.append((item.pk, cash))
        left -= cash
    return proposed
