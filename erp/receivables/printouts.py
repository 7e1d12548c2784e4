from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from erp.receivables.models import CreditAccount, CustomerInvoice, CustomerInvoiceLine, OpenItem
from erp.receivables.selectors import items_as_of
from suite.kernel.money.rules import ZERO
from suite.kernel.parties.models import Party
from suite.kernel.parties.selectors import letter_address
from suite.kernel.printing.letters import Column, Letter, address_lines, day, money, number, percent, price, quantity
from suite.kernel.printing.services import Printout


def print_invoice(invoice: CustomerInvoice, *, archived_on: date | None = None) -> Printout:
    """The invoice or credit note as issued, with its taxes and instalments, in the customer's language; with `archived_on` as PDF/A-3b."""
    customer, currency = invoice.customer, invoice.currency
    is_credit = invoice.kind == CustomerInvoice.Kind.CREDIT_NOTE
    with translation.override(customer.language):
        lines = list(invoice.lines.select_related("product__unit", "tax").order_by("position"))
        taxes = list(invoice.taxes.select_related("code").order_by("pk"))
        is_deposit = invoice.kind == CustomerInvoice.Kind.DEPOSIT
        title = _("Credit note %(number)s") if is_credit else _("Deposit invoice %(number)s") if is_deposit else _("Invoice %(number)s")
        columns, rows = _invoice_table(lines, currency.digits)
        instalments = [] if is_credit else list(invoice.instalments.order_by("due_on", "pk"))
        letter = Letter(
            company=invoice.company, title=title % {"number": invoice.number or f"#{invoice.pk}"},
            recipient=address_lines(customer.name, invoice.billing_address),
            facts=[
                (_("Date"), day(invoice.issued_on)), (_("Tax date"), day(invoice.tax_date) if invoice.tax_date != invoice.issued_on else ""),
                (_("Customer"), customer.number), (_("Your VAT number"), customer.vat_number), (_("Our order"), invoice.order_number),
                (_("Your reference"), invoice.customer_reference),
                (_("Corrects"), str(invoice.corrects) if invoice.corrects else ""),
                (_("Reason"), invoice.get_reason_display() if invoice.reason else ""),
                (_("Due on"), day(invoice.due_on) if not is_credit else ""),
            ],
            columns=columns, rows=rows,
            totals=[
                (_("Net"), number(invoice.net, currency.digits)),
                *[
                    (_("Tax %(rate)s on %(base)s") % {"rate": percent(tax.rate) or "0 %", "base": number(tax.base, currency.digits)},
                     number(tax.amount, currency.digits))
                    for tax in taxes
                ],
                (_("Credit") if is_credit else _("Total"), money(invoice.gross, currency)),
            ],
            groups=[(
                [Column(_("Due on"), is_wide=True), Column(_("Amount"), True)],
                [[day(item.due_on), money(item.amount, currency)] for item in instalments],
            )] if len(instalments) > 1 else [],
            notes=[*_exemptions(taxes), "" if is_credit else _payment_words(invoice)],
            stamp=invoice.get_status_display() if invoice.status != CustomerInvoice.Status.POSTED else "", archived_on=archived_on,
        )
        word = "credit-note" if is_credit else "invoice"
        return Printout(f"{word}-{invoice.number or invoice.pk}.pdf", letter.pdf())


def print_statement(account: CreditAccount) -> Printout:
    """The customer's open items today, by due date, with what is overdue by how long."""
    return statement_of(account.party, on=timezone.localdate())


def statement_of(party: Party, *, on: date) -> Printout:
    """What a customer had open at the end of a day, as it stood then, aged at it; amounts in the company's currency, credits negative."""
    items = items_as_of(party.company_id, on, party.pk)
    company, currency = party.company, party.company.currency
    with translation.override(party.language):
        balance = sum((item["left"] for item in items), ZERO)
        kinds = dict(OpenItem.Kind.choices)
        letter = Letter(
            company=company, title=_("Statement of account"),
            recipient=letter_address(party),
            facts=[(_("Date"), day(on)), (_("Customer"), party.number), (_("Your VAT number"), party.vat_number)],
            columns=[
                Column(_("Document"), is_wide=True), Column(_("Date")), Column(_("Due on")), Column(_("Overdue (days)"), True),
                Column(_("Amount"), True), Column(_("Open"), True),
            ],
            rows=[
                [
                    f"{kinds[item['kind']]} {item['entry__number'] or ''}".strip(), day(item["issued_on"]), day(item["due_on"]),
                    str((on - item["due_on"]).days) if item["due_on"] < on and item["left"] > 0 else "",
                    number(item["amount"], currency.digits), number(item["left"], currency.digits),
                ]
                for item in items
            ],
            totals=[*[(label, number(amount, currency.digits)) for label, amount in _ages(items, on) if amount],
                    (_("Balance"), money(balance, currency))],
            notes=[_("Please tell us if your books differ. What you paid in the last days may not be in it yet.")],
        )
        return Printout(f"statement-{party.number}-{on:%Y-%m-%d}.pdf", letter.pdf())


def _invoice_table(lines: Sequence[CustomerInvoiceLine], digits: int) -> tuple[list[Column], list[list[str]]]:
    has_discount = any(line.discount for line in lines)
    columns = [
        Column(_("Pos.")), Column(_("Article")), Column(_("Description"), is_wide=True), Column(_("Quantity"), True),
        Column(_("Unit price"), True), *([Column(_("Discount"), True)] if has_discount else []), Column(_("Tax"), True), Column(_("Net"), True),
    ]
    rows = [
        [
            str(line.position), line.product.sku if line.product else "", line.description or (line.product.name if line.product else ""),
            f"{quantity(line.quantity)} {line.product.unit.code if line.product else ''}".strip(), price(line.unit_price, digits),
            *([percent(line.discount)] if has_discount else []), percent(line.tax_rate) or "0 %", number(line.net, digits),
        ]
        for line in lines
    ]
    return columns, rows


def _exemptions(taxes: Sequence) -> list[str]:
    return list(dict.fromkeys(tax.code.exemption_reason for tax in taxes if tax.code.exemption_reason and not tax.rate))


def _payment_words(invoice: CustomerInvoice) -> str:
    term = invoice.payment_term
    if term and term.discount_percent and invoice.issued_on:
        return _("%(term)s; %(percent)s %% discount when paid within %(days)s days.") % {
            "term": term.name, "percent": quantity(term.discount_percent), "days": term.discount_days,
        }
    if invoice.due_on:
        return _("Please pay by %(day)s, naming the invoice number.") % {"day": day(invoice.due_on)}
    return ""


def _ages(items: Sequence[dict[str, Any]], on: date) -> list[tuple[str, Decimal]]:
    bounds = [(_("Not due"), None, 0), (_("1 to 30 days overdue"), 1, 30), (_("31 to 60 days overdue"), 31, 60),
              (_("61 to 90 days overdue"), 61, 90), (_("Over 90 days overdue"), 91, None)]
    ages = []
    for label, first, last in bounds:
        within = [
            item["left"] for item in items
            if (first is None or (on - item["due_on"]).days >= first) and (last is None or (on - item["due_on"]).days <= last)
        ]
        ages.append((label, sum(within, ZERO)))
    return ages
