"""The file that came in, as it came."""

from erp.einvoicing.models import ReceivedInvoice
from erp.einvoicing.selectors import content_of
from suite.kernel.printing.services import Printout


def original_file(received: ReceivedInvoice) -> Printout:
    """The supplier's own file, byte for byte."""
    content = content_of(received)
    is_pdf = received.syntax == "Factur-X"
    name = "".join(sign if sign.isalnum() or sign in "-._" else "-" for sign in received.file_name)
    return Printout(name, content, "application/pdf" if is_pdf else "application/xml")
