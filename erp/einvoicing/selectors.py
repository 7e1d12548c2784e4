"""An invoice of ours as EN 16931 sees it."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from erp.einvoicing.models import ReceivedInvoice
from erp.einvoicing.rules.building import document_adjustment, item_line, plain_vat, tax_groups, trader_of_text
from erp.einvoicing.rules.document import CREDIT_NOTE, INVOICE, PREPAYMENT, ElectronicInvoice, Trader
from erp.receivables.models import CustomerInvoice, CustomerInvoiceLine, CustomerInvoiceTax
from suite.access.permissions import may
from suite.kernel.companies.models import Company
from suite.kernel.documents.errors import Refusal
from suite.kernel.money.rules import ZERO, round_money
from suite.kernel.parties.models import Address, Party
from suite.kernel.products.models import Product
from suite.kernel.taxes.models import Tax

Kind = CustomerInvoiceLine.Kind
UNNUMBERED = "0"  # stands for the number that a draft does not have yet
KINDS = {CustomerInvoice.Kind.INVOICE: INVOICE, CustomerInvoice.Kind.CREDIT_NOTE: CREDIT_NOTE, CustomerInvoice.Kind.DEPOSIT: PREPAYMENT}


def invoice_for(user: Any, pk: int) -> CustomerInvoice:
    """The invoice, for whoever may see it. Raises PermissionDenied, or Http404 outside the user's scope."""
    if not may(user, CustomerInvoice, "view"):
        raise PermissionDenied(_("Your roles do not include customer invoices."))
    rows = CustomerInvoice.objects.visible_to(user).select_related("company", "customer", "currency", "payment_term", "corrects")
    invoice = rows.filter(pk=pk).first()
    if invoice is None:
        raise Http404(_("There is no such customer invoice, or it is not yours to see."))
    return invoice


def document_of(
    invoice: CustomerInvoice, lines: Sequence[CustomerInvoiceLine] | None = None, taxes: Sequence[CustomerInvoiceTax] | None = None,
    dated: Sequence[tuple[date, Decimal]] | None = None,
) -> ElectronicInvoice:
    """The invoice or credit note, posted or draft; lines, taxes and instalments may be ones not written yet. Amounts in its currency."""
    lines = list(invoice.lines.order_by("position") if lines is None else lines)
    taxes = list(invoice.taxes.order_by("pk") if taxes is None else taxes)
    if dated is None:
        dated = list(invoice.instalments.order_by("due_on", "pk").values_list("due_on", "amount")) if invoice.pk else []
    company, customer, digits = invoice.company, invoice.customer, invoice.currency.digits
    codes = Tax.objects.in_bulk({line.tax_id for line in lines} | {tax.code_id for tax in taxes})
    products = Product.objects.select_related("unit").in_bulk({line.product_id for line in lines if line.product_id})
    apart = {
        line.position for line in lines
        if (line.kind == Kind.CHARGE and line.net >= 0) or (line.kind == Kind.DISCOUNT and line.net <= 0)
    }
    if len(apart) == len(lines):
        apart = set()  # the standard wants at least one line
    adjustments = tuple(document_adjustment(line, codes[line.tax_id].category) for line in lines if line.position in apart)
    items = []
    for line in lines:
        if line.position in apart:
            continue
        product = products.get(line.product_id)
        items.append(item_line(
            line, name=line.description or (product.name if product else "") or str(_("Item")), unit=product.unit.uncl_code if product else "C62",
            item_number=product.sku if product else "", category=codes[line.tax_id].category, includes_tax=invoice.prices_include_tax, digits=digits,
        ))
    is_credit = invoice.kind == CustomerInvoice.Kind.CREDIT_NOTE
    buyer = buyer_of(invoice, customer)
    corrected = invoice.corrects if invoice.corrects_id else None

    def money(amount: Decimal) -> Decimal:
        return round_money(amount, digits)

    def total(is_charge: bool) -> Decimal | None:
        amounts = [one.amount for one in adjustments if one.is_charge == is_charge]
        return money(sum(amounts, ZERO)) if amounts else None

    return ElectronicInvoice(
        number=invoice.number or UNNUMBERED, kind=KINDS[invoice.kind], issued_on=invoice.issued_on, currency=invoice.currency_id,
        seller=seller_of(company), buyer=buyer, lines=tuple(items),
        taxes=tax_groups(taxes, {pk: code.exemption_reason for pk, code in codes.items()}), adjustments=adjustments,
        line_total=sum((line.net for line in items), money(ZERO)), allowances=total(False), charges=total(True),
        net=money(invoice.net), tax=money(invoice.tax), gross=money(invoice.gross), payable=money(invoice.gross),
        due_on=invoice.due_on, terms=_terms(invoice, dated, customer.language), buyer_reference=invoice.customer_reference,
        order_reference=invoice.customer_reference, sales_order=invoice.order_number,
        corrects=(corrected.number or "") if corrected else "", corrects_issued_on=corrected.issued_on if corrected else None,
        delivered_on=invoice.tax_date, delivered_to=buyer.country, iban="" if is_credit else company.iban.replace(" ", ""), bic=company.bic,
    )


def seller_of(company: Company) -> Trader:
    """The company, with its registered office; without one, the address its paper shows."""
    known = {
        "vat_number": plain_vat(company.vat_number), "registration": company.registration_number, "phone": company.phone, "email": company.email,
        "endpoint": company.email, "endpoint_scheme": "EM" if company.email else "",
    }
    if company.street or company.city:
        return Trader(name=company.name, street=company.street, postal_code=company.postal_code, city=company.city, country=company.country, **known)
    return trader_of_text(company.name, company.address, company.country, **known)


def buyer_of(invoice: CustomerInvoice, customer: Party) -> Trader:
    """The customer, at the billing address of the invoice; without one, at the customer's own."""
    known = {
        "vat_number": plain_vat(customer.vat_number), "phone": customer.phone, "email": customer.email, "endpoint": customer.email,
        "endpoint_scheme": "EM" if customer.email else "",
    }
    country = customer.country or plain_vat(customer.vat_number)[:2]
    text = invoice.billing_address.strip()
    if not text:
        address = Address.objects.filter(party=customer).exclude(purpose=Address.Purpose.SHIPPING).order_by("-is_default", "pk").first()
        text = "\n".join(address.lines) if address else ""
    return trader_of_text(customer.name, text, country, **known)


def _terms(invoice: CustomerInvoice, dated: Sequence[tuple[date, Decimal]], language: str) -> str:
    if invoice.kind == CustomerInvoice.Kind.CREDIT_NOTE:
        return ""
    term = invoice.payment_term
    with translation.override(language):
        words = [term.name] if term else []
        if term and term.discount_percent:
            words.append(_("%(percent)s %% discount within %(days)s days") % {
                "percent": f"{term.discount_percent.normalize():f}", "days": term.discount_days})
        if len(dated) > 1:
            words += [f"{date_format(due_on, 'DATE_FORMAT')}: {amount.normalize() + 0:f} {invoice.currency_id}" for due_on, amount in dated]
    return "; ".join(words)


def content_of(received: ReceivedInvoice) -> bytes:
    """The file as it came. Raises Refusal where the store has it no more."""
    try:
        with received.file.open("rb") as file:
            return file.read()
    except (OSError, ValueError):
        raise Refusal(
            _("The file “%(name)s” is not in the store; nothing was done.") % {"name": received.file_name}, field="file", code="file_gone",
            hint=_("Restore it from the backup, or ask the sender for it again."),
        ) from None
