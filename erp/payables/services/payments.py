"""Money to and from suppliers: posted, allocated, found on the statement, rejected by the bank."""

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
from erp.payables.models import SupplierPayment
from erp.payables.services.allocating import Settlement, lock_payable_items, propose_payables, settle_payables
from erp.payables.signals import supplier_payment_posted, supplier_payment_reversed
from erp.receivables.models import OpenItem
from erp.receivables.rules import Plan, PostingFacts
from erp.receivables.selectors import posting_facts
from erp.receivables.services.posting import refuse_foreign_currency
from erp.receivables.services.settling import allocate, undo_allocations
from erp.receivables.services.writing import open_item, write_plan
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.transitions import Act, transition
from suite.kernel.documents.work import in_unit_of_work
from suite.kernel.documents.writing import insert_row
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


@transition(
    SupplierPayment, "post", source={Status.DRAFT}, target=None, label=gettext_lazy("Post"), after=supplier_payment_posted, icon="cash", order=10,
)
def post_supplier_payment(
    payment: SupplierPayment, *, actor: Any, act: Act, allocations: Sequence[tuple[int, Decimal]] | None = None, on_statement: bool = False,
) -> None:
    """P2P-3 (or on BANK at once: cash, or seen on the statement), an advance P2P-16, with the discount of P2P-26 in the same entry.

    `allocations` are (open item key, amount of this payment); None: the bills its reference names, else the oldest; (): none. What is left
    stays a debit of the supplier. Raises Refusal: over-allocation, another supplier's item, closed period, foreign currency.
    """
    account = payment.bank_account
    _refuse_payee(payment)
    entry = begin_entry(
        company_id=payment.company_id, journal_id=account.journal_id, ledger_date=payment.paid_on, actor=actor, source_key=payment.key,
        description=f"{payment.get_kind_display()} {payment.supplier} {payment.reference}".strip(),
    )
    facts = posting_facts(payment.company_id)
    refuse_foreign_currency(payment.currency_id, facts)
    role, item_kind, sign = ITEM_KINDS[payment.kind]
    if payment.kind == Kind.ADVANCE:
        allocations = ()
    elif allocations is None:
        allocations = propose_payables(payment, facts, limit=payment.amount)
    settlement = settle_payables(payment, allocations, facts, total=payment.amount)
    is_there = on_statement or account.is_cash
    waiting = AccountRole.OUTSTANDING_RECEIPTS if payment.kind == Kind.REFUND else AccountRole.OUTSTANDING_PAYMENTS
    plan = Plan()
    plan.lines.append(EntryLine(account_id=account.account_id if is_there else facts.accounts.of(waiting), amount=-sign * payment.amount))
    plan.add(role, sign * payment.amount, party_id=payment.supplier_id)
    own = open_item(
        entry, facts, party_id=payment.supplier_id, kind=item_kind, document_key=payment.key, amount=sign * payment.amount,
        issued_on=payment.paid_on, role=role,
    )
    _write(entry, plan, settlement, own, payment, facts, actor, owners=(payment,))
    payment.entry = entry
    payment.status = Status.MATCHED if is_there else Status.POSTED
    act.payload["amount"] = str(payment.amount)


def _refuse_payee(payment: SupplierPayment) -> None:
    payee = payment.payee_account
    if payee is not None and (payee.status != payee.Status.APPROVED or payee.supplier_id != payment.supplier_id):
        raise Refusal(
            _("%(account)s is not an approved account of %(supplier)s; nothing was paid.") % {"account": payee, "supplier": payment.supplier},
            field="payee_account", code="payee_is_approved", hint=_("Have a second person approve it, or choose another account."),
        )


def _write(
    entry: JournalEntry, plan: Plan, settlement: Settlement, own: OpenItem, payment: SupplierPayment, facts: PostingFacts, actor: Any, *,
    owners: Sequence[Any] = (),
) -> None:
    discounts = settlement.discounts(entry, payment, facts)
    OpenItem.objects.bulk_create([*([own] if own.pk is None else []), *(item for item, _closed in discounts)])
    plan.lines.extend(settlement.lines(payment.supplier_id))
    write_plan(entry, plan, facts, actor=actor, owners=owners)
    allocate([*_pairs(settlement, own), *((item, closed, item.amount) for item, closed in discounts)], on=entry.ledger_date)


def _pairs(settlement: Settlement, own: OpenItem) -> list[tuple[OpenItem, OpenItem, Decimal]]:
    return [(own, part.item, part.cash) if part.item.amount < 0 else (part.item, own, part.cash) for part in settlement.settled]


