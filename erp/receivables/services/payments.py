"""Money from and to customers: posted, allocated, found on the statement, bounced, moved to another customer."""

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
from erp.receivables.models import CustomerPayment, OpenItem
from erp.receivables.rules import AllocationInput, Plan, PostingFacts
from erp.receivables.selectors import posting_facts
from erp.receivables.services.advances import keep_advance_tax, mirror_advance_tax, part_of, plan_return, tax_in_advance, tax_left_in
from erp.receivables.services.allocating import Rates, Settlement, propose, settle, terms_of
from erp.receivables.services.exchanging import write_allocations
from erp.receivables.services.finding import find_on_statement
from erp.receivables.services.reversing import mirror_item, mirror_lines, settled_by_mirror
from erp.receivables.services.settling import allocate, allocate_all, exchanged, items_of_document, lock_items, undo_allocations
from erp.receivables.services.writing import in_currency, open_item, refuse_other_account, write_plan, write_plans
from erp.receivables.signals import payment_allocated, payment_posted, payment_reversed
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.transitions import Act, Asked, transition
from suite.kernel.documents.work import in_unit_of_work
from suite.kernel.documents.writing import insert_row, insert_rows
from suite.kernel.money.rules import ZERO, proportion, round_money
from suite.kernel.parties.models import Party
from suite.kernel.users.service_user import recorded_id

Status, Kind = CustomerPayment.Status, CustomerPayment.Kind
STANDING = {Status.POSTED, Status.MATCHED}
ITEM_KINDS = {
    Kind.RECEIPT: (AccountRole.AR, OpenItem.Kind.PAYMENT, -1),
    Kind.ADVANCE: (AccountRole.CUSTOMER_ADVANCES, OpenItem.Kind.ADVANCE, -1),
    Kind.REFUND: (AccountRole.AR, OpenItem.Kind.REFUND, 1),
}


def draft_payment(
    *, company_id: int, customer_id: int, bank_account_id: int, amount: Decimal, paid_on: date, currency_id: str, actor: Any,
    kind: str = Kind.RECEIPT, method: str = CustomerPayment.Method.TRANSFER, reference: str = "", provider_id: str | None = None,
    source_key: str | None = None,
) -> CustomerPayment:
    """A draft payment, or the one that `source_key` (or the provider's id) made before."""

    def draft() -> CustomerPayment:
        for name, value in (("source_key", source_key), ("provider_id", provider_id)):
            if value and (known := CustomerPayment.objects.filter(company_id=company_id, **{name: value}).first()):
                return known
        if amount <= 0:
            raise Refusal(_("A payment is above zero; nothing was saved."), field="amount", hint=_("Record money paid back as a refund."))
        return insert_row(CustomerPayment(
            company_id=company_id, customer_id=customer_id, bank_account_id=bank_account_id, amount=amount, paid_on=paid_on,
            currency_id=currency_id, kind=kind, method=method, reference=reference, provider_id=provider_id, source_key=source_key,
            created_by_id=recorded_id(actor),
        ))

    return in_unit_of_work(draft, actor=actor)


@dataclass
class Planned:
    """What a payment writes: its entry's lines, its own item, those of the differences, and what is set against what."""

    entry: JournalEntry
    plan: Plan
    own: OpenItem | None
    settlement: Settlement
    extra: dict[tuple[int, str], OpenItem]
    beside: Sequence[tuple[OpenItem, OpenItem, Decimal]] = ()

    @property
    def new_items(self) -> list[OpenItem]:
        return [*([self.own] if self.own is not None and self.own.pk is None else []), *self.extra.values()]

    def pairs(self) -> list[tuple[OpenItem, OpenItem, Decimal, Decimal]]:
        """Allocations to write when the items are."""
        return [*self.settlement.pairs(self.own, self.extra), *self.beside]


