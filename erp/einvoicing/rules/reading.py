"""Any file a supplier may send, read into one shape."""

from io import BytesIO

from django.utils.translation import gettext as _
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from erp.einvoicing.rules.cii import ROOT, read_cii
from erp.einvoicing.rules.document import ElectronicInvoice
from erp.einvoicing.rules.markup import read
from erp.einvoicing.rules.ubl import UBL, read_ubl
from suite.kernel.documents.errors import Refusal

LARGEST = 10 * 1024 * 1024
READERS = {
    f"{{{UBL}Invoice-2}}Invoice": read_ubl, f"{{{UBL}CreditNote-2}}CreditNote": read_ubl, f"{{{ROOT}}}CrossIndustryInvoice": read_cii,
}
KNOWN_NAMES = ("factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml")


def read_file(content: bytes) -> tuple[ElectronicInvoice, bytes]:
    """What the file says, and its XML (taken out of a Factur-X PDF). Raises Refusal for every other file, saying why."""
    if len(content) > LARGEST:
        raise Refusal(_("The file is larger than 10 MB; it was not read."), field="file", code="too_large", hint=_("Ask the sender for the invoice alone."))
    xml = xml_of_pdf(content) if content.lstrip()[:5] == b"%PDF-" else content
    return read_xml(xml), xml


def read_xml(xml: bytes) -> ElectronicInvoice:
    """What an XML invoice says. Raises Refusal for another root element."""
    root = read(xml)
    reader = READERS.get(root.tag)
    if reader is None:
        raise Refusal(
            _("The file is no electronic invoice: it begins with “%(root)s”. It was not read.") % {"root": root.tag.rpartition("}")[2][:60]},
            field="file", code="wrong_root", hint=_("UBL (Invoice, CreditNote), CII (CrossIndustryInvoice) and Factur-X/ZUGFeRD PDF are understood."),
        )
    return reader(root)


def xml_of_pdf(content: bytes) -> bytes:
    """The invoice inside a PDF. Raises Refusal where there is none, or the PDF cannot be read."""
    try:
        found = {item.name.lower(): item.content for item in PdfReader(BytesIO(content)).attachment_list if item.name}
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
        raise Refusal(
            _("The PDF is damaged; it was not read."), field="file", code="no_pdf", hint=_("Ask the sender to send it again."),
        ) from None
    xml = next((found[name] for name in KNOWN_NAMES if name in found), None)
    if not xml:
        raise Refusal(
            _("The PDF carries no electronic invoice; it was not read."), field="file", code="no_einvoice_inside",
            hint=_("Enter the bill by hand under Payables → Supplier bills, and attach the PDF."),
        )
    if len(xml) > LARGEST:
        raise Refusal(_("The invoice inside the PDF is larger than 10 MB; it was not read."), field="file", code="too_large")
    return xml
