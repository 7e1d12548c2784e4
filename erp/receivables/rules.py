"""What documents of receivables put on the accounts, worked out without touching a database."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from erp.ledger.roles import AccountRole
from erp.ledger.rules import Accounts, EntryLine
from suite.kernel.money.rules import ZERO, Conversion, line_net, round_money, split
from suite.kernel.taxes.rules import Parts, TaxableLine, TaxedDocument, tax_document
from suite.kernel.terms.rules import Share


@dataclass(frozen=True)
class InvoiceLineInput:
    """A line of an invoice to be made. `discount` and `tax_rate` are shares; prices in document currency, with tax where the document says so."""

    product_id: int | None
    description: str
    quantity: Decimal
    unit_price: Decimal
    tax_id: int
    tax_rate: Decimal
    order_line_key: str = ""
    kind: str = "goods"
    discount: Decimal = ZERO
    shipment_line_key: str = ""
    corrects_id: int | None = None
    tax_reason: str = ""


@dataclass(frozen=True)
class ShippedLine:
    """What leaves: a shipment line, the order line it serves, and where the goods are taken from."""

    line_key: str
    order_line_key: str
    product_id: int
    warehouse_id: int
    quantity: Decimal
    location_id: int | None = None
    lot_id: int | None = None


@dataclass(frozen=True)
class ReturnedLine:
    """What comes back: the line it is recorded under, the shipment line it left by, and where it is put."""

    line_key: str
    original_line_key: str
    order_line_key: str
    product_id: int
    warehouse_id: int
    quantity: Decimal
    location_id: int | None = None


@dataclass(frozen=True)
class AllocationInput:
    """How much of a payment, in its currency, goes to an open item. Services also take plain (open item key, amount) pairs.

    `item_amount`: how much of an item in another currency that settles, in the item's; None: what the payment is worth on its day.
    """

    open_item_id: int
    amount: Decimal
    item_amount: Decimal | None = None

    def __iter__(self) -> Iterator[Any]:
        return iter((self.open_item_id, self.amount, self.item_amount))


class Clearing(NamedTuple):
    """What a shipment line or invoice line has on a clearing account: units and company currency (debit above zero)."""

    role: str
    order_line_key: str
    line_key: str
    quantity: Decimal
    amount: Decimal


class TaxFacts(NamedTuple):
    """A tax code as posting needs it."""

    name: str
    category: str
    valid_from: date | None
    valid_until: date | None
    tax_point: str = "invoice"
    # Parts of a group in order: (tax, rate, whether on top of the earlier ones).
    parts: tuple[tuple[int, Decimal, bool], ...] = ()


class Withholding(NamedTuple):
    """The tax that whoever pays a party's documents keeps back: its key and rate."""

    tax_id: int
    rate: Decimal


@dataclass(frozen=True)
class Term:
    """A payment term: instalments, and the discount for early payment (a share) within days."""

    discount: Decimal
    days: int
    reduces_tax: bool
    shares: tuple[Share, ...]