def plan_payment(
    payment: CustomerPayment, entry: JournalEntry, allocations: Sequence[Any], facts: PostingFacts, *, on_statement: bool, **known: Any,
) -> Planned:
    """What posting the payment, which bears its entry, writes. `known`: items locked and invoices read already."""
    account = payment.bank_account
    worth = round_money(payment.amount * payment.exchange_rate, facts.digits) if payment.exchange_rate else payment.amount
    if payment.returns_id:
        plan, own, advance, net = plan_return(payment, entry, money_account(payment, facts, on_statement=on_statement), facts)
        return Planned(entry, plan, own, Settlement(), {}, [(own, advance, net)])
    role, item_kind, sign = ITEM_KINDS[payment.kind]
    settlement = settle(payment, allocations, facts, total=payment.amount, worth=worth, **known)
    plan = Plan()
    money = money_account(payment, facts, on_statement=on_statement)
    # Money that comes onto an account in company currency is company currency from then on, unless it is worth nothing there (KRW 1).
    is_kept_foreign = money != account.account_id or account.currency_id != facts.currency_id or not worth
    plan.lines.append(EntryLine(
        account_id=money, amount=-sign * worth, **(in_currency(payment, facts, -sign * payment.amount) if is_kept_foreign else {}),
    ))
    taxed = tax_in_advance(payment, facts, worth=worth)
    own_worth, own_amount = (worth - taxed.amount, payment.amount - taxed.foreign) if taxed else (settlement.own_worth, settlement.own_amount)
    plan.add(role, sign * own_worth, party_id=payment.customer_id, **in_currency(payment, facts, sign * own_amount))
    if taxed:
        plan.add(AccountRole.OUTPUT_TAX, -taxed.amount, **in_currency(payment, facts, -taxed.foreign))
        keep_advance_tax(payment, entry, taxed, sign=1)
    own = open_item(
        entry, facts, party_id=payment.customer_id, kind=item_kind, document_key=payment.key, amount=sign * own_worth,
        issued_on=payment.paid_on, role=role, currency_id=payment.currency_id, amount_currency=sign * own_amount,
    )
    return planned(entry, plan, own, settlement, payment, facts)


def planned(
    entry: JournalEntry, plan: Plan, own: OpenItem | None, settlement: Settlement, payment: CustomerPayment, facts: PostingFacts,
) -> Planned:
    """The plan with what the differences of the settlement add to it."""
    plan.lines.extend(settlement.lines(payment, facts))
    return Planned(entry, plan, own, settlement, settlement.items(entry, payment, facts))


def bear_entry(payment: CustomerPayment, entry: JournalEntry, facts: PostingFacts, *, on_statement: bool) -> None:
    """Entry, status and rate of a payment that is posted. Raises Refusal: an account in a third currency, no rate for the day."""
    refuse_other_account(payment, facts)
    rate = Rates(payment.company_id, payment.paid_on, facts).of(payment.currency_id)
    payment.exchange_rate = rate.rate if rate.is_foreign else None
    payment.entry = entry
    payment.status = Status.MATCHED if on_statement or payment.bank_account.is_cash else Status.POSTED


