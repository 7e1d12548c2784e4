"""Downloads of an issued invoice as e-invoice, and the check of a draft."""

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin, PermissionRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from erp.einvoicing.forms import ReceiveForm
from erp.einvoicing.models import ReceivedInvoice
from erp.einvoicing.selectors import invoice_for
from erp.einvoicing.services import FORMATS, check_invoice, e_invoice, receive_invoice
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


class ReceivePage(LoginRequiredMixin, PermissionRequiredMixin, TemplateView):
    """A file goes in; the page says which bill was made of it, or what a person must decide."""

    template_name = "erp/einvoicing/receive.html"
    permission_required = "erp.add_receivedinvoice"

    def handle_no_permission(self) -> HttpResponse:
        self.raise_exception = self.request.user.is_authenticated
        return super().handle_no_permission()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        recent = ReceivedInvoice.objects.visible_to(self.request.user).select_related("bill", "supplier").order_by("-pk")[:8]
        return super().get_context_data(**{"form": ReceiveForm(), "recent": recent, **kwargs})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ReceiveForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        file = form.cleaned_data["file"]
        try:
            received = receive_invoice(company_id=request.user.company_id, content=file.read(), file_name=file.name, actor=request.user)
        except BusinessError as error:
            form.add_error("file" if error.field == "file" else None, f"{error.message} {error.hint}".strip())
            return self.render_to_response(self.get_context_data(form=form), status=error.status)
        return self.render_to_response(self.get_context_data(received=received, form=ReceiveForm()))