@dataclass
class PostingFacts:
    """All that posting one document must know, of one snapshot."""

    currency_id: str
    digits: int
    is_cost_at_shipment: bool
    revenue_point: str
    tolerance: Decimal
    term: Term | None
    accounts: Accounts
    taxes: dict[int, TaxFacts]
    clearing: list[Clearing] = field(default_factory=list)
    # Shipment lines that arrived, and when; None where goods earn as they leave.
    delivered: Mapping[str, date] | None = None
    # {invoice line: the shipment line it bills}, of those whose revenue waits although goods are under way.
    tied: Mapping[str, str] = field(default_factory=dict)
    # {invoice line: units of it that came back before they had earned}; whoever credits a return says it.
    never_earned: Mapping[str, Decimal] = field(default_factory=dict)
    # Shipment lines that a correction is about; empty: whatever the invoice billed.
    of_shipment_lines: frozenset[str] = frozenset()
    # Whether invoices must pass the rules for electronic invoices before they get a number.
    is_checked_by_standard: bool = False
    # How the document becomes company currency; None where it is in it.
    conversion: Conversion | None = None
    # False while lines are worked out as the document has them, not the books.
    is_in_books: bool = True
    # What is kept back when the party's documents are paid; None: nothing.
    withholding: Withholding | None = None
    # The tax that an advance contains where advances are taxed.
    advance_tax_id: int | None = None
    tax_point: str = "invoice"
    # Whether the party has deposits that no invoice used yet.
    has_deposits: bool = False
    # Whether fiscal positions have accounts of their own.
    has_position_accounts: bool = False
    # Digits of the document's currency, where it is not the company's.
    currency_digits: int | None = None

    @property
    def groups(self) -> dict[int, Parts]:
        """What those taxes that are groups are made of."""
        return {pk: tax.parts for pk, tax in self.taxes.items() if tax.parts}

    @property
    def document_digits(self) -> int:
        """Digits of amounts on the document itself."""
        return self.digits if self.currency_digits is None else self.currency_digits

    @property
    def is_earned_at_delivery(self) -> bool:
        return self.revenue_point == "delivery"

    def has_earned(self, line_key: str) -> bool:
        """Whether goods of a shipment line earn revenue as soon as they are invoiced."""
        return self.delivered is None or line_key in self.delivered

    def hide_arrivals_after(self, on: date) -> dict[str, date]:
        """Forgets what arrived after a day, for a document of that day, and gives it back."""
        later = {key: day for key, day in (self.delivered or {}).items() if day > on}
        if later:
            self.delivered = {key: day for key, day in self.delivered.items() if key not in later}
        return later

    def open_units(self, role: AccountRole, order_line_key: str, line_key: str = "") -> list[Clearing]:
        """What is still on a clearing account for an order line, oldest first."""
        return [
            row for row in self.clearing
            if row.role == role and row.order_line_key == order_line_key and line_key in ("", row.line_key) and row.quantity
        ]

    def left_alone(self, order_line_key: str) -> list[Clearing]:
        """Goods under way (or never invoiced) that no invoice line bills by name: what an invoice in advance may stand for."""
        billed: dict[str, Decimal] = {}
        for row in self.open_units(AccountRole.DEFERRED_REVENUE, order_line_key):
            if row.line_key in self.tied:
                billed[self.tied[row.line_key]] = billed.get(self.tied[row.line_key], ZERO) + row.quantity
        return [
            row._replace(quantity=left) for row in self.open_units(AccountRole.GSNI, order_line_key)
            if (left := row.quantity - billed.get(row.line_key, ZERO)) > 0
        ]

    def to_invoice(self, order_line_key: str, line_key: str) -> Decimal:
        """Units of a shipment line that left and that no invoice stands for."""
        alone = self.left_alone(order_line_key)
        in_advance = sum((row.quantity for row in self._in_advance(order_line_key)), ZERO)
        free = sum((row.quantity for row in alone), ZERO) - in_advance
        return max(min(sum((row.quantity for row in alone if row.line_key == line_key), ZERO), free), ZERO)

    def not_dispatched(self, order_line_key: str) -> dict[str, Decimal]:
        """{invoice line: units invoiced in advance that did not leave}; what left counts for the oldest invoice."""
        gone = sum((row.quantity for row in self.left_alone(order_line_key)), ZERO)
        found = {}
        for row in self._in_advance(order_line_key):
            found[row.line_key] = max(row.quantity - gone, ZERO)
            gone = max(gone - row.quantity, ZERO)
        return found

    def _in_advance(self, order_line_key: str) -> list[Clearing]:
        return [row for row in self.open_units(AccountRole.DEFERRED_REVENUE, order_line_key) if row.line_key not in self.tied]


class ClearingRow(NamedTuple):
    """A clearing item to write. An empty `line_key` stands for the document line at `position`."""

    role: AccountRole
    order_line_key: str
    line_key: str
    quantity: Decimal
    amount: Decimal
    position: int | None = None
    invoice_line_key: str = ""


@dataclass
class Plan:
    """Lines of an entry and what they put on clearing accounts."""

    lines: list[EntryLine] = field(default_factory=list)
    clearing: list[ClearingRow] = field(default_factory=list)

    def add(self, role: AccountRole, amount: Decimal, **more: Any) -> None:
        self.lines.append(EntryLine(role, amount=amount, **more))


def price_document(
    lines: Iterable[Any], *, prices_include_tax: bool, per_line: bool, digits: int, parts: Mapping[int, Parts] | None = None,
) -> TaxedDocument:
    """Nets, taxes and totals of lines that have quantity, unit_price, discount, tax_id and tax_rate. `parts` of those taxes that are groups."""
    made_of = parts or {}
    return tax_document(
        [TaxableLine(line_net(x.quantity, x.unit_price, x.discount, digits), x.tax_id, x.tax_rate, made_of.get(x.tax_id, ())) for x in lines],
        prices_include_tax=prices_include_tax, per_line=per_line, digits=digits,
    )


