"""Draft invoices: made by hand or for an order, priced, replaced, voided."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.receivables.models import CustomerInvoice, CustomerInvoiceLine, CustomerInvoiceTax
from erp.receivables.rules import InvoiceLineInput, PostingFacts, price_document
from erp.receivables.selectors import posting_facts
from erp.receivables.services.posting import Prepared, begin_invoice_entry, post_invoice
from erp.receivables.signals import invoice_voided
from suite.kernel.companies.models import Company
from suite.kernel.documents.editing import edited
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.locking import in_lock_order
from suite.kernel.documents.prepared import prepared
from suite.kernel.documents.saving import write_row
from suite.kernel.documents.transitions import Act, transition
from suite.kernel.documents.work import in_unit_of_work
from suite.kernel.documents.writing import insert_row, insert_rows
from suite.kernel.money.models import Currency
from suite.kernel.money.rules import ZERO, split
from suite.kernel.taxes.selectors import position_of, why_typed
from suite.kernel.users.service_user import recorded_id

DRAFT = CustomerInvoice.Status.DRAFT


def set_order_draft(
    *, company_id: int, order_key: str, order_number: str, customer_id: int, lines: Sequence[InvoiceLineInput], currency_id: str,
    payment_term_id: int | None, prices_include_tax: bool, tax_rounding: str, billing_address: str = "", customer_reference: str = "",
    source_key: str | None = None, actor: Any, issue_on: date | None = None,
) -> CustomerInvoice | None:
    """The draft of this order, carrying exactly these lines; None and no draft when there are none. Telling it twice changes nothing.

    With `issue_on` it is posted on that day at once (fewer statements than posting it afterwards). What of an order is invoiced already says
    `invoiced_of_order`. Raises Refusal.
    """

    def set_draft() -> CustomerInvoice | None:
        known = _draft_or_made_held(company_id, order_key, source_key or _NO_SOURCE)
        draft = next((invoice for invoice in known if invoice.status == DRAFT), None)
        if not lines:
            if draft:
                void_invoice(draft, actor=actor)
            return None
        entry = issue_on and begin_invoice_entry(
            company_id=company_id, issued_on=issue_on, order_key=order_key, order_number=order_number, actor=actor,
        )
        facts = posting_facts(
            company_id, payment_term_id=payment_term_id, product_ids=[line.product_id for line in lines],
            order_line_keys=[line.order_line_key for line in lines] if issue_on else (), party_id=customer_id,
        )
        terms = {
            "customer_id": customer_id, "order_number": order_number, "currency_id": currency_id, "payment_term_id": payment_term_id,
            "prices_include_tax": prices_include_tax, "tax_rounding": tax_rounding, "billing_address": billing_address,
            "customer_reference": customer_reference,
        }
        if draft is None:
            draft = CustomerInvoice(
                company_id=company_id, order_key=order_key, created_by_id=recorded_id(actor),
                source_key=source_key if not any(invoice.source_key == source_key for invoice in known) else None, **terms,
            )
        else:
            for name, value in terms.items():
                setattr(draft, name, value)
        if not issue_on:
            write_lines(draft, lines, facts)
            return draft
        rows, taxes = price_lines(draft, lines, facts) if draft.pk is None else write_lines(draft, lines, facts)
        return post_invoice(draft, actor=actor, issued_on=issue_on, _prepared=Prepared(entry, rows, taxes, facts))

    return in_unit_of_work(set_draft, actor=actor)


_NO_SOURCE = ""  # no row has it: an empty source is stored as NULL


@prepared
def _draft_or_made_held(company_id: int, order_key: str, source_key: str) -> QuerySet[CustomerInvoice]:
    wanted = Q(status=DRAFT, order_key=order_key) | Q(source_key=source_key)
    return in_lock_order(CustomerInvoice.objects.filter(wanted, company_id=company_id, kind=CustomerInvoice.Kind.INVOICE))


def draft_invoice(
    *, company_id: int, customer_id: int, lines: Sequence[InvoiceLineInput], currency_id: str, actor: Any, payment_term_id: int | None = None,
    prices_include_tax: bool = False, tax_rounding: str = Company.TaxRounding.PER_GROUP, document_discount: Decimal = ZERO,
    source_key: str | None = None, **more: Any,
) -> CustomerInvoice:
    """A draft invoice, or the one that `source_key` made before. A document discount is split over the tax groups by value."""

    def draft() -> CustomerInvoice:
        if source_key and (known := CustomerInvoice.objects.filter(company_id=company_id, source_key=source_key).first()):
            return known
        facts = posting_facts(company_id, payment_term_id=payment_term_id, product_ids=[line.product_id for line in lines])
        invoice = CustomerInvoice(
            company_id=company_id, customer_id=customer_id, currency_id=currency_id, payment_term_id=payment_term_id,
            prices_include_tax=prices_include_tax, tax_rounding=tax_rounding, source_key=source_key, created_by_id=recorded_id(actor), **more,
        )
        all_lines = [*lines, *discount_lines(lines, document_discount, digits_of(currency_id, facts))]
        write_lines(invoice, all_lines, facts)
        return invoice

    return in_unit_of_work(draft, actor=actor)


def discount_lines(lines: Sequence[InvoiceLineInput], discount: Decimal, digits: int) -> list[InvoiceLineInput]:
    """A document discount as one negative line per tax group, by value (largest remainder)."""
    if not discount:
        return []
    priced = price_document(lines, prices_include_tax=False, per_line=False, digits=digits)
    bases: dict[tuple[int, Decimal], Decimal] = {}
    for line, net in zip(lines, priced.line_nets, strict=True):
        bases[line.tax_id, line.tax_rate] = bases.get((line.tax_id, line.tax_rate), ZERO) + net
    parts = split(discount, list(bases.values()), digits)
    return [
        InvoiceLineInput(
            product_id=None, description=str(_("Discount")), quantity=Decimal(-1), unit_price=part, tax_id=tax_id, tax_rate=rate,
            kind=CustomerInvoiceLine.Kind.DISCOUNT,
        )
        for (tax_id, rate), part in zip(bases, parts, strict=True) if part
    ]


def digits_of(currency_id: str, facts: PostingFacts) -> int:
    """Digits of amounts on a document in this currency."""
    if currency_id == facts.currency_id:
        return facts.digits
    return Currency.objects.values_list("digits", flat=True).get(pk=currency_id)


def price_lines(
    invoice: CustomerInvoice, lines: Sequence[Any], facts: PostingFacts,
) -> tuple[list[CustomerInvoiceLine], list[CustomerInvoiceTax]]:
    """Lines and taxes of a draft, not yet written, and its totals. `lines` are inputs or invoice lines. Raises Refusal: total below zero."""
    priced = price_document(
        lines, prices_include_tax=invoice.prices_include_tax, per_line=invoice.tax_rounding == Company.TaxRounding.PER_LINE,
        digits=digits_of(invoice.currency_id, facts), parts=facts.groups,
    )
    if priced.gross < 0:
        raise Refusal(_("The total is below zero; nothing was saved."), code="negative_total", hint=_("Make a credit note instead."))
    invoice.net, invoice.tax, invoice.gross = priced.net, priced.tax, priced.gross
    rows = [
        CustomerInvoiceLine(
            company_id=invoice.company_id, invoice_id=invoice.pk, position=position, kind=line.kind, product_id=line.product_id,
            description=line.description[:200], quantity=line.quantity, unit_price=line.unit_price, discount=line.discount, tax_id=line.tax_id,
            tax_rate=line.tax_rate, net=net, order_line_key=line.order_line_key, shipment_line_key=line.shipment_line_key,
            corrects_id=line.corrects_id, tax_reason=(line.tax_reason or str(_("Chosen by hand.")))[:200],
        )
        for position, (line, net) in enumerate(zip(lines, priced.line_nets, strict=True), 1)
    ]
    return rows, tax_rows(invoice, priced.groups, facts)


def tax_rows(invoice: CustomerInvoice, groups: Sequence[Any], facts: PostingFacts) -> list[CustomerInvoiceTax]:
    """The tax detail of a draft, not yet written."""
    return [
        CustomerInvoiceTax(
            company_id=invoice.company_id, invoice_id=invoice.pk, code_id=group.tax_key, category=facts.taxes[group.tax_key].category,
            rate=group.rate, base=group.base, amount=group.tax,
        )
        for group in groups
    ]


def write_lines(
    invoice: CustomerInvoice, lines: Sequence[Any], facts: PostingFacts,
) -> tuple[list[CustomerInvoiceLine], list[CustomerInvoiceTax]]:
    """Prices a draft and writes it whole: header, lines, taxes."""
    rows, taxes = price_lines(invoice, lines, facts)
    is_new = invoice.pk is None
    if is_new:
        insert_row(invoice)
    else:
        invoice.version += 1
        write_row(invoice)
    for row in (*rows, *taxes):
        row.invoice = invoice
    insert_rows(rows, first=() if is_new else [(statement, [invoice.pk]) for statement in _FORGET], beside=taxes)
    return rows, taxes


# Nothing points at the lines of a draft.
_FORGET = ("DELETE FROM erp_customerinvoiceline WHERE invoice_id = %s", "DELETE FROM erp_customerinvoicetax WHERE invoice_id = %s")


@edited(CustomerInvoice)
def price_edited_invoice(invoice: CustomerInvoice, *, actor: Any) -> None:
    """Rates, nets, taxes and totals after header and lines were typed."""
    lines = list(invoice.lines.select_related("tax").order_by("position"))
    facts = posting_facts(invoice.company_id)
    position = position_of(company_id=invoice.company_id, party=invoice.customer, on=invoice.issued_on or timezone.localdate())
    invoice.fiscal_position_id = position and position.id
    for line in lines:
        if line.tax_rate != line.tax.rate or not line.tax_reason:
            line.tax_reason = why_typed(line.tax, position)[:200]
        line.tax_rate = line.tax.rate
    priced = price_document(
        lines, prices_include_tax=invoice.prices_include_tax, per_line=invoice.tax_rounding == Company.TaxRounding.PER_LINE,
        digits=digits_of(invoice.currency_id, facts), parts=facts.groups,
    )
    if priced.gross < 0:
        raise Refusal(_("The total is below zero; nothing was saved."), code="negative_total", hint=_("Make a credit note instead."))
    for line, net in zip(lines, priced.line_nets, strict=True):
        line.net = net
    CustomerInvoiceLine.objects.bulk_update(lines, ["tax_rate", "tax_reason", "net"])
    CustomerInvoiceTax.objects.filter(invoice=invoice).delete()
    CustomerInvoiceTax.objects.bulk_create(tax_rows(invoice, priced.groups, facts))
    invoice.net, invoice.tax, invoice.gross = priced.net, priced.tax, priced.gross
    CustomerInvoice.objects.filter(pk=invoice.pk).update(
        net=priced.net, tax=priced.tax, gross=priced.gross, fiscal_position_id=invoice.fiscal_position_id,
    )


@transition(
    CustomerInvoice, "void", source={DRAFT}, target=CustomerInvoice.Status.VOID, label=gettext_lazy("Void"), after=invoice_voided, icon="ban",
    is_dangerous=True, order=90,
)
def void_invoice(invoice: CustomerInvoice, *, actor: Any, act: Act, reason: str = "") -> None:
    """A draft that will not be issued. It had no number, so none is missing."""
    invoice.source_key = None
