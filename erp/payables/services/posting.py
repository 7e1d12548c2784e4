"""Putting bills and credit notes of suppliers into the books, and taking them out again."""

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.ledger.models import Journal
from erp.ledger.roles import AccountRole
from erp.ledger.services.entries import begin_entry
from erp.ledger.services.manual import mirror_entry
from erp.ledger.signals import budget_asked
from erp.payables.models import SupplierBill, SupplierBillInstalment, SupplierBillTax
from erp.payables.rules import plan_bill
from erp.payables.services.converting import plan_bill_in_currency
from erp.payables.services.drafting import refuse_duplicate
from erp.payables.services.taxing import take_back_waiting, taxed_later
from erp.payables.signals import bill_posted, bill_reversed, freight_asked
from erp.receivables.models import OpenItem
from erp.receivables.selectors import posting_facts
from erp.receivables.services.exchanging import write_allocations
from erp.receivables.services.settling import settle_against
from erp.receivables.services.tax_accounts import map_accounts
from erp.receivables.services.writing import open_item, write_plan
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.locking import lock_one
from suite.kernel.documents.transitions import Act, transition
from suite.kernel.money.rules import ZERO, split
from suite.kernel.money.selectors import conversion
from suite.kernel.terms.rules import instalments

Status, PaymentStatus = SupplierBill.Status, SupplierBill.PaymentStatus


@transition(
    SupplierBill, "post", source={Status.DRAFT, Status.APPROVED}, target=Status.POSTED, label=gettext_lazy("Post"), after=bill_posted,
    icon="file-check", order=10,
)
def post_bill(bill: SupplierBill, *, actor: Any, act: Act, ledger_date: date | None = None) -> None:
    """Cost and input tax against payables, by instalments (P2P-18 under reverse charge, P2P-19 on prepaid); a credit note the mirror (P2P-10).

    A credit note that names its bill is set against what that has open. The number is known when the unit of work ends.
    Raises Refusal: no lines, a printed total that the lines do not come to, duplicate, no exchange rate for its day, closed
    period, missing role, a blocked budget.
    """
    lines = list(bill.lines.order_by("position"))
    _refuse_incomplete(bill, lines)
    bill.ledger_date = ledger_date or bill.ledger_date or bill.issued_on
    bill.tax_date = bill.tax_date or bill.issued_on
    is_credit = bill.kind == SupplierBill.Kind.CREDIT_NOTE
    entry = begin_entry(
        company_id=bill.company_id, journal_kind=Journal.Kind.PURCHASE, ledger_date=bill.ledger_date, actor=actor, source_key=bill.key,
        description=f"{bill.get_kind_display()} {bill.supplier_reference} {bill.supplier}",
    )
    facts = posting_facts(bill.company_id, payment_term_id=bill.payment_term_id, product_ids=[line.product_id for line in lines],
                          party_id=bill.supplier_id)
    map_accounts(bill, bill.supplier_id, facts, on=bill.issued_on)
    # Before the plan: each line learns what it takes off its shipment's accrual.
    freight = freight_asked.ask(entry=entry, lines=lines, is_credit=is_credit) if any(line.freight_id for line in lines) else []
    taxes = list(bill.taxes.order_by("pk"))
    if bill.currency_id == facts.currency_id:
        plan, worth = plan_bill(lines, taxes, bill.gross, bill.supplier_id, is_credit=is_credit), bill.gross
    else:
        facts.conversion = conversion(company_id=bill.company_id, currency_id=bill.currency_id, on=bill.issued_on)
        facts.currency_digits, bill.exchange_rate = facts.conversion.digits, facts.conversion.rate
        plan, worth = plan_bill_in_currency(bill, lines, taxes, facts.conversion, is_credit=is_credit)
        SupplierBillTax.objects.bulk_update(taxes, ["books_base", "books_amount", "books_self_assessed"])
    sign = 1 if is_credit else -1
    dated = [(bill.issued_on, bill.gross)] if is_credit or not facts.term else instalments(
        bill.gross, bill.issued_on, facts.term.shares, facts.document_digits,
    )
    worths = [amount for _due_on, amount in dated] if facts.conversion is None else split(worth, [amount for _due_on, amount in dated], facts.digits)
    bill.entry, bill.due_on = entry, dated[-1][0]
    bill.payment_status = SupplierBill.PaymentStatus.UNPAID
    on_payment, withheld = taxed_later(bill, plan, taxes, [amount for _due_on, amount in dated], facts)
    items = OpenItem.objects.bulk_create([
        open_item(
            entry, facts, party_id=bill.supplier_id, kind=OpenItem.Kind.SUPPLIER_CREDIT if is_credit else OpenItem.Kind.BILL,
            document_key=bill.key, amount=sign * part, issued_on=bill.issued_on, due_on=due_on, role=AccountRole.AP,
            currency_id=bill.currency_id, amount_currency=sign * amount, is_taxed_on_payment=on_payment, withheld=sign * kept_back,
        )
        for (due_on, amount), part, kept_back in zip(dated, worths, withheld, strict=True) if amount
    ])
    parts = [SupplierBillInstalment(company_id=bill.company_id, bill=bill, due_on=due_on, amount=amount) for due_on, amount in dated]
    write_plan(entry, plan, facts, actor=actor, lines=lines, owners=(bill,), beside=(parts if len(parts) > 1 else [], freight))
    budget_asked.ask(entry=entry, document=bill, releases=bill.order_key, actor=actor)
    act.payload.update(gross=str(bill.gross), kind=bill.kind)
    if bill.corrects_id:
        _settle_corrected(bill, items)


