"""Pages of orders that no declaration makes: prices while typing, and the reasons and amendments on the order's page."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.margins.rules import JudgedLine
from crm.margins.selectors import judge_lines
from crm.margins.views import Margins
from crm.orders.models import Order, OrderLine, OrderRevision
from crm.orders.selectors import amendments, lines_of
from crm.orders.services import price_unsaved_order
from crm.pricing.views import PricesWhileTyping
from suite.resources.panels import Panel
from suite.resources.registry import resource_of


class OrderPrice(PricesWhileTyping):
    """The card of prices under the order form."""

    price = staticmethod(price_unsaved_order)

    @property
    def resource(self) -> Any:
        return resource_of(Order)


class OnHold(Panel):
    """Why an order is held, and what releases it."""

    title = _("On hold")
    icon = "player-pause"
    template = "crm/orders/_on_hold.html"
    permission = "crm.view_order"
    position = 0
    is_wide = True

    def context(self) -> dict[str, Any] | None:
        return {} if self.record.status == Order.Status.ON_HOLD else None


class OrderMargins(Margins):
    """The margins of an order."""

    def judged(self) -> list[JudgedLine]:
        return judge_lines(self.record, lines_of(self.record), on=self.record.order_date)


class LineReasons(Panel):
    """Why each line has its price, its tax and its day."""

    title = _("Why these prices, taxes and days")
    icon = "help-circle"
    template = "crm/orders/_reasons.html"
    permission = "crm.view_order"
    position = 30
    is_wide = True

    def context(self) -> dict[str, Any] | None:
        lines = list(OrderLine.objects.filter(order=self.record).select_related("product").order_by("position", "pk"))
        return {"lines": lines} if lines else None


class Amendments(Panel):
    """What each amendment changed."""

    title = _("Amendments")
    icon = "pencil"
    template = "crm/orders/_amendments.html"
    permission = "crm.view_order"
    position = 20
    is_wide = True

    def context(self) -> dict[str, Any] | None:
        if not self.record.revision:
            return None
        revisions = list(OrderRevision.objects.filter(order=self.record).select_related("actor").order_by("-revision"))
        for revision in revisions:
            revision.order = self.record
        return {"revisions": [(revision, amendments(revision)) for revision in revisions]}
