"""The card that explains margins on the page of an order or quote."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.margins.rules import JudgedLine
from crm.margins.selectors import approvals_of
from suite.resources.panels import Panel


class Margins(Panel):
    """Each line's margin, floor and rule, and every approval. Only for who may see what goods cost."""

    title = _("Margins")
    icon = "scale"
    template = "crm/margins/_margins.html"
    permission = "crm.view_marginapproval"
    position = 5
    is_wide = True

    def judged(self) -> Sequence[JudgedLine]:
        """The record's lines as they stand today. Subclasses answer."""
        raise NotImplementedError

    def context(self) -> dict[str, Any] | None:
        judged, approvals = self.judged(), approvals_of(self.record)
        return {"judged": judged, "approvals": approvals, "currency": self.record.currency_id} if judged or approvals else None


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
