"""Downloads of an issued invoice as e-invoice, and the check of a draft."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.generic import View

from erp.einvoicing.selectors import invoice_for
from erp.einvoicing.services import FORMATS, check_invoice, e_invoice
from suite.kernel.documents.errors import BusinessError


class EInvoiceView(LoginRequiredMixin, View):
    """The e-invoice as a download: `form` is ubl, cii or facturx."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, pk: int, form: str) -> HttpResponse:
        invoice = invoice_for(request.user, pk)
        if form not in FORMATS:
            raise Http404(_("There is no such e-invoice format."))
        try:
            printout = e_invoice(invoice, form)
        except BusinessError as error:
            return render(request, "erp/einvoicing/refused.html", {"invoice": invoice, "error": error}, status=error.status)
        answer = HttpResponse(printout.content, content_type=printout.media_type)
        answer["Content-Disposition"] = f'attachment; filename="{printout.filename}"'
        answer["Content-Security-Policy"] = "sandbox"
        answer["X-Content-Type-Options"] = "nosniff"
        return answer


class CheckView(LoginRequiredMixin, View):
    """The official rules run over an invoice or draft, with what puts each broken one right."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        invoice = invoice_for(request.user, pk)
        return render(request, "erp/einvoicing/check.html", {"invoice": invoice, "findings": check_invoice(invoice)})
