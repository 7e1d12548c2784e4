"""Advances of customers that contain tax (L2O-1), and advances paid back."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext as _

from erp.ledger.models import JournalEntry
from erp.ledger.roles import AccountRole
from erp.ledger.rules import EntryLine
from erp.receivables.models import AdvanceTax, CustomerPayment, OpenItem
from erp.receivables.rules import Plan, PostingFacts
from erp.receivables.services.settling import lock_items
from erp.receivables.services.writing import open_item
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.writing import insert_rows
from suite.kernel.money.rules import ZERO, proportion, round_money
from suite.kernel.taxes.models import Tax

Kind = CustomerPayment.Kind


@dataclass(frozen=True)
class AdvanceTaxed:
    """The tax in an advance (or in a part of one): the code, and tax and base in the payment's currency and in the company's."""

    tax_id: int
    foreign: Decimal
    amount: Decimal
    base: Decimal


def tax_in_advance(payment: CustomerPayment, facts: PostingFacts, *, worth: Decimal) -> AdvanceTaxed | None:
    """L2O-1: what of an advance is tax; None where advances are not taxed. `worth` is the advance in company currency."""
    tax_id = payment.advance_tax_id or facts.advance_tax_id
    if payment.kind != Kind.ADVANCE or not tax_id:
        return None
    rate = Tax.objects.values_list("rate", flat=True).get(pk=tax_id, company_id=payment.company_id)
    net, foreign_net = round_money(worth / (1 + rate), facts.digits), round_money(payment.amount / (1 + rate), payment.currency.digits)
    return AdvanceTaxed(tax_id, payment.amount - foreign_net, worth - net, net)


def tax_left_in(payment: CustomerPayment) -> AdvanceTaxed | None:
    """What tax an advance still contains; None where it never did."""
    rows = AdvanceTax.objects.filter(company_id=payment.company_id, document_key=payment.key)
    found = rows.order_by("tax_id").values("tax_id").annotate(in_its_own=Sum("foreign"), worth=Sum("amount"), on=Sum("base")).first()
    return found and AdvanceTaxed(found["tax_id"], found["in_its_own"], found["worth"], found["on"])


def part_of(left: AdvanceTaxed | None, gross: Decimal, whole: Decimal, payment: CustomerPayment, facts: PostingFacts) -> AdvanceTaxed | None:
    """The tax in `gross` of the `whole` that an advance has left (with tax); the whole gives all of it."""
    if left is None:
        return None
    return AdvanceTaxed(
        left.tax_id, proportion(left.foreign, gross, whole, payment.currency.digits), proportion(left.amount, gross, whole, facts.digits),
        proportion(left.base, gross, whole, facts.digits),
    )


def keep_advance_tax(payment: CustomerPayment, entry: JournalEntry, part: AdvanceTaxed | None, *, sign: int) -> None:
    """Writes that tax in the advance fell due (sign above zero) or was taken back."""
    if part is not None and (part.amount or part.base):
        insert_rows([AdvanceTax(
            company_id=payment.company_id, party_id=payment.customer_id, document_key=payment.key, tax_id=part.tax_id, entry=entry,
            base=sign * part.base, amount=sign * part.amount, foreign=sign * part.foreign,
        )])


def mirror_advance_tax(payment: CustomerPayment, entry: JournalEntry) -> None:
    """A payment that bounced: whatever tax it made fall due, or took back by paying an advance back, is undone in the mirror entry."""
    advance = payment.returns if payment.returns_id else payment
    rows = AdvanceTax.objects.filter(company_id=payment.company_id, document_key=advance.key).order_by()
    if payment.returns_id:
        rows = rows.filter(entry_id=payment.entry_id)
    insert_rows([
        AdvanceTax(
            company_id=row.company_id, party_id=row.party_id, document_key=row.document_key, tax_id=row.tax_id, entry=entry, base=-row.base,
            amount=-row.amount, foreign=-row.foreign,
        )
        for row in rows
    ])


def left_of_advance(payment: CustomerPayment) -> tuple[OpenItem, AdvanceTaxed | None, Decimal]:
    """(its item, locked; the tax it still contains; what it has left with that tax, in its currency)."""
    item = OpenItem.objects.get(entry_id=payment.entry_id, document_key=payment.key, kind=OpenItem.Kind.ADVANCE)
    item = lock_items([item.pk])[item.pk]
    left = tax_left_in(payment)
    return item, left, abs(item.open_currency) + (left.foreign if left else ZERO)


def plan_return(
    refund: CustomerPayment, entry: JournalEntry, money_account_id: int, facts: PostingFacts,
) -> tuple[Plan, OpenItem, OpenItem, Decimal]:
    """The mirror of L2O-1 or L2O-3 for an advance paid back: (plan, the refund's item, the advance's item, what both are set against each other
    with). Raises Refusal: more than the advance has left.
    """
    advance = refund.returns
    item, left, whole = left_of_advance(advance)
    if refund.amount > whole or (refund.currency_id, refund.customer_id) != (advance.currency_id, advance.customer_id):
        raise Refusal(
            _("%(payment)s has %(left)s left as an advance; nothing was paid back.") % {"payment": advance, "left": whole}, field="amount",
            code="advance_used", hint=_("Pay back at most that much, above zero."),
        )
    part = part_of(left, refund.amount, whole, advance, facts)
    net = refund.amount - (part.foreign if part else ZERO)
    net_worth = proportion(abs(item.open_amount), net, abs(item.open_currency), facts.digits)
    worth = net_worth + (part.amount if part else ZERO)
    is_foreign = refund.currency_id != facts.currency_id

    def currency(amount: Decimal) -> dict[str, Any]:
        return {"currency_id": refund.currency_id, "amount_currency": amount} if is_foreign else {}

    plan = Plan()
    plan.lines.append(EntryLine(account_id=money_account_id, amount=-worth, **currency(-refund.amount)))
    plan.add(AccountRole.CUSTOMER_ADVANCES, net_worth, party_id=refund.customer_id, **currency(net))
    if part:
        plan.add(AccountRole.OUTPUT_TAX, part.amount, **currency(part.foreign))
        keep_advance_tax(advance, entry, part, sign=-1)
    own = open_item(
        entry, facts, party_id=refund.customer_id, kind=OpenItem.Kind.REFUND, document_key=refund.key, amount=net_worth, issued_on=refund.paid_on,
        role=AccountRole.CUSTOMER_ADVANCES, currency_id=refund.currency_id, amount_currency=net,
    )
    return plan, own, item, net
