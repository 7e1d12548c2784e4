"""The job page, and what a person does about a delivery that failed for good."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from integration.outbox.models import Delivery
from integration.outbox.replay import preview_delivery, replay_deliveries, skip_deliveries
from integration.outbox.selectors import consumer_figures, job_figures


class JobsView(PermissionRequiredMixin, TemplateView):
    """Consumers with what waits, retries and died; periodic jobs with their last run."""

    template_name = "integration/outbox/jobs.html"
    permission_required = "integration.view_delivery"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(consumers=consumer_figures(self.request.user), jobs=job_figures(), **kwargs)


class _OneDelivery(PermissionRequiredMixin, TemplateView):
    def delivery(self) -> Delivery:
        found = Delivery.objects.visible_to(self.request.user).select_related("event").filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404(_("There is no such delivery, or it is not yours to see."))
        return found


class DryRunView(_OneDelivery):
    """What running the delivery now would change; nothing is kept."""

    template_name = "integration/outbox/dry_run.html"
    permission_required = "integration.replay_delivery"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        delivery = self.delivery()
        try:
            effect, failure = preview_delivery(delivery), ""
        except Exception as error:  # noqa: BLE001 - the dry run shows whatever the consumer would raise
            effect, failure = None, f"{type(error).__name__}: {error}".split("\nDETAIL:")[0]
        return super().get_context_data(delivery=delivery, effect=effect, failure=failure, **kwargs)


class ReplayView(_OneDelivery):
    """POST: the delivery is tried again from the start."""

    http_method_names = ["post"]
    permission_required = "integration.replay_delivery"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        delivery = self.delivery()
        replay_deliveries([delivery.pk], actor=request.user, reason=request.POST.get("reason", ""))
        messages.success(request, _("The delivery is tried again."))
        return redirect("integration:delivery_detail", pk=delivery.pk)


class SkipView(_OneDelivery):
    """POST: the delivery is given up, with a reason."""

    http_method_names = ["post"]
    permission_required = "integration.skip_delivery"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        delivery = self.delivery()
        skip_deliveries([delivery.pk], actor=request.user, reason=request.POST.get("reason", ""))
        messages.success(request, _("The delivery is skipped; later ones of the document may run."))
        return redirect("integration:delivery_detail", pk=delivery.pk)
