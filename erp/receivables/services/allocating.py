"""What a payment settles: cash against each item, and the difference that a discount, the tolerance or the coins in use explain."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

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
from suite.kernel.money.rules import ZERO, Conversion, proportion, round_money
from suite.kernel.money.selectors import conversion


@dataclass
class Settled:
    """One item: what of it cash of the payment closes, and what else closes it (the item's currency, above zero). `paid` is the cash itself, in
    the payment's currency."""

    item: OpenItem
    cash: Decimal
    paid: Decimal
    discount: Decimal = ZERO
    tax: Decimal = ZERO
    rounding: Decimal = ZERO

    @property
    def difference(self) -> Decimal:
        return self.discount + self.tax + self.rounding

    def in_books(self, digits: int) -> tuple[Decimal, Decimal, Decimal]:
        """Discount, tax and rounding in company currency, at the rate the item was booked with."""
        whole = proportion(abs(self.item.open_amount), self.difference, abs(self.item.open_currency), digits)
        rounding = proportion(whole, self.rounding, self.difference, digits)
        tax = proportion(whole, self.tax, self.difference, digits)
        return whole - rounding - tax, tax, rounding


@dataclass
class Settlement:
    """All that a payment settles, in its currency. `gained` is what was paid above the items and goes to rounding; `worth` and `gained_worth` are
    the total and what was gained of it in company currency."""

    settled: list[Settled] = field(default_factory=list)
    total: Decimal = ZERO
    worth: Decimal = ZERO
    digits: int = 2
    gained: Decimal = ZERO
    own: OpenItem | None = None

    @property
    def cash(self) -> Decimal:
        return sum((part.paid for part in self.settled), ZERO)

    @property
    def own_amount(self) -> Decimal:
        """What the payment's own item is worth in its currency."""
        return self.total - self.gained

    @property
    def gained_worth(self) -> Decimal:
        return proportion(self.worth, self.gained, self.total, self.digits) if self.gained else ZERO

    @property
    def own_worth(self) -> Decimal:
        return self.worth - self.gained_worth

    @property
    def has_differences(self) -> bool:
        return bool(self.gained) or any(part.difference for part in self.settled)

    def lines(self, payment: CustomerPayment, facts: PostingFacts) -> list[EntryLine]:
        """Journal lines of the differences, with the receivable they close."""
        lines = [_line(AccountRole.ROUNDING, -self.gained_worth, payment.currency_id, -self.gained, facts)]
        for part in self.settled:
            if not part.difference:
                continue
            discount, tax, rounding = part.in_books(facts.digits)
            currency = part.item.currency_id
            lines += [
                _line(AccountRole.SALES_DISCOUNT, discount, currency, part.discount, facts),
                _line(AccountRole.OUTPUT_TAX, tax, currency, part.tax, facts),
                _line(AccountRole.ROUNDING, rounding, currency, part.rounding, facts),
                _line(AccountRole.AR, -(discount + tax + rounding), currency, -part.difference, facts, party_id=payment.customer_id),
            ]
        return lines

    def items(self, entry: JournalEntry, payment: CustomerPayment, facts: PostingFacts) -> dict[tuple[int, str], OpenItem]:
        """Credit items of the differences by (settled item, kind), not yet written."""
        made = {}
        for part in self.settled:
            if not part.difference:
                continue
            discount, tax, rounding = part.in_books(facts.digits)
            kinds = ((OpenItem.Kind.DISCOUNT, discount + tax, part.discount + part.tax), (OpenItem.Kind.ROUNDING, rounding, part.rounding))
            for kind, amount, foreign in kinds:
                if foreign:
                    made[part.item.pk, kind] = open_item(
                        entry, facts, party_id=payment.customer_id, kind=kind, document_key=payment.key, amount=-amount,
                        issued_on=payment.paid_on, currency_id=part.item.currency_id, amount_currency=-foreign,
                    )
        return made

    def pairs(self, own: OpenItem | None, extra: Mapping[tuple[int, str], OpenItem]) -> list[tuple[OpenItem, OpenItem, Decimal, Decimal]]:
        """Allocations to write, when the items exist: (debit, credit, amount in the debit's currency, amount in the credit's)."""
        by_item = {part.item.pk: part.item for part in self.settled}
        found = [(by_item[pk], item, -item.amount_currency, -item.amount_currency) for (pk, _kind), item in extra.items()]
        for part in self.settled:
            if own is not None:
                is_debit = part.item.amount_currency > 0
                found.append((part.item, own, part.cash, part.paid) if is_debit else (own, part.item, part.paid, part.cash))
        return found


def _line(
    role: AccountRole, amount: Decimal, currency_id: str, foreign: Decimal, facts: PostingFacts, party_id: int | None = None,
) -> EntryLine:
    if currency_id == facts.currency_id:
        return EntryLine(role, amount=amount, party_id=party_id)
    return EntryLine(role, amount=amount, party_id=party_id, currency_id=currency_id, amount_currency=foreign)


@dataclass
class Rates:
    """Rates of a payment's day, read when one is needed."""

    company_id: int
    on: date
    facts: PostingFacts
    known: dict[str, Conversion] = field(default_factory=dict)

    def of(self, currency_id: str) -> Conversion:
        """How a currency becomes company currency; nothing is read for the company's own. Raises Refusal: no rate for the day."""
        if currency_id == self.facts.currency_id:
            return Conversion(currency_id, Decimal(1), self.facts.digits, self.facts.digits, is_foreign=False)
        if currency_id not in self.known:
            self.known[currency_id] = conversion(company_id=self.company_id, currency_id=currency_id, on=self.on)
        return self.known[currency_id]

    def exchange(self, amount: Decimal, currency_id: str, into: str) -> Decimal:
        """An amount in another currency, at the day's rates."""
        if currency_id == into:
            return amount
        return round_money(amount * self.of(currency_id).rate / self.of(into).rate, self.of(into).digits)


def settle(
    payment: CustomerPayment, allocations: Sequence[AllocationInput | tuple[int, Decimal]], facts: PostingFacts, *, total: Decimal,
    worth: Decimal | None = None, own: OpenItem | None = None, locked: Mapping[int, OpenItem] | None = None,
    terms: Mapping[int, CustomerInvoice] | None = None,
) -> Settlement:
    """Judges (item key, cash[, what it settles of an item in another currency]) against the items, locked (by the caller, where given).

    `worth` is the total in company currency. Raises Refusal: more than the payment has, more than an item has open (unless coins or tolerance
    explain it), another's item.
    """
    wanted = [(*allocation, None)[:3] for allocation in allocations]
    locked = lock_items([pk for pk, *_amounts in wanted] + ([own.pk] if own else [])) if locked is None else locked
    result = Settlement(total=total, worth=total if worth is None else worth, digits=facts.digits, own=locked.get(own.pk) if own else None)
    terms = terms_of([locked[pk] for pk, *_amounts in wanted if pk in locked]) if terms is None else terms
    rates = Rates(payment.company_id, payment.paid_on, facts)
    for pk, amount, item_amount in wanted:
        item = locked.get(pk)
        if item is None or item.party_id != payment.customer_id or item.company_id != payment.company_id:
            raise Refusal(
                _("An item to settle belongs to another customer; nothing was done."), field="allocations", code="foreign_item",
                hint=_("Choose open items of %(customer)s.") % {"customer": payment.customer},
            )
        paid = Decimal(amount)
        cash = rates.exchange(paid, payment.currency_id, item.currency_id) if item_amount is None else Decimal(item_amount)
        result.settled.append(_judge(payment, item, cash, paid, terms.get(item.entry_id), facts, result))
    if result.cash + result.gained > total:
        raise Refusal(
            _("%(amount)s were to be allocated, the payment has %(total)s; nothing was done.") % {"amount": result.cash, "total": total},
            field="allocations", code="over_allocation", hint=_("Allocate at most what the payment has left."),
        )
    return result


def _judge(
    payment: CustomerPayment, item: OpenItem, cash: Decimal, paid: Decimal, invoice: CustomerInvoice | None, facts: PostingFacts, result: Settlement,
) -> Settled:
    if payment.kind == CustomerPayment.Kind.REFUND:
        refuse_over_allocation(item, cash)
        return Settled(item, cash, paid)
    over = cash - item.open_currency
    tolerance = _tolerance(item, facts)
    if over > 0 and item.open_currency > 0 and (over <= tolerance or _is_coin_rounding(payment, item.open_currency, cash)):
        if item.currency_id != payment.currency_id:
            # In another currency all of the payment settles the item: what is over is a difference of exchange.
            return Settled(item, item.open_currency, paid)
        result.gained += over
        return Settled(item, item.open_currency, item.open_currency)
    refuse_over_allocation(item, cash)
    short = -over
    if not short:
        return Settled(item, cash, paid)
    discount = _discount(payment, item, invoice, facts)
    if short <= discount:
        tax = ZERO
        if invoice.payment_term.discount_reduces_tax and invoice.gross:
            tax = round_money(short * invoice.tax / invoice.gross, invoice.currency.digits)
        return Settled(item, cash, paid, discount=short - tax, tax=tax)
    if short <= tolerance or _is_coin_rounding(payment, item.open_currency, cash):
        return Settled(item, cash, paid, rounding=short)
    return Settled(item, cash, paid)


def _tolerance(item: OpenItem, facts: PostingFacts) -> Decimal:
    """The tolerance, which is company currency, in the item's."""
    return facts.tolerance if item.amount == item.amount_currency else facts.tolerance * item.amount_currency / (item.amount or item.amount_currency)


def terms_of(items: Sequence[OpenItem]) -> dict[int, CustomerInvoice]:
    """{entry: invoice} of invoice items, with term and currency."""
    entries = {item.entry_id for item in items if item.kind == OpenItem.Kind.INVOICE}
    return {invoice.entry_id: invoice for invoice in _invoices_with_terms(sorted(entries))} if entries else {}


@prepared
def _invoices_with_terms(entry_ids: list[int]) -> QuerySet[CustomerInvoice]:
    return CustomerInvoice.objects.filter(entry__in=entry_ids).select_related("payment_term", "currency").order_by()


def _discount(payment: CustomerPayment, item: OpenItem, invoice: CustomerInvoice | None, facts: PostingFacts) -> Decimal:
    """The early-payment discount that this item still earns, with its tax."""
    term = invoice and invoice.payment_term
    if not term or not term.discount_percent or (payment.paid_on - invoice.issued_on).days > term.discount_days or item.open_currency != item.amount_currency:
        return ZERO
    return round_money(item.amount_currency * term.discount_percent / 100, invoice.currency.digits)


def _is_coin_rounding(payment: CustomerPayment, open_amount: Decimal, cash: Decimal) -> bool:
    coin = payment.bank_account.cash_rounding
    return bool(payment.bank_account.is_cash and coin and (open_amount / coin).quantize(Decimal(1), rounding=ROUND_HALF_UP) * coin == cash)


def _items_of(company_id: int, party_id: int, account_id: int) -> QuerySet[OpenItem]:
    items = OpenItem.objects.filter(company_id=company_id, party_id=party_id, account_id=account_id)
    return items.select_related("entry").order_by("due_on", "pk")


@prepared
def _open_debts(company_id: int, party_id: int, account_id: int) -> QuerySet[OpenItem]:
    return _items_of(company_id, party_id, account_id).filter(open_currency__gt=0)


@prepared
def _open_credits(company_id: int, party_id: int, account_id: int) -> QuerySet[OpenItem]:
    return _items_of(company_id, party_id, account_id).filter(open_currency__lt=0)


def propose(payment: CustomerPayment, facts: PostingFacts, *, limit: Decimal | None = None) -> list[tuple[Any, ...]]:
    """What the payment most likely settles: the invoice its reference names, else the oldest in its currency; a refund: the oldest credits.

    The customer's items stay locked, so that a rival payment cannot take what is proposed here.
    """
    left = payment.amount if limit is None else limit
    candidates = _open_credits if payment.kind == CustomerPayment.Kind.REFUND else _open_debts
    whose = (payment.company_id, payment.customer_id, facts.accounts.of(AccountRole.AR))
    lock_items(item.pk for item in candidates(*whose))
    items = candidates(*whose)  # as they are now that nobody else can change them
    named = [item for item in items if payment.reference and item.entry.number and item.entry.number in payment.reference]
    items = [item for item in items if item.currency_id == payment.currency_id]
    terms = terms_of(items)
    rates = Rates(payment.company_id, payment.paid_on, facts)
    proposed = []
    for item in named or items:
        if item.currency_id != payment.currency_id:
            owed = rates.exchange(abs(item.open_currency), item.currency_id, payment.currency_id)
            if (cash := min(left, owed)) > 0:
                settles = abs(item.open_currency) if cash == owed else rates.exchange(cash, payment.currency_id, item.currency_id)
                proposed.append((item.pk, cash, settles))
                left -= cash
            continue
        owed = abs(item.open_currency)
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