def share_of(amount: Decimal, part: Decimal, whole: Decimal, digits: int) -> Decimal:
    """`part` of `whole` units' amount; the last unit takes the residue because the whole gives all that is left."""
    return amount if part == whole else round_money(amount * part / whole, digits)


def take(rows: Sequence[Clearing], wanted: Decimal, digits: int) -> list[tuple[Clearing, Decimal, Decimal]]:
    """Units out of rows of one sign, oldest first: (row, units, amount), units and amounts above or below zero as the rows are."""
    taken = []
    left = wanted
    for row in rows:
        if left <= 0:
            break
        units = min(abs(row.quantity), left)
        sign = 1 if row.quantity > 0 else -1
        taken.append((row, sign * units, share_of(row.amount, units, abs(row.quantity), digits)))
        left -= units
    return taken


AGES = ("not_due", "to_30", "to_60", "to_90", "older")


def revenue_role(kind: str) -> AccountRole:
    """Which income a line earns."""
    return {"charge": AccountRole.FREIGHT_REVENUE, "asset": AccountRole.GAIN_LOSS_ON_DISPOSAL}.get(kind, AccountRole.REVENUE)


def nets_less_discount(lines: Sequence[Any], digits: int) -> list[Decimal]:
    """What each line earns: document discounts are borne by the lines of their tax, by value, so they wait as the revenue does that they reduce.

    A charge's part stays with the discount line: freight is not what was reduced.
    """
    nets = [line.net for line in lines]
    for tax_id in {line.tax_id for line in lines if line.kind == "discount"}:
        discounts = [at for at, line in enumerate(lines) if line.kind == "discount" and line.tax_id == tax_id]
        bearers = [at for at, line in enumerate(lines) if line.kind != "discount" and line.tax_id == tax_id and line.net > 0]
        total = sum((nets[at] for at in discounts), ZERO)
        if not bearers or total >= 0:
            continue
        kept = ZERO
        for at, part in zip(bearers, split(-total, [nets[at] for at in bearers], digits), strict=True):
            if lines[at].kind == "charge":
                kept -= part
            else:
                nets[at] -= part
        for at in discounts:
            nets[at], kept = kept, ZERO
    return nets


def plan_invoice(lines: Sequence[Any], taxes: Iterable[Decimal], gross: Decimal, customer_id: int, facts: PostingFacts) -> Plan:
    """O2C-2 and O2C-3 for what earns already (dispatched, or delivered), O2C-6 for other goods. `lines` are invoice lines in order."""
    plan = Plan()
    plan.add(AccountRole.AR, gross, party_id=customer_id)
    pool = list(facts.clearing)
    for position, (line, net) in enumerate(zip(lines, nets_less_discount(lines, facts.digits), strict=True)):
        earned, deferred = net, ZERO
        if line.kind == "goods" and line.order_line_key and line.quantity > 0:
            rows = [
                row for row in pool if row.role == AccountRole.GSNI and row.order_line_key == line.order_line_key and row.quantity > 0
                and line.shipment_line_key in ("", row.line_key) and facts.has_earned(row.line_key)
            ]
            dispatched = ZERO
            for row, units, cost in take(rows, line.quantity, facts.digits):
                dispatched += units
                pool[pool.index(row)] = row._replace(quantity=row.quantity - units, amount=row.amount - cost)
                plan.clearing.append(ClearingRow(AccountRole.GSNI, row.order_line_key, row.line_key, -units, -cost, position, "line"))
                plan.add(AccountRole.COGS, cost, product_id=line.product_id)
                plan.add(AccountRole.GSNI, -cost)
            waiting = line.quantity - dispatched
            if waiting:
                earned = share_of(net, dispatched, line.quantity, facts.digits) if dispatched else ZERO
                deferred = net - earned
                plan.clearing.append(ClearingRow(AccountRole.DEFERRED_REVENUE, line.order_line_key, "", waiting, -deferred, position))
        plan.add(revenue_role(line.kind), -earned, product_id=line.product_id)
        plan.add(AccountRole.DEFERRED_REVENUE, -deferred)
    for tax in taxes:
        plan.add(AccountRole.OUTPUT_TAX, -tax)
    return plan


def plan_deposit(lines: Sequence[Any], taxes: Iterable[Decimal], gross: Decimal, customer_id: int, facts: PostingFacts) -> Plan:
    """L2O-5: money asked for what is not invoiced yet. A credit note for it is the mirror: `lines` say which."""
    sign = -1 if lines[0].invoice.kind == "credit_note" else 1
    plan = Plan()
    plan.add(AccountRole.AR, sign * gross, party_id=customer_id)
    taxes = list(taxes)
    plan.add(AccountRole.CUSTOMER_ADVANCES, -sign * (gross - sum(taxes, ZERO)), party_id=customer_id)
    for tax in taxes:
        plan.add(AccountRole.OUTPUT_TAX, -sign * tax)
    return plan


