"""What deposits put aside, and their use on the invoice (L2O-2)."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext as _

from erp.ledger.models import Journal, JournalEntry
from erp.ledger.roles import AccountRole
from erp.ledger.services.entries import begin_entry
from erp.receivables.models import AdvanceTax, CustomerInvoice, OpenItem
from erp.receivables.rules import Plan, PostingFacts
from erp.receivables.services.settling import allocate, lock_items
from erp.receivables.services.writing import open_item, write_plan
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.writing import insert_rows
from suite.kernel.money.rules import ZERO, proportion, split

DEPOSIT = OpenItem.Kind.DEPOSIT


def deposit_rows(invoice: CustomerInvoice, entry: JournalEntry, plan: Plan, taxes: Sequence[Any], facts: PostingFacts) -> list[OpenItem]:
    """What a deposit invoice (or the credit note for one) puts on the customer's advances, not yet written. Writes the tax it contains."""
    line = next(line for line in plan.lines if line.role == AccountRole.CUSTOMER_ADVANCES)
    sign = 1 if invoice.kind == CustomerInvoice.Kind.DEPOSIT else -1
    insert_rows([
        AdvanceTax(
            company_id=invoice.company_id, party_id=invoice.customer_id, document_key=invoice.key if sign > 0 else invoice.corrects.key,
            tax_id=tax.code_id, entry=entry, foreign=sign * tax.amount, base=sign * (tax.base if tax.books_base is None else tax.books_base),
            amount=sign * (tax.amount if tax.books_amount is None else tax.books_amount),
        )
        for tax in taxes if tax.base
    ])
    return [open_item(
        entry, facts, party_id=invoice.customer_id, kind=DEPOSIT, document_key=invoice.key, amount=line.amount, issued_on=invoice.issued_on,
        role=AccountRole.CUSTOMER_ADVANCES, currency_id=invoice.currency_id,
        amount_currency=line.amount if line.amount_currency is None else line.amount_currency,
    )]


def take_deposit_back(note: CustomerInvoice, *, on: date) -> None:
    """A credit note takes what its deposit invoice put aside. Raises Refusal where an invoice used part of it."""
    put_aside = OpenItem.objects.get(entry_id=note.corrects.entry_id, kind=DEPOSIT)
    back = OpenItem.objects.get(entry_id=note.entry_id, kind=DEPOSIT)
    if abs(put_aside.open_currency) < back.amount_currency:
        raise Refusal(
            _("%(deposit)s was used on an invoice already; nothing was credited.") % {"deposit": note.corrects}, code="deposit_used",
            hint=_("Credit that invoice: what the customer paid is a credit again."),
        )
    allocate([(back, put_aside, back.amount_currency)], on=on)


def deposits_of_order(invoice: CustomerInvoice) -> list[CustomerInvoice]:
    """The posted deposit invoices of the invoice's order, oldest first."""
    return list(CustomerInvoice.objects.filter(
        company_id=invoice.company_id, order_key=invoice.order_key, customer_id=invoice.customer_id, kind=CustomerInvoice.Kind.DEPOSIT,
        status=CustomerInvoice.Status.POSTED, currency_id=invoice.currency_id,
    ).order_by("pk"))


def use_deposits(
    invoice: CustomerInvoice, facts: PostingFacts, *, deposits: Sequence[CustomerInvoice], on: date, actor: Any, at_most: Decimal | None = None,
) -> Decimal:
    """L2O-2: sets what was paid of deposits against what the invoice has open, one entry each; gives how much in all (in their currency).

    An unpaid part of a deposit stays owed as it is: it is used once it is paid, or credited.
    """
    debts = OpenItem.objects.filter(entry_id=invoice.entry_id, kind=OpenItem.Kind.INVOICE).order_by("due_on", "pk")
    used = ZERO
    for deposit in deposits:
        debts_now = list(lock_items(debts.values_list("pk", flat=True)).values())
        room = sum((item.open_currency for item in debts_now), ZERO)
        amount = min(_paid_and_not_used(deposit), room, room if at_most is None else at_most - used)
        if amount > 0:
            _use(invoice, deposit, amount, debts_now, facts, on=on, actor=actor)
            used += amount
    return used


def _paid_and_not_used(deposit: CustomerInvoice) -> Decimal:
    """Money that came in for a deposit, less what invoices used of it (with tax, in its currency)."""
    owed = OpenItem.objects.filter(entry_id=deposit.entry_id, kind=OpenItem.Kind.INVOICE).aggregate(Sum("open_currency"))["open_currency__sum"] or ZERO
    if credited := CustomerInvoice.objects.filter(corrects=deposit, status=CustomerInvoice.Status.POSTED).aggregate(Sum("gross"))["gross__sum"]:
        return max(deposit.gross - owed - credited - _used(deposit), ZERO)
    return deposit.gross - owed - _used(deposit)


