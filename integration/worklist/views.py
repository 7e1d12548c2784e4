"""The page of exceptions."""

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.views.generic import TemplateView

from integration.worklist.selectors import KINDS, worklist


class WorklistView(LoginRequiredMixin, TemplateView):
    """What needs a person, over all suites; `kind` in the address narrows it. Each finder asks for its own permission."""

    template_name = "integration/worklist/worklist.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kind = self.request.GET.get("kind", "")
        kind = kind if kind in KINDS else ""
        items = worklist(self.request.user)
        counts: dict[str, dict[str, Any]] = {}
        for item in items:
            counts.setdefault(item.kind, {"kind": item.kind, "label": item.label, "number": 0})["number"] += 1
        shown = [item for item in items if not kind or item.kind == kind]
        return super().get_context_data(items=shown, counts=list(counts.values()), kind=kind, total=len(items), **kwargs)