class Issued(NamedTuple):
    """Goods that left (or came back) at their cost, as the stock says it."""

    line_key: str
    order_line_key: str
    product_id: int
    warehouse_id: int
    account_id: int
    quantity: Decimal
    value: Decimal


class DeliveredLine(NamedTuple):
    """A shipment line that arrived at the customer."""

    line_key: str
    order_line_key: str
    product_id: int


def plan_dispatch(issued: Iterable[Issued], facts: PostingFacts) -> Plan:
    """O2C-1 (or 1s), with O2C-7 and O2C-8 for units that were invoiced before (O2C-8 waits where revenue counts at delivery)."""
    plan = Plan()
    pool = _deferred(facts)
    for item in issued:
        plan.lines.append(EntryLine(account_id=item.account_id, amount=-item.value))
        cost_role = AccountRole.COGS if facts.is_cost_at_shipment else AccountRole.GSNI
        plan.add(cost_role, item.value, product_id=item.product_id)
        waiting = ZERO if facts.is_cost_at_shipment else item.value
        plan.clearing.append(ClearingRow(AccountRole.GSNI, item.order_line_key, item.line_key, item.quantity, waiting))
        if not facts.is_earned_at_delivery:
            rows = [row for row in pool if row.order_line_key == item.order_line_key]
            _earn(plan, pool, rows, item, item.quantity, waiting, facts.digits)
    return plan


def plan_delivery(delivered: Iterable[DeliveredLine], facts: PostingFacts) -> Plan:
    """O2C-8 for what arrived and was invoiced: what bills the shipment line itself first, then what was invoiced in advance, oldest first."""
    plan = Plan()
    pool = _deferred(facts)
    for item in delivered:
        for gone in facts.open_units(AccountRole.GSNI, item.order_line_key, item.line_key):
            if gone.quantity > 0:
                rows = [
                    row for row in pool
                    if row.order_line_key == item.order_line_key and facts.tied.get(row.line_key, item.line_key) == item.line_key
                ]
                rows.sort(key=lambda row: row.line_key not in facts.tied)
                _earn(plan, pool, rows, item, gone.quantity, gone.amount, facts.digits)
    return plan


def _deferred(facts: PostingFacts) -> list[Clearing]:
    return [row for row in facts.clearing if row.role == AccountRole.DEFERRED_REVENUE and row.quantity > 0]


def _earn(
    plan: Plan, pool: list[Clearing], rows: Sequence[Clearing], item: Issued | DeliveredLine, quantity: Decimal, value: Decimal, digits: int,
) -> None:
    """O2C-8: units of a shipment line earn the revenue that waits in `rows`, and their cost with it. What is taken leaves the pool."""
    left, left_value = quantity, value
    for row, units, revenue in take(rows, quantity, digits):
        cost = share_of(left_value, units, left, digits)
        left, left_value = left - units, left_value - cost
        pool[pool.index(row)] = row._replace(quantity=row.quantity - units, amount=row.amount - revenue)
        plan.clearing.append(ClearingRow(AccountRole.GSNI, item.order_line_key, item.line_key, -units, -cost, invoice_line_key=row.line_key))
        plan.clearing.append(ClearingRow(AccountRole.DEFERRED_REVENUE, item.order_line_key, row.line_key, -units, -revenue))
        plan.add(AccountRole.COGS, cost, product_id=item.product_id)
        plan.add(AccountRole.GSNI, -cost)
        plan.add(AccountRole.DEFERRED_REVENUE, -revenue)
        plan.add(AccountRole.REVENUE, revenue, product_id=item.product_id)


def plan_take_back(returned: Iterable[Issued], facts: PostingFacts) -> Plan:
    """RMA-1: goods back at their original issue cost; `line_key` of each is the shipment line it left by."""
    plan = Plan()
    for item in returned:
        plan.lines.append(EntryLine(account_id=item.account_id, amount=item.value))
        cost_role = AccountRole.COGS if facts.is_cost_at_shipment else AccountRole.GSNI
        plan.add(cost_role, -item.value, product_id=item.product_id)
        waiting = ZERO if facts.is_cost_at_shipment else -item.value
        plan.clearing.append(ClearingRow(AccountRole.GSNI, item.order_line_key, item.line_key, -item.quantity, waiting))
    return plan
