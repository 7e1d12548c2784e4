"""The gate: an invoice that breaks a rule of EN 16931 gets no number."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from importlib import import_module
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.einvoicing.rules.cii import write_cii
from erp.einvoicing.rules.document import ElectronicInvoice
from erp.einvoicing.rules.ubl import write_ubl
from erp.einvoicing.selectors import document_of
from erp.receivables.models import CustomerInvoice, CustomerInvoiceLine, CustomerInvoiceTax
from erp.receivables.selectors import posting_facts
from erp.receivables.signals import standard_asked
from suite.kernel.documents.errors import Refusal
from suite.kernel.terms.rules import instalments

WRITERS = {"ubl": write_ubl, "cii": write_cii}

_COMPANY = gettext_lazy("Complete the company: VAT number, country and address (Settings → Companies). Then issue again.")
_CUSTOMER = gettext_lazy("Complete the customer: VAT number, and an address with its country. Then issue again.")
_TAX = gettext_lazy("Give the tax code a reason why no tax is charged (Settings → Taxes), or choose another tax on the line.")
_LINES = gettext_lazy("Correct the lines of the draft, then issue again.")
# Where the broken rule is put right. The first beginning that fits wins.
FIELDS: tuple[tuple[tuple[str, ...], str, Any], ...] = (
    (("BR-06", "BR-08", "BR-09", "BR-CO-26", "BR-S-02", "BR-S-03", "BR-S-04", "BR-Z-02", "BR-E-02", "BR-G-02", "BR-50", "BR-61"), "company", _COMPANY),
    (("BR-07", "BR-10", "BR-11", "BR-AE-02", "BR-AE-03", "BR-AE-04", "BR-IC-02", "BR-IC-03", "BR-IC-04", "BR-IC-12", "BR-57", "BR-CO-09"),
     "customer", _CUSTOMER),
    (("BR-CO-25", "BR-CO-03"), "payment_term", gettext_lazy("Choose a payment term.")),
    (("BR-E-10", "BR-AE-10", "BR-IC-10", "BR-G-10", "BR-O-10"), "tax", _TAX),
    (("BR-IC-11",), "tax_date", gettext_lazy("Type the day of supply as the tax date.")),
    (("BR-DEC", "BR-CL-03", "BR-05"), "currency", gettext_lazy("The standard knows two decimals: issue in another currency.")),
)


def broken_rules(document: ElectronicInvoice, syntax: str = "ubl") -> list[Any]:
    """The official rules that the document breaks, as published: each with `code` and `sentence`. Offline; some milliseconds."""
    return import_module("erp.einvoicing.official").check(WRITERS[syntax](document), syntax)


@standard_asked.answered_by
def refuse_broken_rules(
    *, invoice: CustomerInvoice, lines: Sequence[CustomerInvoiceLine], taxes: Sequence[CustomerInvoiceTax], dated: Sequence[tuple[date, Decimal]],
) -> None:
    """Raises Refusal, with the rule's own sentence at the field that puts it right, for an invoice that breaks a rule of EN 16931."""
    broken = broken_rules(document_of(invoice, lines, taxes, dated))
    if not broken:
        return
    field, hint = place_of(broken[0].code)
    raise Refusal(
        _("%(rules)s The invoice got no number.") % {"rules": " ".join(str(rule) for rule in broken)}, field=field, code=broken[0].code, hint=str(hint),
    )


def place_of(code: str) -> tuple[str, Any]:
    """The field that puts a broken rule right, and what to do there."""
    return next(((field, hint) for beginnings, field, hint in FIELDS if code.startswith(beginnings)), ("lines", _LINES))


@dataclass(frozen=True)
class Finding:
    """A broken rule with its own sentence, the field that puts it right, and what to do there."""

    code: str
    sentence: str
    field: str
    hint: str


def check_invoice(invoice: CustomerInvoice) -> list[Finding]:
    """The rules that an invoice, credit note or draft breaks, as UBL or as CII, each once. A draft's missing dates count as today."""
    if invoice.issued_on is None:
        invoice.issued_on = timezone.localdate()
    invoice.tax_date = invoice.tax_date or invoice.issued_on
    dated = None
    if invoice.due_on is None and invoice.status == CustomerInvoice.Status.DRAFT:
        facts = posting_facts(invoice.company_id, payment_term_id=invoice.payment_term_id)
        dated = instalments(invoice.gross, invoice.issued_on, facts.term.shares, facts.digits) if facts.term else [(invoice.issued_on, invoice.gross)]
        invoice.due_on = dated[-1][0]
    document = document_of(invoice, dated=dated)
    found = {rule.code: rule for syntax in WRITERS for rule in broken_rules(document, syntax)}
    return [Finding(rule.code, rule.sentence, *_words(place_of(rule.code))) for rule in found.values()]


def _words(place: tuple[str, Any]) -> tuple[str, str]:
    return place[0], str(place[1])
