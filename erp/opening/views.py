"""Bringing an opening balance in from files."""

from django.contrib import messages
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import FormView

from erp.opening.forms import OpeningImportForm
from erp.opening.rules import BALANCES, ITEMS
from erp.opening.services import import_opening
from suite.kernel.documents.errors import BusinessError


class OpeningImport(PermissionRequiredMixin, FormView):
    """Two files into one draft; every fault is named with its row and column, and then nothing is written."""

    template_name = "erp/opening/import.html"
    permission_required = "erp.add_openingbalance"
    form_class = OpeningImportForm
    extra_context = {"item_columns": ITEMS, "balance_columns": BALANCES}

    def form_valid(self, form: OpeningImportForm) -> HttpResponse:
        values = form.cleaned_data
        try:
            opening = import_opening(
                company_id=self.request.user.company_id, opened_on=values["opened_on"], description=values["description"], actor=self.request.user,
                items=values["items"].read() if values["items"] else b"", balances=values["balances"].read() if values["balances"] else b"",
            )
        except BusinessError as error:
            return self.render_to_response(self.get_context_data(form=form, error=error, faults=getattr(error, "faults", ())), status=error.status)
        messages.success(self.request, _("%(items)s open items and %(lines)s balances were read. Look at them, then post.") % {
            "items": opening.items.count(), "lines": opening.lines.count()})
        return HttpResponseRedirect(reverse("erp:openingbalance_detail", args=[opening.pk]))

    def form_invalid(self, form: OpeningImportForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)