def _settle_corrected(note: SupplierBill, items: list[OpenItem]) -> None:
    lock_one(SupplierBill, note.corrects_id)
    owed = OpenItem.objects.filter(entry_id=note.corrects.entry_id, kind=OpenItem.Kind.BILL, open_currency__lt=0).order_by("due_on", "pk")
    settle_against(credit_items=list(owed), debit_items=items, on=note.ledger_date)
    # The note's row does not name its entry yet, so the database could not derive this.
    left = sum(OpenItem.objects.filter(entry_id=note.entry_id).values_list("open_currency", flat=True), ZERO)
    note.payment_status = PaymentStatus.PAID if not left else PaymentStatus.UNPAID if left == note.gross else PaymentStatus.PARTIAL


def _refuse_incomplete(bill: SupplierBill, lines: list) -> None:
    if not lines or not bill.gross:
        raise Refusal(
            _("The bill has no lines that come to an amount; it was not posted."), code="no_lines", hint=_("Add a line, or void the draft."),
        )
    if bill.stated_total is not None and bill.stated_total != bill.gross:
        raise Refusal(
            _("The lines come to %(gross)s, the bill says %(stated)s; it was not posted.") % {"gross": bill.gross, "stated": bill.stated_total},
            field="stated_total", code="total_differs", hint=_("Correct the lines, their tax or the printed total."),
        )
    refuse_duplicate(bill)


@transition(
    SupplierBill, "reverse", source={Status.POSTED}, target=Status.REVERSED, label=gettext_lazy("Reverse"), after=bill_reversed,
    icon="arrow-back-up", is_dangerous=True, order=80,
)
def reverse_bill(bill: SupplierBill, *, actor: Any, act: Act, on: date | None = None, reason: str = "") -> None:
    """The mirror of the bill's entry, dated `on` (today), not before it; its supplier's number may be entered again.

    Raises Refusal: paid or credited in part, dated before the bill's entry, closed period.
    """
    on = on or max(timezone.localdate(), bill.ledger_date)
    items = list(OpenItem.objects.filter(entry_id=bill.entry_id).order_by("pk"))
    if on < bill.ledger_date:
        raise Refusal(_("A reversal is not dated before its bill; nothing was done."), field="on", code="too_early")
    if any(item.open_currency != item.amount_currency for item in items):
        raise Refusal(
            _("%(bill)s is paid or credited in part; nothing was done.") % {"bill": bill}, code="bill_settled",
            hint=_("Reverse the payment or the credit note first."),
        )
    mirror = mirror_entry(
        bill.entry, on=on, actor=actor, source_key=f"{bill.key}/reversed", description=f"Reversal of {bill.number} {reason}".strip(),
    )
    take_back_waiting(bill, mirror)
    mirrored = OpenItem.objects.bulk_create([
        OpenItem(
            company_id=item.company_id, account_id=item.account_id, party_id=item.party_id, entry=mirror, document_key=bill.key, issued_on=on,
            kind=OpenItem.Kind.SUPPLIER_CREDIT if item.kind == OpenItem.Kind.BILL else OpenItem.Kind.BILL, due_on=on,
            amount=-item.amount, open_amount=-item.amount,
            currency_id=item.currency_id, amount_currency=-item.amount_currency, open_currency=-item.amount_currency,
        )
        for item in items
    ])
    write_allocations([
        (item, other, item.amount, item.amount_currency) if item.amount_currency > 0 else (other, item, other.amount, other.amount_currency)
        for item, other in zip(items, mirrored, strict=True)
    ], on=on)