def post_payments(asked: Sequence[Asked], *, actor: Any) -> None:
    """Many payments in as few statements as one; their allocations are given, and no item is in two of them."""
    payments = [one.document for one in asked]
    facts = posting_facts(payments[0].company_id)
    entries = begin_entries(company_id=payments[0].company_id, actor=actor, wanted=[
        Begun(
            one.document.bank_account.journal_id, one.document.paid_on, f"{one.document.get_kind_display()} {one.document.reference}".strip(),
            cause=one.cause_id,
        )
        for one in asked
    ])
    for one, entry in zip(asked, entries, strict=True):
        bear_entry(one.document, entry, facts, on_statement=one.kwargs.get("on_statement", False))
        one.act.is_written = one.document.pk is None
    insert_rows([payment for payment in payments if payment.pk is None])
    allocations = [
        () if one.document.kind == Kind.ADVANCE or one.document.returns_id else propose(one.document, facts) if one.kwargs.get("allocations") is None
        else one.kwargs["allocations"] for one in asked
    ]
    locked = lock_items(pk for given in allocations for pk, *_amounts in given)
    terms = terms_of(locked.values())
    plans = []
    for one, entry, given in zip(asked, entries, allocations, strict=True):
        with one.causing():
            plans.append(plan_payment(
                one.document, entry, given, facts, on_statement=one.kwargs.get("on_statement", False), locked=locked, terms=terms))
    insert_rows([item for plan in plans for item in plan.new_items])
    write_plans([(plan.entry, plan.plan, (payment,)) for plan, payment in zip(plans, payments, strict=True)], facts)
    allocate_all([(plan.pairs(), plan.entry.ledger_date) for plan in plans], causes=[one.cause_id for one in asked])
    for one in asked:
        one.act.payload["amount"] = str(one.document.amount)


@transition(
    CustomerPayment, "post", source={Status.DRAFT}, target=None, label=gettext_lazy("Post"), after=payment_posted, icon="cash", order=10,
    many=post_payments,
)
def post_payment(
    payment: CustomerPayment, *, actor: Any, act: Act, allocations: Sequence[AllocationInput] | None = None, on_statement: bool = False,
) -> None:
    """O2C-4 (or on BANK at once: cash, or seen on the statement), with discount, tolerance and cash rounding in the same entry.

    `allocations` are (open item key, amount of this payment); None: the invoice its reference names, else the oldest; (): none. An advance
    and what is left stay a credit of the customer. Raises Refusal: over-allocation, closed period, no exchange rate for
    its day, an account in a third currency.
    """
    post_payments([Asked(payment, act, {"allocations": allocations, "on_statement": on_statement})], actor=actor)


def money_account(payment: CustomerPayment, facts: PostingFacts, *, on_statement: bool) -> int:
    """Where the money stands: the bank's or cash box's own account once it is there, else what is not yet on the statement."""
    if on_statement or payment.bank_account.is_cash:
        return payment.bank_account.account_id
    return facts.accounts.of(AccountRole.OUTSTANDING_PAYMENTS if payment.kind == Kind.REFUND else AccountRole.OUTSTANDING_RECEIPTS)


def _write(done: Planned, facts: PostingFacts, actor: Any) -> None:
    insert_rows(done.new_items)
    write_plan(done.entry, done.plan, facts, actor=actor)
    allocate(done.pairs(), on=done.entry.ledger_date)