@transition(
    SupplierPayment, "allocate", source=STANDING, target=None, label=gettext_lazy("Allocate"), icon="arrows-join", order=20,
)
def allocate_supplier_payment(
    payment: SupplierPayment, *, actor: Any, act: Act, allocations: Sequence[tuple[int, Decimal]] | None = None, on: date | None = None,
) -> None:
    """Sets the payment against open items: (item key, amount); None: the oldest first. An advance moves to payables for it (P2P-17).

    Raises Refusal: over-allocation, another supplier's item, closed period.
    """
    facts = posting_facts(payment.company_id)
    on = on or max(timezone.localdate(), payment.paid_on)
    own = OpenItem.objects.get(entry_id=payment.entry_id, document_key=payment.key, kind=ITEM_KINDS[payment.kind][1])
    own = lock_payable_items([own.pk])[own.pk]
    if allocations is None:
        allocations = propose_payables(payment, facts, limit=abs(own.open_amount))
    settlement = settle_payables(payment, allocations, facts, total=abs(own.open_amount))
    is_advance = payment.kind == Kind.ADVANCE
    if not settlement.settled or not (is_advance or settlement.has_discount):
        allocate(_pairs(settlement, own), on=on)
        return
    entry = begin_entry(
        company_id=payment.company_id, journal_id=payment.bank_account.journal_id, ledger_date=on, actor=actor,
        description=f"Allocation of {payment.number}",
    )
    plan = Plan()
    if not is_advance:
        _write(entry, plan, settlement, own, payment, facts, actor)
        return
    amount = settlement.cash
    plan.add(AccountRole.AP, amount, party_id=payment.supplier_id)
    plan.add(AccountRole.SUPPLIER_ADVANCES, -amount, party_id=payment.supplier_id)
    used, moved = OpenItem.objects.bulk_create([
        open_item(entry, facts, party_id=payment.supplier_id, kind=OpenItem.Kind.SUPPLIER_ADVANCE, document_key=payment.key, amount=value,
                  issued_on=on, role=role)
        for value, role in ((-amount, AccountRole.SUPPLIER_ADVANCES), (amount, AccountRole.AP))
    ])
    allocate([(own, used, amount)], on=on)
    _write(entry, plan, settlement, moved, payment, facts, actor)


@transition(
    SupplierPayment, "match", source={Status.POSTED}, target=Status.MATCHED, label=gettext_lazy("Found on the statement"), icon="check", order=70,
    offered=lambda payment: False,
)
def mark_supplier_payment_matched(payment: SupplierPayment, *, actor: Any, act: Act) -> None:
    """The statement shows the money (banking posts P2P-4)."""


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
    items = list(OpenItem.objects.filter(company_id=payment.company_id, document_key=payment.key).order_by("pk"))
    undo_allocations(items, on=on)
    entry = begin_entry(
        company_id=payment.company_id, journal_id=payment.bank_account.journal_id, ledger_date=on, actor=actor, reverses_id=payment.entry_id,
        description=f"Rejected {payment.number} {reason}".strip(), source_key=f"{payment.key}/reversed",
    )
    waiting = {facts.accounts.of(AccountRole.OUTSTANDING_RECEIPTS), facts.accounts.of(AccountRole.OUTSTANDING_PAYMENTS)}
    is_there = act.before == Status.MATCHED
    lines = [
        EntryLine(
            account_id=payment.bank_account.account_id if is_there and line.account_id in waiting else line.account_id,
            amount=line.credit - line.debit, party_id=line.party_id,
        )
        for line in JournalLine.objects.filter(entry__in={item.entry_id for item in items}).order_by("pk")
    ]
    mirrored = OpenItem.objects.bulk_create([
        OpenItem(
            company_id=item.company_id, account_id=item.account_id, party_id=item.party_id, entry=entry, kind=OpenItem.Kind.CHARGEBACK,
            document_key=payment.key, issued_on=on, due_on=on, amount=-item.amount, open_amount=-item.amount,
            currency_id=item.currency_id, amount_currency=-item.amount_currency, open_currency=-item.amount_currency,
        )
        for item in items
    ])
    complete_entry(entry, lines, actor)
    allocate([
        (item, mirror, item.amount) if item.amount > 0 else (mirror, item, mirror.amount) for item, mirror in zip(items, mirrored, strict=True)
    ], on=on)
