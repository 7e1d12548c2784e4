"""The card that explains margins on the page of an order or quote."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.margins.selectors import approvals_of, judge_lines
from suite.resources.panels import Panel


class Margins(Panel):
    """Each line's margin today, floor and rule while the document is open, and every approval. Only for who may see what goods cost."""

    OPEN = ("draft", "sent", "confirmed", "on_hold")
    title = _("Margins")
    icon = "scale"
    template = "crm/margins/_margins.html"
    permission = "crm.view_marginapproval"
    position = 5
    is_wide = True

    def context(self) -> dict[str, Any] | None:
        lines = self.record.lines.select_related("product").order_by("position", "pk") if self.record.status in self.OPEN else []
        judged, approvals = judge_lines(self.record, list(lines)), approvals_of(self.record)
        return {"judged": judged, "approvals": approvals, "currency": self.record.currency_id, "is_today": True} if judged or approvals else None


class ApprovalLines(Panel):
    """The lines of an approval, as they were when it was asked."""

    title = _("Lines below their floor")
    icon = "scale"
    template = "crm/margins/_margins.html"
    permission = "crm.view_marginapproval"
    position = 5
    is_wide = True

    def context(self) -> dict[str, Any]:
        return {"judged": self.record.judged, "approvals": [], "currency": (self.record.order or self.record.quote).currency_id}
