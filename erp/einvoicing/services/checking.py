"""The gate: an invoice that breaks a rule of EN 16931 gets no number."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from importlib import import_module
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.einvoicing.rules.cii import write_cii
from erp.einvoicing.rules.document import ElectronicInvoice
from erp.einvoicing.rules.ubl import write_ubl
from erp.einvoicing.selectors import document_of
from erp.receivables.models import CustomerInvoice, CustomerInvoiceLine, CustomerInvoiceTax
from erp.receivables.signals import standard_asked
from suite.kernel.documents.errors import Refusal

WRITERS = {"ubl": write_ubl, "cii": write_cii}

_COMPANY = gettext_lazy("Complete the company: VAT number, country and address (Settings → Companies). Then issue again.")
_CUSTOMER = gettext_lazy("Complete the customer: VAT number, and an address with its country. Then issue again.")
_TAX = gettext_lazy("Give the tax code a reason why no tax is charged (Settings → Taxes), or choose another tax on the line.")
_LINES = gettext_lazy("Correct the lines of the draft, then issue again.")
# Where the broken rule is put right. The first beginning that fits wins.
FIELDS: tuple[tuple[tuple[str, ...], str, Any], ...] = (
    (("BR-06", "BR-08", "BR-09", "BR-CO-26", "BR-S-02", "BR-S-03", "BR-S-04", "BR-Z-02", "BR-E-02", "BR-G-02", "BR-50", "BR-61"), "company", _COMPANY),
    (("BR-07", "BR-10", "BR-11", "BR-AE-02", "BR-AE-03", "BR-AE-04", "BR-IC-02", "BR-IC-03", "BR-IC-04", "BR-IC-12", "BR-57", "BR-CO-09"), "customer", _CUSTOMER),
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
