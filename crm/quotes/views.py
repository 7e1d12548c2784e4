"""Pages of quotes that no declaration makes: prices while typing, and the revisions on the quote's page."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.margins.rules import JudgedLine
from crm.margins.selectors import judge_lines
from crm.margins.views import Margins
from crm.pricing.views import PricesWhileTyping
from crm.quotes.models import Quote
from crm.quotes.selectors import differences, is_below_floor, lines_of, revisions_of
from crm.quotes.services import price_unsaved_quote
from suite.resources.panels import Panel
from suite.resources.registry import resource_of


class QuotePrice(PricesWhileTyping):
    """The card of prices under the quote form."""

    price = staticmethod(price_unsaved_quote)

    @property
    def resource(self) -> Any:
        return resource_of(Quote)


class QuoteMargins(Margins):
    """The margins of a quote."""

    def judged(self) -> list[JudgedLine]:
        return judge_lines(self.record, lines_of(self.record), on=self.record.quote_date)


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