def _used(deposit: CustomerInvoice) -> Decimal:
    used = OpenItem.objects.filter(company_id=deposit.company_id, document_key=deposit.key, kind=DEPOSIT, amount_currency__lt=0)
    return -(used.exclude(entry_id=deposit.entry_id).aggregate(Sum("amount_currency"))["amount_currency__sum"] or ZERO)


def _use(
    invoice: CustomerInvoice, deposit: CustomerInvoice, gross: Decimal, debts: Sequence[OpenItem], facts: PostingFacts, *, on: date, actor: Any,
) -> None:
    put_aside = lock_items([OpenItem.objects.get(entry_id=deposit.entry_id, kind=DEPOSIT).pk])
    advance = next(iter(put_aside.values()))
    taxes = list(deposit.taxes.order_by("pk"))
    digits = facts.document_digits if invoice.currency_id != facts.currency_id else facts.digits
    before = _used(deposit)
    parts = _taxes_of(deposit, taxes, before + gross, digits)
    earlier = _taxes_of(deposit, taxes, before, digits)
    foreign_taxes = [now - then for now, then in zip(parts, earlier, strict=True)]
    net = gross - sum(foreign_taxes, ZERO)
    entry = begin_entry(
        company_id=invoice.company_id, journal_kind=Journal.Kind.GENERAL, ledger_date=on, actor=actor,
        description=str(_("Deposit %(deposit)s on %(invoice)s") % {"deposit": deposit.number, "invoice": invoice.order_number or invoice.key}),
    )
    is_foreign = invoice.currency_id != facts.currency_id
    net_worth = proportion(abs(advance.open_amount), net, abs(advance.open_currency), facts.digits)
    tax_worths = [
        foreign if not is_foreign else proportion(tax.books_amount or ZERO, foreign, tax.amount, facts.digits) if tax.amount else ZERO
        for tax, foreign in zip(taxes, foreign_taxes, strict=True)
    ]
    worth = net_worth + sum(tax_worths, ZERO)
    customer = {"party_id": invoice.customer_id}

    def currency(amount: Decimal) -> dict[str, Any]:
        return {"currency_id": invoice.currency_id, "amount_currency": amount} if is_foreign else {}

    plan = Plan()
    plan.add(AccountRole.CUSTOMER_ADVANCES, net_worth, **customer, **currency(net))
    for tax_worth, foreign in zip(tax_worths, foreign_taxes, strict=True):
        plan.add(AccountRole.OUTPUT_TAX, tax_worth, **currency(foreign))
    plan.add(AccountRole.AR, -worth, **customer, **currency(-gross))
    taken, given = insert_rows([
        open_item(entry, facts, **customer, kind=DEPOSIT, document_key=deposit.key, amount=net_worth, issued_on=on,
                  role=AccountRole.CUSTOMER_ADVANCES, currency_id=invoice.currency_id, amount_currency=net),
        open_item(entry, facts, **customer, kind=DEPOSIT, document_key=deposit.key, amount=-worth, issued_on=on, currency_id=invoice.currency_id,
                  amount_currency=-gross),
    ])
    insert_rows([
        AdvanceTax(
            company_id=invoice.company_id, party_id=invoice.customer_id, document_key=deposit.key, tax_id=tax.code_id, entry=entry, amount=-tax_worth,
            base=-proportion(tax.base if tax.books_base is None else tax.books_base, foreign, tax.amount, facts.digits) if tax.amount else -net_worth,
            foreign=-foreign,
        )
        for tax, tax_worth, foreign in zip(taxes, tax_worths, foreign_taxes, strict=True) if foreign or not tax.amount
    ])
    write_plan(entry, plan, facts, actor=actor)
    left, pairs = gross, []
    for debt in debts:
        part = min(left, debt.open_currency)
        if part > 0:
            pairs.append((debt, given, part))
            left -= part
    allocate([(taken, advance, net), *pairs], on=on)


def _taxes_of(deposit: CustomerInvoice, taxes: Sequence[Any], gross: Decimal, digits: int) -> list[Decimal]:
    """The tax of each code in a part of the deposit's total; all of it in the whole."""
    whole = proportion(deposit.tax, gross, deposit.gross, digits)
    return split(whole, [tax.amount for tax in taxes], digits)
