"""The trace of a document, as a page and as JSON."""

from typing import Any

from django.contrib.auth.mixins import PermissionRequiredMixin
from django.http import Http404
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from integration.outbox.consumers import consumer_named
from integration.outbox.models import Delivery
from integration.trace.rules import layers
from integration.trace.selectors import trace_of


def _label(delivery: Delivery) -> str:
    try:
        return str(consumer_named(delivery.handler).label)
    except KeyError:
        return delivery.handler


class TraceView(PermissionRequiredMixin, TemplateView):
    """Everything that followed from one document; `of` in the address names it."""

    template_name = "integration/trace/trace.html"
    permission_required = "integration.view_event"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        root = self.request.GET.get("of", "")
        try:
            trace = trace_of(root, user=self.request.user)
        except LookupError:
            raise Http404(_("There is no such document, or it is not yours to see.")) from None
        return super().get_context_data(trace=trace, steps=layers(trace), root=trace.nodes[root], works=[(_label(work), work) for work in trace.deliveries], **kwargs)
