"""Money to and from suppliers: posted, allocated, found on the statement, rejected by the bank."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.ledger.models import JournalEntry
from erp.ledger.roles import AccountRole
from erp.ledger.rules import EntryLine
from erp.ledger.services.entries import Begun, begin_entries, begin_entry, complete_entry
from erp.payables.models import SupplierPayment
from erp.payables.services.allocating import Settlement, bills_of, lock_payable_items, propose_payables, settle_payables
from erp.payables.signals import supplier_payment_posted, supplier_payment_reversed
from erp.receivables.models import OpenItem
from erp.receivables.rules import Plan, PostingFacts
from erp.receivables.selectors import posting_facts
from erp.receivables.services.allocating import Rates
from erp.receivables.services.exchanging import write_allocations
from erp.receivables.services.finding import find_on_statement
from erp.receivables.services.reversing import mirror_item, mirror_lines, settled_by_mirror
from erp.receivables.services.settling import allocate, allocate_all, exchanged, items_of_document, undo_allocations
from erp.receivables.services.writing import in_currency, open_item, refuse_other_account, write_plan, write_plans
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.transitions import Act, Asked, transition
from suite.kernel.documents.work import in_unit_of_work
from suite.kernel.documents.writing import insert_row, insert_rows
from suite.kernel.money.rules import proportion, round_money
from suite.kernel.users.service_user import recorded_id

Status, Kind = SupplierPayment.Status, SupplierPayment.Kind
STANDING = {Status.POSTED, Status.MATCHED}
ITEM_KINDS = {
    Kind.PAYMENT: (AccountRole.AP, OpenItem.Kind.SUPPLIER_PAYMENT, 1),
    Kind.ADVANCE: (AccountRole.SUPPLIER_ADVANCES, OpenItem.Kind.SUPPLIER_ADVANCE, 1),
    Kind.REFUND: (AccountRole.AP, OpenItem.Kind.SUPPLIER_PAYMENT, -1),
}


def draft_supplier_payment(
    *, company_id: int, supplier_id: int, bank_account_id: int, amount: Decimal, paid_on: date, currency_id: str, actor: Any,
    kind: str = Kind.PAYMENT, method: str = SupplierPayment.Method.TRANSFER, reference: str = "", source_key: str | None = None,
    payee_account_id: int | None = None,
) -> SupplierPayment:
    """A draft payment, or the one that `source_key` made before. Raises Refusal: not above zero."""

    def draft() -> SupplierPayment:
        if source_key and (known := SupplierPayment.objects.filter(company_id=company_id, source_key=source_key).first()):
            return known
        if amount <= 0:
            raise Refusal(_("A payment is above zero; nothing was saved."), field="amount", hint=_("Record money paid back as a refund."))
        return insert_row(SupplierPayment(
            company_id=company_id, supplier_id=supplier_id, bank_account_id=bank_account_id, amount=amount, paid_on=paid_on,
            currency_id=currency_id, kind=kind, method=method, reference=reference, source_key=source_key, payee_account_id=payee_account_id,
            created_by_id=recorded_id(actor),
        ))

    return in_unit_of_work(draft, actor=actor)


@dataclass
class Planned:
    """What a payment writes: its entry's lines, its own item, discounts with what they close, and what is set against what."""

    entry: JournalEntry
    plan: Plan
    own: OpenItem
    settlement: Settlement
    discounts: list[tuple[OpenItem, OpenItem]]

    @property
    def new_items(self) -> list[OpenItem]:
        return [*([self.own] if self.own.pk is None else []), *(item for item, _closed in self.discounts)]

    def pairs(self) -> list[tuple[OpenItem, OpenItem, Decimal, Decimal]]:
        """Allocations to write when the items are."""
        return self.settlement.pairs(self.own, self.discounts)


