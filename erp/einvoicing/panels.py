"""What an invoice's page offers as e-invoice."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy

from erp.einvoicing.rules.reading import read_file
from erp.einvoicing.selectors import content_of
from erp.receivables.models import CustomerInvoice
from suite.kernel.documents.errors import BusinessError
from suite.resources.panels import Panel


class EInvoicePanel(Panel):
    """The files of an issued invoice, and the check of every one that is not void."""

    title = gettext_lazy("E-invoice")
    icon = "file-code"
    template = "erp/einvoicing/panel.html"
    permission = "erp.view_customerinvoice"
    position = 15

    def context(self) -> dict[str, Any] | None:
        if self.record.status == CustomerInvoice.Status.VOID:
            return None
        is_issued = self.record.status == CustomerInvoice.Status.POSTED
        files = [
            (label, reverse("erp:e_invoice", args=[self.record.pk, form]), icon)
            for form, label, icon in (
                ("facturx", gettext_lazy("PDF with XML inside (Factur-X)"), "file-type-pdf"),
                ("ubl", gettext_lazy("XML for Peppol and public buyers (UBL)"), "file-code"),
                ("cii", gettext_lazy("XML as in ZUGFeRD (CII)"), "file-code-2"),
            )
        ] if is_issued else []
        return {"files": files, "check_url": reverse("erp:e_invoice_check", args=[self.record.pk])}


class ReceivedPanel(Panel):
    """What the file says, line by line, and what a person must put right."""

    title = gettext_lazy("What the file says")
    icon = "file-search"
    template = "erp/einvoicing/received.html"
    permission = "erp.view_receivedinvoice"
    position = 5
    is_wide = True

    def context(self) -> dict[str, Any] | None:
        try:
            document, _xml = read_file(content_of(self.record))
        except BusinessError:
            return {"document": None, "problems": self.record.problems}
        return {"document": document, "problems": self.record.problems}
