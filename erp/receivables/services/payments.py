"""Money from and to customers: posted, allocated, found on the statement, bounced, moved to another customer."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.ledger.models import JournalEntry, JournalLine
from erp.ledger.roles import AccountRole
from erp.ledger.rules import EntryLine
from erp.ledger.services.entries import begin_entry, complete_entry
from erp.receivables.models import CustomerPayment, OpenItem
from erp.receivables.rules import AllocationInput, Plan, PostingFacts
from erp.receivables.selectors import posting_facts
from erp.receivables.services.advances import keep_advance_tax, mirror_advance_tax, part_of, plan_return, tax_in_advance, tax_left_in
from erp.receivables.services.allocating import Settlement, propose, settle
from erp.receivables.services.exchanging import write_allocations
from erp.receivables.services.settling import allocate, undo_allocations
from erp.receivables.services.writing import open_item, write_plan
from erp.receivables.signals import payment_allocated, payment_posted, payment_reversed
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.transitions import Act, transition
from suite.kernel.documents.work import in_unit_of_work
from suite.kernel.documents.writing import insert_row, insert_rows
from suite.kernel.money.rules import ZERO, proportion
from suite.kernel.money.selectors import conversion
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


@transition(
    CustomerPayment, "post", source={Status.DRAFT}, target=None, label=gettext_lazy("Post"), after=payment_posted, icon="cash", order=10,
)
def post_payment(
    payment: CustomerPayment, *, actor: Any, act: Act, allocations: Sequence[AllocationInput] | None = None, on_statement: bool = False,
) -> None:
    """O2C-4 (or on BANK at once: cash, or seen on the statement), with discount, tolerance and cash rounding in the same entry.

    `allocations` are (open item key, amount of this payment); None: the invoice its reference names, else the oldest; (): none. An advance
    and what is left stay a credit of the customer. Raises Refusal: over-allocation, closed period, no exchange rate for
    its day, an account in a third currency.
    """
    account = payment.bank_account
    entry = begin_entry(
        company_id=payment.company_id, journal_id=account.journal_id, ledger_date=payment.paid_on, actor=actor,
        description=f"{payment.get_kind_display()} {payment.reference}".strip(),
    )
    facts = posting_facts(payment.company_id)
    refuse_other_account(payment, facts)
    if payment.currency_id != facts.currency_id:
        facts.conversion = conversion(company_id=payment.company_id, currency_id=payment.currency_id, on=payment.paid_on)
        payment.exchange_rate = facts.conversion.rate
    worth = facts.conversion.to_books(payment.amount) if facts.conversion else payment.amount
    if payment.returns_id:
        _post_return(payment, entry, facts, actor, act, on_statement=on_statement)
        return
    role, item_kind, sign = ITEM_KINDS[payment.kind]
    if payment.kind == Kind.ADVANCE:
        allocations = ()
    elif allocations is None:
        allocations = propose(payment, facts)
    settlement = settle(payment, allocations, facts, total=payment.amount, worth=worth)
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
    _write(entry, plan, settlement, own, payment, facts, actor, owners=(payment,))
    payment.entry = entry
    payment.status = Status.MATCHED if on_statement or account.is_cash else Status.POSTED
    act.payload["amount"] = str(payment.amount)


def _post_return(payment: CustomerPayment, entry: JournalEntry, facts: PostingFacts, actor: Any, act: Act, *, on_statement: bool) -> None:
    """An advance paid back, against the advance itself."""
    plan, own, advance, net = plan_return(payment, entry, money_account(payment, facts, on_statement=on_statement), facts)
    insert_rows([own])
    write_plan(entry, plan, facts, actor=actor, owners=(payment,))
    allocate([(own, advance, net)], on=entry.ledger_date)
    payment.entry = entry
    payment.status = Status.MATCHED if on_statement or payment.bank_account.is_cash else Status.POSTED
    act.payload["amount"] = str(payment.amount)


def in_currency(payment: CustomerPayment, facts: PostingFacts, amount: Decimal) -> dict[str, Any]:
    """What a line of the payment says of its currency: nothing in the company's own."""
    return {} if payment.currency_id == facts.currency_id else {"currency_id": payment.currency_id, "amount_currency": amount}


def refuse_other_account(payment: CustomerPayment, facts: PostingFacts) -> None:
    """Raises Refusal for money that neither is in the account's currency nor is changed into the company's as it arrives."""
    account = payment.bank_account
    if account.currency_id not in (payment.currency_id, facts.currency_id):
        raise Refusal(
            _("%(account)s is kept in %(kept)s, the payment is in %(currency)s; nothing was posted.")
            % {"account": account, "kept": account.currency_id, "currency": payment.currency_id}, field="bank_account", code="account_currency",
            hint=_("Choose an account in %(currency)s or in %(books)s.") % {"currency": payment.currency_id, "books": facts.currency_id},
        )


