"""The files of an issued invoice: UBL, CII, and the PDF that carries the CII inside."""

from importlib import import_module

from django.utils.translation import gettext as _

from erp.einvoicing.rules.cii import write_cii
from erp.einvoicing.rules.ubl import write_ubl
from erp.einvoicing.selectors import document_of
from erp.receivables.models import CustomerInvoice
from erp.receivables.printouts import print_invoice
from suite.kernel.documents.errors import Refusal
from suite.kernel.printing.services import Printout

XML = "application/xml"
FORMATS = ("ubl", "cii", "facturx")


def e_invoice(invoice: CustomerInvoice, form: str) -> Printout:
    """The posted invoice or credit note as "ubl", "cii" or "facturx" (PDF/A-3b with the CII inside). Raises Refusal: not issued yet."""
    if invoice.status != CustomerInvoice.Status.POSTED:
        raise Refusal(
            _("%(invoice)s is not issued: there is no e-invoice yet.") % {"invoice": invoice}, code="not_issued", hint=_("Issue it first."),
        )
    word = "credit-note" if invoice.kind == CustomerInvoice.Kind.CREDIT_NOTE else "invoice"
    document = document_of(invoice)
    if form == "ubl":
        return Printout(f"{word}-{invoice.number}-ubl.xml", write_ubl(document), XML)
    if form == "cii":
        return Printout(f"{word}-{invoice.number}-cii.xml", write_cii(document), XML)
    paper = print_invoice(invoice, archived_on=invoice.issued_on)
    content = import_module("erp.einvoicing.hybrid").with_invoice_inside(
        paper.content, write_cii(document), title=f"{word} {invoice.number}", language=invoice.customer.language,
    )
    return Printout(f"{word}-{invoice.number}-facturx.pdf", content)
