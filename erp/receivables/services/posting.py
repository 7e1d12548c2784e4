"""Issuing an invoice or credit note: number, tax, receivable, revenue now or later, cost of what was dispatched."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.ledger.models import Journal, JournalEntry
from erp.ledger.roles import AccountRole
from erp.ledger.services.entries import begin_entry
from erp.receivables.models import (
    CustomerInvoice,
    CustomerInvoiceInstalment,
    CustomerInvoiceLine,
    CustomerInvoiceTax,
    OpenItem,
)
from erp.receivables.rules import Plan, PostingFacts, plan_deposit, plan_invoice
from erp.receivables.selectors import posting_facts
from erp.receivables.services.converting import plan_in_currency
from erp.receivables.services.crediting_plan import plan_credit_note
from erp.receivables.services.delivering import earn_late
from erp.receivables.services.tax_accounts import map_accounts
from erp.receivables.services.tax_waiting import codes_on_payment, codes_that_waited, make_tax_wait
from erp.receivables.services.using_deposits import deposit_rows, deposits_of_order, take_deposit_back, use_deposits
from erp.receivables.services.writing import open_item, write_plan
from erp.receivables.signals import invoice_posted, standard_asked
from suite.kernel.calendars.models import Period
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.transitions import Act, transition
from suite.kernel.documents.writing import insert_row, insert_rows
from suite.kernel.money.rules import ZERO, round_money, split
from suite.kernel.money.selectors import conversion
from suite.kernel.terms.rules import instalments


@dataclass(frozen=True)
class Prepared:
    """An entry begun, lines and taxes made and facts read since: what the caller has, posting need not read again."""

    entry: JournalEntry
    lines: Sequence[CustomerInvoiceLine]
    taxes: Sequence[CustomerInvoiceTax]
    facts: PostingFacts

    def __repr__(self) -> str:
        return "prepared"


@transition(
    CustomerInvoice, "post", source={CustomerInvoice.Status.DRAFT}, target=CustomerInvoice.Status.POSTED, label=gettext_lazy("Issue"),
    after=invoice_posted, icon="file-check", order=10,
)
def post_invoice(
    invoice: CustomerInvoice, *, actor: Any, act: Act, issued_on: date | None = None, tax_date: date | None = None,
    _order_key: str = "", _prepared: Prepared | None = None, _never_earned: Mapping[str, Decimal] | None = None,
    _of_shipment_lines: frozenset[str] = frozenset(),
) -> None:
    """O2C-2/3 for goods dispatched (where revenue counts at delivery: delivered), O2C-6 for others; a credit note the mirror its reason asks for.

    The number is known when the unit of work ends. Raises Refusal: closed period, wrong tax date, no lines, no exchange rate for the
    day, missing role, a broken rule of EN 16931 where the company checks them.
    """
    issued_on = issued_on or invoice.issued_on or timezone.localdate()
    tax_date = tax_date or invoice.tax_date or issued_on
    is_credit = invoice.kind == CustomerInvoice.Kind.CREDIT_NOTE
    invoice.order_key = invoice.order_key or _order_key
    prepared = _prepared or _prepare(invoice, issued_on, actor)
    entry, lines, taxes, facts = prepared.entry, prepared.lines, prepared.taxes, prepared.facts
    if invoice.currency_id != facts.currency_id:
        facts.conversion = conversion(company_id=invoice.company_id, currency_id=invoice.currency_id, on=issued_on)
        facts.currency_digits = facts.conversion.digits
        invoice.exchange_rate = facts.conversion.rate
    refuse_wrong_tax_date(invoice, tax_date, issued_on, [tax.code_id for tax in taxes], facts)

    if not (is_credit and invoice.corrects_id):
        map_accounts(invoice, invoice.customer_id, facts, on=issued_on)
    elif invoice.corrects.fiscal_position_id:
        map_accounts(invoice, invoice.customer_id, facts, on=invoice.corrects.issued_on)
    facts.never_earned = _never_earned or {}
    facts.of_shipment_lines = _of_shipment_lines
    later = facts.hide_arrivals_after(issued_on)
    is_deposit = invoice.kind == CustomerInvoice.Kind.DEPOSIT or (is_credit and bool(lines) and lines[0].kind == CustomerInvoiceLine.Kind.DEPOSIT)
    plan_maker = plan_deposit if is_deposit else plan_credit_note if is_credit else plan_invoice
    if facts.conversion is None:
        plan, worth = plan_maker(lines, [tax.amount for tax in taxes], invoice.gross, invoice.customer_id, facts), invoice.gross
    else:
        plan, worth = plan_in_currency(plan_maker, invoice, lines, taxes, facts)
        if invoice.pk is not None:
            CustomerInvoiceTax.objects.bulk_update(taxes, ["books_base", "books_amount"])
    sign = -1 if is_credit else 1
    dated = [(issued_on, invoice.gross)] if is_credit or not facts.term else instalments(
        invoice.gross, issued_on, facts.term.shares, facts.document_digits,
    )
    worths = [amount for _due_on, amount in dated] if facts.conversion is None else split(worth, [amount for _due_on, amount in dated], facts.digits)
    invoice.entry, invoice.issued_on, invoice.tax_date, invoice.due_on = entry, issued_on, tax_date, dated[-1][0]
    invoice.payment_status = CustomerInvoice.PaymentStatus.UNPAID if invoice.gross else CustomerInvoice.PaymentStatus.PAID
    if facts.is_checked_by_standard:
        standard_asked.ask(invoice=invoice, lines=lines, taxes=taxes, dated=dated)
    act.is_written = invoice.pk is None
    new_taxes = write_new(invoice, lines, taxes) if act.is_written else []
    on_payment = _wait_for_payment(invoice, taxes, plan, facts, is_new=act.is_written)
    withheld = _withheld(invoice, [amount for _due_on, amount in dated], facts)
    parts = [
        CustomerInvoiceInstalment(company_id=invoice.company_id, invoice=invoice, due_on=due_on, amount=amount) for due_on, amount in dated
    ]
    items = [
        open_item(
            entry, facts, party_id=invoice.customer_id, kind=OpenItem.Kind.CREDIT_NOTE if is_credit else OpenItem.Kind.INVOICE,
            document_key=invoice.key, amount=sign * part, issued_on=issued_on, due_on=due_on, currency_id=invoice.currency_id,
            amount_currency=sign * amount, is_taxed_on_payment=bool(on_payment), withheld=kept_back,
        )
        for (due_on, amount), part, kept_back in zip(dated, worths, withheld, strict=True) if amount
    ]
    if is_deposit:
        items += deposit_rows(invoice, entry, plan, taxes, facts)
    fulfilled = [(_FULFIL, [worth, invoice.company_id, invoice.order_key])] if invoice.order_key and invoice.kind == CustomerInvoice.Kind.INVOICE else []
    write_plan(
        entry, plan, facts, actor=actor, lines=lines, owners=(invoice,), also=fulfilled,
        beside=([] if on_payment else new_taxes, parts if len(parts) > 1 else [], items),
    )
    if later and not is_credit:
        earn_late(invoice, later, actor=actor)
    if is_deposit and is_credit:
        take_deposit_back(invoice, on=issued_on)
    elif facts.has_deposits and invoice.order_key and invoice.kind == CustomerInvoice.Kind.INVOICE:
        used = use_deposits(invoice, facts, deposits=deposits_of_order(invoice), on=issued_on, actor=actor)
        # The database derives the status of what is written; this one is written when all is done.
        if used:
            invoice.payment_status = CustomerInvoice.PaymentStatus.PAID if used == invoice.gross else CustomerInvoice.PaymentStatus.PARTIAL
    act.payload.update(order_key=invoice.order_key, gross=str(invoice.gross), kind=invoice.kind)


def _wait_for_payment(invoice: CustomerInvoice, taxes: Sequence[CustomerInvoiceTax], plan: Plan, facts: PostingFacts, *, is_new: bool) -> set[int]:
    """TAX-4: the codes whose tax stands on the account of tax not yet due, now also in the plan. What corrects an invoice waits as that did."""
    if invoice.kind == CustomerInvoice.Kind.CREDIT_NOTE and invoice.corrects_id:
        original = invoice.corrects
        waited = codes_that_waited(original.key, invoice.company_id, list(original.taxes.all())) if OpenItem.objects.filter(
            entry_id=original.entry_id, is_taxed_on_payment=True).exists() else set()
        codes = waited & {tax.code_id for tax in taxes}
    else:
        codes = codes_on_payment({tax.code_id for tax in taxes}, facts, is_advance=invoice.kind == CustomerInvoice.Kind.DEPOSIT)
    if codes:
        sign = 1 if invoice.kind == CustomerInvoice.Kind.CREDIT_NOTE else -1
        amounts = [sign * (tax.amount if tax.books_amount is None else tax.books_amount) for tax in taxes]
        if is_new:
            insert_rows(taxes)
        known = {(tax.code_id, tax.rate): tax for tax in CustomerInvoiceTax.objects.filter(invoice=invoice)} if any(tax.pk is None for tax in taxes) else {}
        make_tax_wait(plan, invoice, [tax if tax.pk else known[tax.code_id, tax.rate] for tax in taxes], codes, AccountRole.OUTPUT_TAX, amounts)
    return codes


def _withheld(invoice: CustomerInvoice, parts: Sequence[Decimal], facts: PostingFacts) -> list[Decimal]:
    """What the customer keeps back of each instalment for the tax office, of the net; nothing of a credit note or a deposit."""
    if facts.withholding is None or invoice.kind != CustomerInvoice.Kind.INVOICE:
        return [ZERO] * len(parts)
    return split(round_money(invoice.net * facts.withholding.rate, facts.document_digits), parts, facts.document_digits)


# What is invoiced is no promise of the order any more.
_FULFIL = "UPDATE erp_creditcommitment SET amount = greatest(amount - %s, 0) WHERE company_id = %s AND source_key = %s"


def write_new(invoice: CustomerInvoice, lines: Sequence[CustomerInvoiceLine], taxes: Sequence[CustomerInvoiceTax]) -> list[CustomerInvoiceTax]:
    """Writes an invoice and lines that were made in memory; gives the taxes, pointing at it, to be written with what follows."""
    insert_row(invoice)
    for row in (*lines, *taxes):
        row.invoice_id = invoice.pk
    insert_rows(lines)
    return list(taxes)


def begin_invoice_entry(
    *, company_id: int, issued_on: date, order_key: str, order_number: str, actor: Any, is_credit: bool = False,
) -> JournalEntry:
    """The draft entry of an invoice or credit note, with the order locked against a dispatch beside it."""
    words = _("Credit note") if is_credit else _("Invoice")
    return begin_entry(
        company_id=company_id, journal_kind=Journal.Kind.CREDIT if is_credit else Journal.Kind.SALES, ledger_date=issued_on,
        description=f"{words} {order_number}".strip(), actor=actor, lock_key=order_key or None,
    )


def _prepare(invoice: CustomerInvoice, issued_on: date, actor: Any) -> Prepared:
    entry = begin_invoice_entry(
        company_id=invoice.company_id, issued_on=issued_on, order_key=invoice.order_key, order_number=invoice.order_number, actor=actor,
        is_credit=invoice.kind == CustomerInvoice.Kind.CREDIT_NOTE,
    )
    lines = list(invoice.lines.order_by("position"))
    if not lines:
        raise Refusal(_("The invoice has no lines; it was not issued."), code="no_lines", hint=_("Add a line, or void the draft."))
    # Read after the order's lock was taken, so a dispatch that ran beside this posting is seen.
    facts = posting_facts(
        invoice.company_id, payment_term_id=invoice.payment_term_id, product_ids=[line.product_id for line in lines],
        order_line_keys=[line.order_line_key for line in lines], party_id=invoice.customer_id,
    )
    taxes = list(CustomerInvoiceTax.objects.filter(invoice=invoice).order_by("pk"))
    return Prepared(entry, lines, taxes, facts)


def refuse_foreign_currency(currency_id: str, facts: PostingFacts) -> None:
    """Raises Refusal for a document in another currency than the books, where its kind is not kept in foreign currency."""
    if currency_id != facts.currency_id:
        raise Refusal(
            _("The document is in %(currency)s, the books are in %(books)s; nothing was posted.")
            % {"currency": currency_id, "books": facts.currency_id},
            field="currency", code="foreign_currency", hint=_("Issue it in the currency of the books."),
        )


def refuse_wrong_tax_date(invoice: CustomerInvoice, tax_date: date, issued_on: date, codes: Sequence[int], facts: PostingFacts) -> None:
    """Raises Refusal: after the invoice date, outside a tax code's validity, or in a closed period (its return may be filed)."""
    if tax_date > issued_on:
        raise Refusal(
            _("The tax date %(tax)s is after the invoice date %(issued)s; nothing was posted.") % {"tax": tax_date, "issued": issued_on},
            field="tax_date", code="wrong_tax_date", hint=_("Choose the day of supply, at the latest the invoice date."),
        )
    for pk in codes:
        tax = facts.taxes[pk]
        if (tax.valid_from and tax_date < tax.valid_from) or (tax.valid_until and tax_date > tax.valid_until):
            raise Refusal(
                _("%(tax)s is not valid on %(date)s; nothing was posted.") % {"tax": tax.name, "date": tax_date},
                field="tax_date", code="wrong_tax_date", hint=_("Choose the tax code that was valid on the day of supply."),
            )
    if tax_date != issued_on and Period.objects.filter(
        company_id=invoice.company_id, starts_on__lte=tax_date, ends_on__gte=tax_date, is_closing=False, status=Period.Status.CLOSED,
    ).exists():
        raise Refusal(
            _("The tax date %(tax)s lies in a closed period; nothing was posted.") % {"tax": tax_date}, field="tax_date", code="wrong_tax_date",
            hint=_("Choose a date in an open period: the correction belongs to the next return."),
        )