def money_account(payment: CustomerPayment, facts: PostingFacts, *, on_statement: bool) -> int:
    """Where the money stands: the bank's or cash box's own account once it is there, else what is not yet on the statement."""
    if on_statement or payment.bank_account.is_cash:
        return payment.bank_account.account_id
    return facts.accounts.of(AccountRole.OUTSTANDING_PAYMENTS if payment.kind == Kind.REFUND else AccountRole.OUTSTANDING_RECEIPTS)


def _write(
    entry: JournalEntry, plan: Plan, settlement: Settlement, own: OpenItem | None, payment: CustomerPayment, facts: PostingFacts, actor: Any, *,
    owners: Sequence[Any] = (),
) -> None:
    extra = settlement.items(entry, payment, facts)
    insert_rows([*([own] if own is not None and own.pk is None else []), *extra.values()])
    plan.lines.extend(settlement.lines(payment, facts))
    write_plan(entry, plan, facts, actor=actor, owners=owners)
    allocate(settlement.pairs(own, extra), on=entry.ledger_date)


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
        _write(entry, plan, settlement, own, payment, facts, actor)
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
    _write(entry, plan, settlement, moved, payment, facts, actor)


@transition(
    CustomerPayment, "match", source={Status.POSTED}, target=Status.MATCHED, label=gettext_lazy("Found on the statement"), icon="check", order=70,
)
def mark_matched(payment: CustomerPayment, *, actor: Any, act: Act) -> None:
    """The statement shows the money (banking posts it)."""


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
    facts = posting_facts(payment.company_id)
    if payment.returned_by.exclude(status=Status.REVERSED).exists():
        raise Refusal(_("Part of %(payment)s was paid back; nothing was done.") % {"payment": payment}, code="paid_back", hint=_("Reverse the refund first."))
    items = list(OpenItem.objects.filter(company_id=payment.company_id, document_key=payment.key).order_by("pk"))
    entries = {item.entry_id for item in items}
    undo_allocations(items, on=on)
    entry = begin_entry(
        company_id=payment.company_id, journal_id=payment.bank_account.journal_id, ledger_date=on, actor=actor, reverses_id=payment.entry_id,
        description=f"Bounced {payment.number} {reason}".strip(),
    )
    bank = payment.bank_account.account_id
    waiting = {facts.accounts.of(AccountRole.OUTSTANDING_RECEIPTS), facts.accounts.of(AccountRole.OUTSTANDING_PAYMENTS)}
    is_there = payment.status == Status.REVERSED and act.before == Status.MATCHED
    lines = []
    for line in JournalLine.objects.filter(entry__in=entries).order_by("pk"):
        is_from_bank = is_there and line.account_id in waiting
        is_kept_foreign = line.currency_id is not None and not (is_from_bank and payment.bank_account.currency_id != line.currency_id)
        lines.append(EntryLine(
            account_id=bank if is_from_bank else line.account_id, amount=line.credit - line.debit, party_id=line.party_id,
            **({"currency_id": line.currency_id, "amount_currency": -line.amount_currency} if is_kept_foreign else {}),
        ))
    if fee:
        lines += [EntryLine(account_id=facts.accounts.of(AccountRole.BANK_FEES), amount=fee), EntryLine(account_id=bank, amount=-fee)]
    mirrored = OpenItem.objects.bulk_create([
        OpenItem(
            company_id=item.company_id, account_id=item.account_id, party_id=item.party_id, entry=entry,
            kind=item.kind if item.kind == OpenItem.Kind.EXCHANGE else OpenItem.Kind.CHARGEBACK, document_key=payment.key, issued_on=on, due_on=on,
            amount=-item.amount, open_amount=-item.amount, currency_id=item.currency_id, amount_currency=-item.amount_currency,
            open_currency=-item.amount_currency,
        )
        for item in items
    ])
    complete_entry(entry, lines, actor)
    if payment.kind == Kind.ADVANCE or payment.returns_id:
        mirror_advance_tax(payment, entry)
    write_allocations([
        (item, mirror, item.amount, item.amount_currency) if max(item.amount, item.amount_currency) > 0
        else (mirror, item, mirror.amount, mirror.amount_currency) for item, mirror in zip(items, mirrored, strict=True)
    ], on=on)


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
    undo_allocations([own], on=on)
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
