"""What a payment settles of what a supplier is owed: cash against each item, and the discount taken for paying early."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from erp.ledger.models import JournalEntry
from erp.ledger.roles import AccountRole
from erp.ledger.rules import EntryLine
from erp.payables.models import SupplierBill, SupplierPayment
from erp.receivables.models import OpenItem
from erp.receivables.rules import AllocationInput, PostingFacts
from erp.receivables.services.allocating import Rates
from erp.receivables.services.settling import refuse_over_allocation
from erp.receivables.services.writing import open_item
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.statements import kept
from suite.kernel.money.rules import ZERO, proportion, round_money


@dataclass
class Settled:
    """One item: what of it cash of the payment closes, and the discount taken, with its tax (the item's currency, above zero). `paid` is the
    cash itself, in the payment's currency."""

    item: OpenItem
    cash: Decimal
    paid: Decimal
    discount: Decimal = ZERO
    tax: Decimal = ZERO

    @property
    def difference(self) -> Decimal:
        return self.discount + self.tax

    def in_books(self, digits: int) -> tuple[Decimal, Decimal]:
        """Discount and tax in company currency, at the rate the item was booked with."""
        whole = proportion(abs(self.item.amount), self.difference, abs(self.item.amount_currency), digits)
        tax = proportion(whole, self.tax, self.difference, digits)
        return whole - tax, tax


@dataclass
class Settlement:
    """All that a payment settles."""

    settled: list[Settled] = field(default_factory=list)

    @property
    def cash(self) -> Decimal:
        """In the payment's currency."""
        return sum((part.paid for part in self.settled), ZERO)

    @property
    def has_discount(self) -> bool:
        return any(part.difference for part in self.settled)

    def lines(self, supplier_id: int, facts: PostingFacts) -> list[EntryLine]:
        """Journal lines of the discounts, with the payable they close (P2P-26)."""
        lines = []
        for part in self.settled:
            if part.difference:
                (discount, tax), currency = part.in_books(facts.digits), part.item.currency_id
                lines += [
                    _line(AccountRole.PURCHASE_DISCOUNT, -discount, currency, -part.discount, facts),
                    _line(AccountRole.INPUT_TAX, -tax, currency, -part.tax, facts),
                    _line(AccountRole.AP, discount + tax, currency, part.difference, facts, party_id=supplier_id),
                ]
        return lines

    def discounts(self, entry: JournalEntry, payment: SupplierPayment, facts: PostingFacts) -> list[tuple[OpenItem, OpenItem]]:
        """(item of the discount, not yet written; the item it closes)."""
        return [
            (open_item(
                entry, facts, party_id=payment.supplier_id, kind=OpenItem.Kind.DISCOUNT, document_key=payment.key,
                amount=sum(part.in_books(facts.digits), ZERO), issued_on=payment.paid_on, role=AccountRole.AP, currency_id=part.item.currency_id,
                amount_currency=part.difference,
            ), part.item)
            for part in self.settled if part.difference
        ]

    def pairs(self, own: OpenItem, discounts: Sequence[tuple[OpenItem, OpenItem]]) -> list[tuple[OpenItem, OpenItem, Decimal, Decimal]]:
        """Allocations to write, when the items exist: (debit, credit, amount in the debit's currency, amount in the credit's)."""
        return [
            *((item, closed, item.amount_currency, item.amount_currency) for item, closed in discounts),
            *((own, part.item, part.paid, part.cash) if part.item.amount_currency < 0 else (part.item, own, part.cash, part.paid)
              for part in self.settled),
        ]


def _line(
    role: AccountRole, amount: Decimal, currency_id: str, foreign: Decimal, facts: PostingFacts, party_id: int | None = None,
) -> EntryLine:
    if currency_id == facts.currency_id:
        return EntryLine(role, amount=amount, party_id=party_id)
    return EntryLine(role, amount=amount, party_id=party_id, currency_id=currency_id, amount_currency=foreign)


def lock_payable_items(items: Iterable[int]) -> dict[int, OpenItem]:
    """The open items as they are now, locked after their bills, in key order, until the transaction ends."""
    return {item.pk: item for item in OpenItem.objects.raw(kept("SELECT * FROM erp_lock_payable_items(%s)"), [sorted(set(items))])}


def settle_payables(
    payment: SupplierPayment, allocations: Sequence[AllocationInput | tuple[int, Decimal]], facts: PostingFacts, *, total: Decimal,
    locked: Mapping[int, OpenItem] | None = None, bills: Mapping[int, SupplierBill] | None = None,
) -> Settlement:
    """Judges (item key, cash[, what it settles of an item in another currency]) against the items, locked (by the caller, where given).

    Raises Refusal: more than the payment or an item has, another supplier's item.
    """
    wanted = [(*allocation, None)[:3] for allocation in allocations]
    locked = lock_payable_items(pk for pk, *_amounts in wanted) if locked is None else locked
    bills = bills_of(locked.values()) if bills is None else bills
    account_id, wants_debt = facts.accounts.of(AccountRole.AP), payment.kind != SupplierPayment.Kind.REFUND
    rates, taken = Rates(payment.company_id, payment.paid_on, facts), {}
    result = Settlement()
    for pk, amount, item_amount in wanted:
        item = locked.get(pk)
        if item is None or (item.party_id, item.company_id, item.account_id) != (payment.supplier_id, payment.company_id, account_id) or (
            item.amount_currency < 0
        ) != wants_debt:
            raise Refusal(
                _("An item to settle is none that this payment can settle; nothing was done."), field="allocations", code="foreign_item",
                hint=_("Choose open bills of %(supplier)s; for a refund, credits.") % {"supplier": payment.supplier},
            )
        paid = Decimal(amount)
        cash = rates.exchange(paid, payment.currency_id, item.currency_id) if item_amount is None else Decimal(item_amount)
        if item_amount is None and paid == rates.exchange(abs(item.open_currency), item.currency_id, payment.currency_id):
            cash = abs(item.open_currency)
        before = taken.get(pk, ZERO)
        for asked in (min(paid, cash) if paid <= 0 else cash, before + cash):
            refuse_over_allocation(item, asked)
        part = _judge(payment, item, cash, paid, bills.get(item.entry_id), facts) if wants_debt and not before else Settled(item, cash, paid)
        taken[pk] = before + cash + part.difference
        result.settled.append(part)
    if result.cash > total:
        raise Refusal(
            _("%(amount)s were to be allocated, the payment has %(total)s; nothing was done.") % {"amount": result.cash, "total": total},
            field="allocations", code="over_allocation", hint=_("Allocate at most what the payment has left."),
        )
    return result


def _judge(
    payment: SupplierPayment, item: OpenItem, cash: Decimal, paid: Decimal, bill: SupplierBill | None, facts: PostingFacts,
) -> Settled:
    short = abs(item.open_currency) - cash
    if short <= 0 or short > discount_of(item, bill, payment.paid_on):
        return Settled(item, cash, paid)
    tax = round_money(short * bill.tax / bill.gross, bill.currency.digits) if bill.payment_term.discount_reduces_tax else ZERO
    return Settled(item, cash, paid, discount=short - tax, tax=tax)


def discount_of(item: OpenItem, bill: SupplierBill | None, on: Any) -> Decimal:
    """The early-payment discount that an untouched bill item earns when paid on a day, with its tax (above zero, in its currency)."""
    term = bill and bill.payment_term
    if not term or not term.discount_percent or (on - bill.issued_on).days > term.discount_days or item.open_currency != item.amount_currency:
        return ZERO
    return round_money(-item.amount_currency * term.discount_percent / 100, bill.currency.digits)


def bills_of(items: Iterable[OpenItem]) -> dict[int, SupplierBill]:
    """{entry: bill} of bill items, with term and currency."""
    entries = {item.entry_id for item in items if item.kind == OpenItem.Kind.BILL}
    bills = SupplierBill.objects.filter(entry__in=entries).select_related("payment_term", "currency")
    return {bill.entry_id: bill for bill in bills} if entries else {}


def propose_payables(payment: SupplierPayment, facts: PostingFacts, *, limit: Decimal) -> list[tuple[Any, ...]]:
    """What the payment most likely settles: the bills its reference names, else the oldest due in its currency; a refund: the oldest credits.

    Locked.
    """
    is_refund = payment.kind == SupplierPayment.Kind.REFUND
    items = OpenItem.objects.filter(
        company_id=payment.company_id, party_id=payment.supplier_id, account_id=facts.accounts.of(AccountRole.AP),
        **({"open_currency__gt": 0} if is_refund else {"open_currency__lt": 0}),
    ).order_by("due_on", "pk")
    locked = lock_payable_items(items.values_list("pk", flat=True))
    items = [locked[pk] for pk in items.values_list("pk", flat=True)]
    bills, rates = bills_of(items), Rates(payment.company_id, payment.paid_on, facts)
    named = [
        item for item in items if payment.reference and (bill := bills.get(item.entry_id)) is not None
        and (bill.supplier_reference in payment.reference or (bill.number and bill.number in payment.reference))
    ]
    left, proposed = limit, []
    for item in named or [item for item in items if item.currency_id == payment.currency_id]:
        owed = rates.exchange(abs(item.open_currency), item.currency_id, payment.currency_id)
        cash = min(left, owed)
        if cash <= 0:
            break
        settles = abs(item.open_currency) if cash == owed else rates.exchange(cash, payment.currency_id, item.currency_id)
        proposed.append((item.pk, cash) if item.currency_id == payment.currency_id else (item.pk, cash, settles))
        left -= cash
    return proposed
