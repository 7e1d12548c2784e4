"""What a payment to a supplier settles: cash against each item, and the discount taken for paying early."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

from erp.ledger.models import JournalEntry
from erp.ledger.roles import AccountRole
from erp.ledger.rules import EntryLine
from erp.payables.models import SupplierBill, SupplierPayment
from erp.receivables.models import OpenItem
from erp.receivables.rules import PostingFacts
from erp.receivables.services.settling import refuse_over_allocation
from erp.receivables.services.writing import open_item
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.statements import kept
from suite.kernel.money.rules import ZERO, round_money


@dataclass
class Settled:
    """One item: cash of the payment and the discount taken, with its tax (company currency, above zero)."""

    item: OpenItem
    cash: Decimal
    discount: Decimal = ZERO
    tax: Decimal = ZERO


@dataclass
class Settlement:
    """All that a payment settles."""

    settled: list[Settled] = field(default_factory=list)

    @property
    def cash(self) -> Decimal:
        return sum((part.cash for part in self.settled), ZERO)

    @property
    def has_discount(self) -> bool:
        return any(part.discount or part.tax for part in self.settled)

    def lines(self, supplier_id: int) -> list[EntryLine]:
        """Journal lines of the discounts, with the payable they close (P2P-26)."""
        lines = []
        for part in self.settled:
            lines += [
                EntryLine(AccountRole.PURCHASE_DISCOUNT, amount=-part.discount), EntryLine(AccountRole.INPUT_TAX, amount=-part.tax),
                EntryLine(AccountRole.AP, amount=part.discount + part.tax, party_id=supplier_id),
            ]
        return lines

    def discounts(self, entry: JournalEntry, payment: SupplierPayment, facts: PostingFacts) -> list[tuple[OpenItem, OpenItem]]:
        """(item of the discount, not yet written; the item it closes)."""
        return [
            (open_item(
                entry, facts, party_id=payment.supplier_id, kind=OpenItem.Kind.DISCOUNT, document_key=payment.key,
                amount=part.discount + part.tax, issued_on=payment.paid_on, role=AccountRole.AP,
            ), part.item)
            for part in self.settled if part.discount or part.tax
        ]


def lock_payable_items(items: Iterable[int]) -> dict[int, OpenItem]:
    """The open items as they are now, locked after their bills, in key order, until the transaction ends."""
    return {item.pk: item for item in OpenItem.objects.raw(kept("SELECT * FROM erp_lock_payable_items(%s)"), [sorted(set(items))])}


def settle_payables(
    payment: SupplierPayment, allocations: Sequence[tuple[int, Decimal]], facts: PostingFacts, *, total: Decimal,
) -> Settlement:
    """Judges (item key, cash) pairs against the items, locked. Raises Refusal: more than the payment or an item has, another supplier's item."""
    locked = lock_payable_items(pk for pk, _amount in allocations)
    bills = _bills(locked.values())
    account_id, wants_debt = facts.accounts.of(AccountRole.AP), payment.kind != SupplierPayment.Kind.REFUND
    result = Settlement()
    for pk, amount in allocations:
        item = locked.get(pk)
        if item is None or (item.party_id, item.company_id, item.account_id) != (payment.supplier_id, payment.company_id, account_id) or (
            item.amount < 0
        ) != wants_debt:
            raise Refusal(
                _("An item to settle is none that this payment can settle; nothing was done."), field="allocations", code="foreign_item",
                hint=_("Choose open bills of %(supplier)s; for a refund, credits.") % {"supplier": payment.supplier},
            )
        cash = Decimal(amount)
        refuse_over_allocation(item, cash)
        result.settled.append(_judge(payment, item, cash, bills.get(item.entry_id), facts) if wants_debt else Settled(item, cash))
        item.open_amount += (cash if wants_debt else -cash)
        item.open_currency = item.open_amount  # bills are in company currency
    if result.cash > total:
        raise Refusal(
            _("%(amount)s were to be allocated, the payment has %(total)s; nothing was done.") % {"amount": result.cash, "total": total},
            field="allocations", code="over_allocation", hint=_("Allocate at most what the payment has left."),
        )
    return result


def _judge(payment: SupplierPayment, item: OpenItem, cash: Decimal, bill: SupplierBill | None, facts: PostingFacts) -> Settled:
    short = -item.open_amount - cash
    if not short or short > discount_of(item, bill, payment.paid_on, facts.digits):
        return Settled(item, cash)
    tax = round_money(short * bill.tax / bill.gross, facts.digits) if bill.payment_term.discount_reduces_tax else ZERO
    return Settled(item, cash, discount=short - tax, tax=tax)


def discount_of(item: OpenItem, bill: SupplierBill | None, on, digits: int) -> Decimal:
    """The early-payment discount that an untouched bill item earns when paid on a day, with its tax (above zero, company currency)."""
    term = bill and bill.payment_term
    if not term or not term.discount_percent or (on - bill.issued_on).days > term.discount_days or item.open_amount != item.amount:
        return ZERO
    return round_money(-item.amount * term.discount_percent / 100, digits)


def _bills(items: Iterable[OpenItem]) -> dict[int, SupplierBill]:
    entries = {item.entry_id for item in items if item.kind == OpenItem.Kind.BILL}
    return {bill.entry_id: bill for bill in SupplierBill.objects.filter(entry__in=entries).select_related("payment_term")} if entries else {}


def propose_payables(payment: SupplierPayment, facts: PostingFacts, *, limit: Decimal) -> list[tuple[int, Decimal]]:
    """What the payment most likely settles: the bills its reference names, else the oldest due; a refund: the oldest credits. Locked."""
    is_refund = payment.kind == SupplierPayment.Kind.REFUND
    items = OpenItem.objects.filter(
        company_id=payment.company_id, party_id=payment.supplier_id, account_id=facts.accounts.of(AccountRole.AP),
        **({"open_amount__gt": 0} if is_refund else {"open_amount__lt": 0}),
    ).order_by("due_on", "pk")
    locked = lock_payable_items(items.values_list("pk", flat=True))
    items = [locked[pk] for pk in items.values_list("pk", flat=True)]
    bills = _bills(items)
    named = [
        item for item in items if payment.reference and (bill := bills.get(item.entry_id)) is not None
        and (bill.supplier_reference in payment.reference or (bill.number and bill.number in payment.reference))
    ]
    left, proposed = limit, []
    for item in named or items:
        cash = min(left, abs(item.open_amount))
        if cash <= 0:
            break
        proposed.append((item.pk, cash))
        left -= cash
    return proposed
