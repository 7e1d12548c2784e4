"""Prices and taxes of a quote or order while it is typed, with the reasons: a fragment, recomputed at every change. Nothing is saved."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.http import require_POST

from crm.pricing.models import PricedDocument
from suite.access.permissions import may
from suite.kernel.documents.errors import BusinessError
from suite.resources.forms import form_class, formsets
from suite.resources.registry import resource_of
from suite.resources.resource import Resource


@method_decorator(require_POST, name="dispatch")
class PricesWhileTyping(View):
    """POST the form as it stands; the answer is the card of prices, taxes, reasons and totals.

    `model` is the priced document, `price(document, lines, actor=)` sets prices and totals on unsaved objects or raises Refusal.
    """

    model: type[PricedDocument] | None = None
    price: Callable[..., None] | None = None

    @property
    def resource(self) -> type[Resource]:
        """The declaration of the document's form."""
        return resource_of(self.model)

    def post(self, request: HttpRequest) -> HttpResponse:
        model, user = self.model, request.user
        if not (may(user, model, "add") or may(user, model, "change")):
            raise PermissionDenied(_("Your roles do not include this for %(name)s.") % {"name": self.resource.label_plural()})
        record = self._record(request)
        form = form_class(self.resource)(request.POST, instance=record, user=user)
        form.is_valid()
        (_declared, formset), *_others = formsets(self.resource, user, record, request.POST)
        lines = _typed_lines(formset)
        context: dict[str, Any] = {"document": form.instance, "lines": lines, "problem": None}
        if form.instance.customer_id is None:
            context["problem"] = _("Choose a customer to see prices.") if lines else None
            context["lines"] = []
        elif lines:
            try:
                self.price(form.instance, lines, actor=user)
            except BusinessError as error:
                context |= {"problem": f"{error.message} {error.hint}".strip(), "lines": []}
        return render(request, "crm/pricing/_prices.html", context)

    def _record(self, request: HttpRequest) -> Model:
        key = request.GET.get("pk", "")
        found = self.resource.rows(request.user, "change").filter(pk=key).first() if key.isdigit() else None
        return found or self.model(company_id=request.user.company_id)


def _typed_lines(formset: Any) -> list[Model]:
    """The lines typed so far that say what and how much, in order."""
    formset.is_valid()
    found = []
    for number, form in enumerate(formset.forms, 1):
        values = getattr(form, "cleaned_data", {})
        if values.get("DELETE") or not values.get("product") or values.get("quantity") is None:
            continue
        line = form.instance
        line.position, line.product, line.quantity = number, values["product"], values["quantity"]
        line.unit_price, line.discount = values.get("unit_price"), values.get("discount")
        found.append(line)
    return found