def plan_payment(
    payment: SupplierPayment, entry: JournalEntry, allocations: Sequence[Any], facts: PostingFacts, *, on_statement: bool, **known: Any,
) -> Planned:
    """What posting the payment, which bears its entry, writes. `known`: locked items and bills read already."""
    worth = round_money(payment.amount * payment.exchange_rate, facts.digits) if payment.exchange_rate else payment.amount
    role, item_kind, sign = ITEM_KINDS[payment.kind]
    settlement = settle_payables(payment, allocations, facts, total=payment.amount, **known)
    money = money_account(payment, facts, on_statement=on_statement)
    # Money that leaves an account in company currency is company currency there, unless it is worth nothing there (KRW 1).
    is_kept_foreign = money != payment.bank_account.account_id or payment.bank_account.currency_id != facts.currency_id or not worth
    plan = Plan()
    plan.lines.append(EntryLine(
        account_id=money, amount=-sign * worth, **(in_currency(payment, facts, -sign * payment.amount) if is_kept_foreign else {}),
    ))
    plan.add(role, sign * worth, party_id=payment.supplier_id, **in_currency(payment, facts, sign * payment.amount))
    own = open_item(
        entry, facts, party_id=payment.supplier_id, kind=item_kind, document_key=payment.key, amount=sign * worth, issued_on=payment.paid_on,
        role=role, currency_id=payment.currency_id, amount_currency=sign * payment.amount,
    )
    return _planned(entry, plan, own, settlement, payment, facts)


def _planned(
    entry: JournalEntry, plan: Plan, own: OpenItem, settlement: Settlement, payment: SupplierPayment, facts: PostingFacts,
) -> Planned:
    plan.lines.extend(settlement.lines(payment.supplier_id, facts))
    return Planned(entry, plan, own, settlement, settlement.discounts(entry, payment, facts))


def money_account(payment: SupplierPayment, facts: PostingFacts, *, on_statement: bool) -> int:
    """Where the money stands: the bank's or cash box's own account once it is there, else what is not yet on the statement."""
    if on_statement or payment.bank_account.is_cash:
        return payment.bank_account.account_id
    return facts.accounts.of(AccountRole.OUTSTANDING_RECEIPTS if payment.kind == Kind.REFUND else AccountRole.OUTSTANDING_PAYMENTS)


def _refuse_payee(payment: SupplierPayment, *, on_statement: bool) -> None:
    payee = payment.payee_account
    if payee is not None and (payee.status != payee.Status.APPROVED or payee.supplier_id != payment.supplier_id):
        raise Refusal(
            _("%(account)s is not an approved account of %(supplier)s; nothing was paid.") % {"account": payee, "supplier": payment.supplier},
            field="payee_account", code="payee_is_approved", hint=_("Have a second person approve it, or choose another account."),
        )
    goes_out = payment.method == SupplierPayment.Method.TRANSFER and payment.kind != Kind.REFUND
    if payee is None and goes_out and not on_statement and not payment.bank_account.is_cash:
        raise Refusal(
            _("The transfer does not say to which account of %(supplier)s it goes; nothing was paid.") % {"supplier": payment.supplier},
            field="payee_account", code="transfer_has_a_payee",
            hint=_("Choose an approved bank account of the supplier; for money paid in another way, change the method."),
        )


def _write(done: Planned, facts: PostingFacts, actor: Any) -> None:
    insert_rows(done.new_items)
    write_plan(done.entry, done.plan, facts, actor=actor)
    allocate(done.pairs(), on=done.entry.ledger_date)


def bear_entry(payment: SupplierPayment, entry: JournalEntry, facts: PostingFacts, *, on_statement: bool) -> None:
    """Entry, status and rate of a payment that is posted. Raises Refusal: an account in a third currency, no rate for the day."""
    refuse_other_account(payment, facts)
    rate = Rates(payment.company_id, payment.paid_on, facts).of(payment.currency_id)
    payment.exchange_rate = rate.rate if rate.is_foreign else None
    payment.entry = entry
    payment.status = Status.MATCHED if on_statement or payment.bank_account.is_cash else Status.POSTED