@transition(
    CustomerPayment, "allocate", source=STANDING, target=None, label=gettext_lazy("Allocate"), after=payment_allocated, icon="arrows-join",
    order=20,
)
def allocate_payment(
    payment: CustomerPayment, *, actor: Any, act: Act, allocations: Sequence[AllocationInput] | None = None, on: date | None = None,
) -> None:
    """Sets the payment against open items: (item key, amount); None: the oldest first. An advance moves to receivables for it (L2O-4).

    A discount taken in time, a difference within tolerance is posted with it. Raises Refusal: over-allocation, another customer's item.
    """
    facts = posting_facts(payment.company_id)
    on = on or max(timezone.localdate(), payment.paid_on)
    own = OpenItem.objects.get(entry_id=payment.entry_id, document_key=payment.key, kind=ITEM_KINDS[payment.kind][1])
    is_advance = payment.kind == Kind.ADVANCE
    left = tax_left_in(payment) if is_advance else None
    tax_foreign, tax_worth = (left.foreign, left.amount) if left else (ZERO, ZERO)
    whole = abs(own.open_currency) + tax_foreign
    if allocations is None:
        allocations = propose(payment, facts, limit=whole)
    settlement = settle(payment, allocations, facts, total=whole, worth=abs(own.open_amount) + tax_worth, own=own)
    own = settlement.own or own
    if not is_advance and not settlement.has_differences:
        allocate(settlement.pairs(own, {}), on=on)
        return
    entry = begin_entry(
        company_id=payment.company_id, journal_id=payment.bank_account.journal_id, ledger_date=on, actor=actor,
        description=f"Allocation of {payment.number}",
    )
    plan = Plan()
    if not is_advance:
        _write(planned(entry, plan, own, settlement, payment, facts), facts, actor)
        return
    gross = settlement.cash
    taxed = part_of(left, gross, whole, payment, facts)
    foreign = gross - (taxed.foreign if taxed else ZERO)
    amount = proportion(abs(own.open_amount), foreign, abs(own.open_currency), facts.digits) if foreign else ZERO
    worth = amount + (taxed.amount if taxed else ZERO)
    plan.add(AccountRole.CUSTOMER_ADVANCES, amount, party_id=payment.customer_id, **in_currency(payment, facts, foreign))
    if taxed:
        plan.add(AccountRole.OUTPUT_TAX, taxed.amount, **in_currency(payment, facts, taxed.foreign))
        keep_advance_tax(payment, entry, taxed, sign=-1)
    plan.add(AccountRole.AR, -worth, party_id=payment.customer_id, **in_currency(payment, facts, -gross))
    used, moved = OpenItem.objects.bulk_create([
        open_item(entry, facts, party_id=payment.customer_id, kind=OpenItem.Kind.ADVANCE, document_key=payment.key, amount=amount, issued_on=on,
                  role=AccountRole.CUSTOMER_ADVANCES, currency_id=payment.currency_id, amount_currency=foreign),
        open_item(entry, facts, party_id=payment.customer_id, kind=OpenItem.Kind.ADVANCE, document_key=payment.key, amount=-worth, issued_on=on,
                  currency_id=payment.currency_id, amount_currency=-gross),
    ])
    allocate([(used, own, foreign)], on=on)
    _write(planned(entry, plan, moved, settlement, payment, facts), facts, actor)


def _nothing_more(asked: Sequence[Asked], *, actor: Any) -> None:
    """The status is all: what the statement shows is posted by whoever matches it."""


@transition(
    CustomerPayment, "match", source={Status.POSTED}, target=Status.MATCHED, label=gettext_lazy("Found on the statement"), icon="check", order=70,
    many=_nothing_more,
)
def mark_matched(payment: CustomerPayment, *, actor: Any, act: Act, statement_line_id: int | None = None) -> None:
    """The statement shows the money: banking matches the line with the payment (O2C-5). Raises Refusal: no such line, amounts that differ."""
    find_on_statement(payment, statement_line_id, actor=actor)


@transition(
    CustomerPayment, "unmatch", source={Status.MATCHED}, target=Status.POSTED, label=gettext_lazy("Not on the statement after all"), icon="unlink",
    order=75, offered=lambda payment: False,
)
def unmark_matched(payment: CustomerPayment, *, actor: Any, act: Act, reason: str = "") -> None:
    """The match was undone: the payment waits for the statement again (banking posts it)."""


