"""Pages of quotes that no declaration makes: prices while typing, and the revisions on the quote's page."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.pricing.views import PricesWhileTyping
from crm.quotes.models import Quote
from crm.quotes.selectors import differences, revisions_of
from crm.quotes.services import price_unsaved_quote
from suite.resources.panels import Panel
from suite.resources.registry import resource_of


class QuotePrice(PricesWhileTyping):
    """The card of prices under the quote form."""

    price = staticmethod(price_unsaved_quote)

    @property
    def resource(self) -> Any:
        return resource_of(Quote)


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