def post_supplier_payments(asked: Sequence[Asked], *, actor: Any) -> None:
    """Many payments in as few statements as one; their allocations are given, and no item is in two of them."""
    payments = [one.document for one in asked]
    for one in asked:
        _refuse_payee(one.document, on_statement=one.kwargs.get("on_statement", False))
    facts = posting_facts(payments[0].company_id)
    entries = begin_entries(company_id=payments[0].company_id, actor=actor, wanted=[
        Begun(
            payment.bank_account.journal_id, payment.paid_on, f"{payment.get_kind_display()} {payment.supplier} {payment.reference}".strip(),
            # The entry's source says whose number it gives; a payment that is not saved yet is known by its own source.
            f"{SupplierPayment._meta.label_lower}:of/{payment.source_key}" if payment.pk is None else payment.key, one.cause_id,
        )
        for one, payment in zip(asked, payments, strict=True)
    ])
    for one, entry in zip(asked, entries, strict=True):
        bear_entry(one.document, entry, facts, on_statement=one.kwargs.get("on_statement", False))
        one.act.is_written = one.document.pk is None
    insert_rows([payment for payment in payments if payment.pk is None])
    allocations = [
        () if one.document.kind == Kind.ADVANCE
        else propose_payables(one.document, facts, limit=one.document.amount) if one.kwargs.get("allocations") is None
        else one.kwargs["allocations"] for one in asked
    ]
    locked = lock_payable_items(pk for given in allocations for pk, *_amounts in given)
    bills = bills_of(locked.values())
    plans = []
    for one, entry, given in zip(asked, entries, allocations, strict=True):
        with one.causing():
            plans.append(plan_payment(
                one.document, entry, given, facts, on_statement=one.kwargs.get("on_statement", False), locked=locked, bills=bills))
    insert_rows([item for plan in plans for item in plan.new_items])
    write_plans([(plan.entry, plan.plan, (payment,)) for plan, payment in zip(plans, payments, strict=True)], facts)
    allocate_all([(plan.pairs(), plan.entry.ledger_date) for plan in plans], causes=[one.cause_id for one in asked])
    for one in asked:
        one.act.payload["amount"] = str(one.document.amount)


@transition(
    SupplierPayment, "post", source={Status.DRAFT}, target=None, label=gettext_lazy("Post"), after=supplier_payment_posted, icon="cash", order=10,
    many=post_supplier_payments,
)
def post_supplier_payment(
    payment: SupplierPayment, *, actor: Any, act: Act, allocations: Sequence[tuple[int, Decimal]] | None = None, on_statement: bool = False,
) -> None:
    """P2P-3 (or on BANK at once: cash, or seen on the statement), an advance P2P-16, with the discount of P2P-26 in the same entry.

    `allocations` are (open item key, amount of this payment[, what it settles of an item in another currency]); None: the bills its reference
    names, else the oldest; (): none. What is left stays a debit of the supplier. Raises Refusal: over-allocation, another supplier's item,
    closed period, no exchange rate for its day, an account in a third currency, a transfer that names no approved account.
    """
    post_supplier_payments([Asked(payment, act, {"allocations": allocations, "on_statement": on_statement})], actor=actor)