@transition(
    CustomerPayment, "reverse", source=STANDING, target=Status.REVERSED, label=gettext_lazy("Bounced"), after=payment_reversed,
    icon="arrow-back-up", is_dangerous=True, order=80,
)
def reverse_payment(payment: CustomerPayment, *, actor: Any, act: Act, on: date | None = None, fee: Decimal = ZERO, reason: str = "") -> None:
    """O2C-16: the mirror of the payment and of its discount, tolerance and advance entries; what it settled is open again. `fee` is the bank's.

    Raises Refusal: dated before the payment, closed period.
    """
    on = on or max(timezone.localdate(), payment.paid_on)
    if on < payment.paid_on:
        raise Refusal(_("A payment does not bounce before it was made; nothing was done."), field="on", code="too_early")
    if payment.returned_by.exclude(status=Status.REVERSED).exists():
        raise Refusal(_("Part of %(payment)s was paid back; nothing was done.") % {"payment": payment}, code="paid_back", hint=_("Reverse the refund first."))
    facts = posting_facts(payment.company_id)
    items = items_of_document(payment.company_id, payment.key)
    items += exchanged(undo_allocations(items, on=on), items)
    entry = begin_entry(
        company_id=payment.company_id, journal_id=payment.bank_account.journal_id, ledger_date=on, actor=actor, reverses_id=payment.entry_id,
        description=f"Bounced {payment.number} {reason}".strip(),
    )
    lines = mirror_lines(payment, {item.entry_id for item in items}, facts, is_there=act.before == Status.MATCHED)
    if fee:
        lines += [EntryLine(AccountRole.BANK_FEES, amount=fee), EntryLine(account_id=payment.bank_account.account_id, amount=-fee)]
    mirrored = insert_rows([mirror_item(item, entry, document_key=payment.key, on=on) for item in items])
    complete_entry(entry, lines, actor)
    if payment.kind == Kind.ADVANCE or payment.returns_id:
        mirror_advance_tax(payment, entry)
    write_allocations([settled_by_mirror(item, mirror) for item, mirror in zip(items, mirrored, strict=True)], on=on)


@transition(
    CustomerPayment, "transfer", source=STANDING, target=None, label=gettext_lazy("Belongs to another customer"), after=payment_allocated,
    icon="user-share", is_dangerous=True, order=60,
)
def transfer_payment(payment: CustomerPayment, *, actor: Any, act: Act, to_party_id: int, on: date | None = None, reason: str = "") -> None:
    """O2C-27: what customer A was credited with belongs to B. A's items are open again; B has the credit. Raises Refusal for the same customer."""
    on = on or max(timezone.localdate(), payment.paid_on)
    role, kind, sign = ITEM_KINDS[payment.kind]
    is_known = Party.objects.filter(pk=to_party_id, company_id=payment.company_id, is_customer=True).exists()
    if not is_known or to_party_id == payment.customer_id or sign > 0:
        raise Refusal(
            _("Choose another customer, for money that came in; nothing was done."), field="to_party_id", hint=_("Choose whose money it is."),
        )
    own = OpenItem.objects.get(entry_id=payment.entry_id, document_key=payment.key, kind=kind)
    if OpenItem.objects.filter(document_key=payment.key, company_id=payment.company_id).exclude(pk=own.pk).exists():
        raise Refusal(
            _("%(payment)s took a discount, a difference or an advance; nothing was done.") % {"payment": payment},
            code="transfer_with_differences", hint=_("Record it as bounced, then enter it for the other customer."),
        )
    if exchanged(undo_allocations([own], on=on)):
        raise Refusal(
            _("%(payment)s made a difference of exchange; nothing was done.") % {"payment": payment}, code="transfer_with_differences",
            hint=_("Record it as bounced, then enter it for the other customer."),
        )
    amount, foreign = -own.amount, -own.amount_currency
    facts = posting_facts(payment.company_id)
    entry = begin_entry(
        company_id=payment.company_id, journal_id=payment.bank_account.journal_id, ledger_date=on, actor=actor,
        description=f"Transfer of {payment.number} {reason}".strip(),
    )
    plan = Plan()
    plan.add(role, amount, party_id=payment.customer_id, **in_currency(payment, facts, foreign))
    plan.add(role, -amount, party_id=to_party_id, **in_currency(payment, facts, -foreign))
    taken, _given = OpenItem.objects.bulk_create([
        open_item(entry, facts, party_id=party_id, kind=OpenItem.Kind.TRANSFER, document_key=payment.key, amount=value, issued_on=on, role=role,
                  currency_id=payment.currency_id, amount_currency=in_its_own)
        for party_id, value, in_its_own in ((payment.customer_id, amount, foreign), (to_party_id, -amount, -foreign))
    ])
    write_plan(entry, plan, facts, actor=actor)
    write_allocations([(taken, own, amount, foreign)], on=on)
