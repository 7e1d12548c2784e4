"""Cards on the order's page: why it is held, the reasons of its lines, its amendments."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.orders.models import Order, OrderLine, OrderRevision
from crm.orders.selectors import amendments
from suite.resources.panels import Panel


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