@transition(
    SupplierPayment, "allocate", source=STANDING, target=None, label=gettext_lazy("Allocate"), icon="arrows-join", order=20,
)
def allocate_supplier_payment(
    payment: SupplierPayment, *, actor: Any, act: Act, allocations: Sequence[tuple[int, Decimal]] | None = None, on: date | None = None,
) -> None:
    """Sets the payment against open items: (item key, amount); None: the oldest first. An advance moves to payables for it (P2P-17).

    An advance in foreign currency keeps its rate: what it pays for costs at that rate. Raises Refusal: over-allocation, another supplier's
    item, closed period.
    """
    facts = posting_facts(payment.company_id)
    on = on or max(timezone.localdate(), payment.paid_on)
    own = OpenItem.objects.get(entry_id=payment.entry_id, document_key=payment.key, kind=ITEM_KINDS[payment.kind][1])
    own = lock_payable_items([own.pk])[own.pk]
    left = abs(own.open_currency)
    if allocations is None:
        allocations = propose_payables(payment, facts, limit=left)
    settlement = settle_payables(payment, allocations, facts, total=left)
    is_advance = payment.kind == Kind.ADVANCE
    if not settlement.settled or not (is_advance or settlement.has_discount):
        allocate(settlement.pairs(own, []), on=on)
        return
    entry = begin_entry(
        company_id=payment.company_id, journal_id=payment.bank_account.journal_id, ledger_date=on, actor=actor,
        description=f"Allocation of {payment.number}",
    )
    plan = Plan()
    if is_advance:
        foreign = settlement.cash
        amount = proportion(abs(own.open_amount), foreign, left, facts.digits)
        plan.add(AccountRole.AP, amount, party_id=payment.supplier_id, **in_currency(payment, facts, foreign))
        plan.add(AccountRole.SUPPLIER_ADVANCES, -amount, party_id=payment.supplier_id, **in_currency(payment, facts, -foreign))
        used, moved = insert_rows([
            open_item(
                entry, facts, party_id=payment.supplier_id, kind=OpenItem.Kind.SUPPLIER_ADVANCE, document_key=payment.key, amount=sign * amount,
                issued_on=on, role=role, currency_id=payment.currency_id, amount_currency=sign * foreign,
            )
            for sign, role in ((-1, AccountRole.SUPPLIER_ADVANCES), (1, AccountRole.AP))
        ])
        allocate([(own, used, foreign)], on=on)
        own = moved
    _write(_planned(entry, plan, own, settlement, payment, facts), facts, actor)


def _nothing_more(asked: Sequence[Asked], *, actor: Any) -> None:
    """The status is all: what the statement shows is posted by whoever matches it."""


@transition(
    SupplierPayment, "match", source={Status.POSTED}, target=Status.MATCHED, label=gettext_lazy("Found on the statement"), icon="check", order=70,
    many=_nothing_more,
)
def mark_supplier_payment_matched(payment: SupplierPayment, *, actor: Any, act: Act, statement_line_id: int | None = None) -> None:
    """The statement shows the money: banking matches the line with the payment (P2P-4). Raises Refusal: no such line, amounts that differ."""
    find_on_statement(payment, statement_line_id, actor=actor)


@transition(
    SupplierPayment, "unmatch", source={Status.MATCHED}, target=Status.POSTED, label=gettext_lazy("Not on the statement after all"), icon="unlink",
    order=75, offered=lambda payment: False,
)
def unmark_supplier_payment_matched(payment: SupplierPayment, *, actor: Any, act: Act, reason: str = "") -> None:
    """The match was undone: the payment waits for the statement again (banking posts it)."""


@transition(
    SupplierPayment, "reverse", source=STANDING, target=Status.REVERSED, label=gettext_lazy("Rejected"), after=supplier_payment_reversed,
    icon="arrow-back-up", is_dangerous=True, order=80,
)
def reverse_supplier_payment(payment: SupplierPayment, *, actor: Any, act: Act, on: date | None = None, reason: str = "") -> None:
    """The mirror of the payment and of its discount and advance entries; the bills it settled are open again.

    Raises Refusal: dated before the payment, closed period.
    """
    on = on or max(timezone.localdate(), payment.paid_on)
    if on < payment.paid_on:
        raise Refusal(_("A payment is not rejected before it was made; nothing was done."), field="on", code="too_early")
    facts = posting_facts(payment.company_id)
    items = items_of_document(payment.company_id, payment.key)
    items += exchanged(undo_allocations(items, on=on), items)
    entry = begin_entry(
        company_id=payment.company_id, journal_id=payment.bank_account.journal_id, ledger_date=on, actor=actor, reverses_id=payment.entry_id,
        description=f"Rejected {payment.number} {reason}".strip(), source_key=f"{payment.key}/reversed",
    )
    lines = mirror_lines(payment, {item.entry_id for item in items}, facts, is_there=act.before == Status.MATCHED)
    mirrored = insert_rows([mirror_item(item, entry, document_key=payment.key, on=on) for item in items])
    complete_entry(entry, lines, actor)
    write_allocations([settled_by_mirror(item, mirror) for item, mirror in zip(items, mirrored, strict=True)], on=on)
