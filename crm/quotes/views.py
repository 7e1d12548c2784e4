"""Cards on the quote's page: the approval it needs, its revisions."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.quotes.models import Quote
from crm.quotes.selectors import differences, is_below_floor, revisions_of
from suite.resources.panels import Panel
from suite.resources.registry import resource_of


class NeedsApproval(Panel):
    """That the quote cannot be sent before somebody approves its margin."""

    title = _("Margin approval")
    icon = "scale"
    template = "crm/quotes/_needs_approval.html"
    permission = "crm.view_quote"
    position = 0
    is_wide = True

    def context(self) -> dict[str, Any] | None:
        if self.record.status != Quote.Status.DRAFT or self.record.margin_state == Quote.MarginState.APPROVED:
            return None
        return {} if self.record.margin_state == Quote.MarginState.ASKED or is_below_floor(self.record) else None


class Revisions(Panel):
    """All revisions under the number, and what this one changed."""

    title = _("Revisions")
    icon = "versions"
    template = "crm/quotes/_revisions.html"
    permission = "crm.view_quote"
    position = 10
    is_wide = True

    def context(self) -> dict[str, Any] | None:
        revisions = revisions_of(self.record)
        if len(revisions) < 2:
            return None
        url_of = resource_of(Quote).url_of
        return {
            "revisions": [(revision, url_of(revision), revision.pk == self.record.pk) for revision in revisions],
            "differences": differences(self.record),
        }
