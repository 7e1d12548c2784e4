"""What stock says on the pages of others."""

from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.inventory.models import Reservation
from erp.inventory.rules import plain
from erp.inventory.selectors import reservations_of, stock_of
from erp.inventory.selectors.names import document_names
from suite.resources.panels import Panel

MOST = 8


class StockOfProduct(Panel):
    """Where the product lies, and who keeps or waits for it."""

    title = gettext_lazy("Stock and reservations")
    icon = "packages"
    permission = "erp.view_stocklevel"
    position = 10

    def context(self) -> dict[str, Any] | None:
        if not self.record.is_stocked:
            return None
        rows = [
            {
                "label": f"{level.location.warehouse.code} / {level.location}" + (f" / {level.lot}" if level.lot else ""),
                "hint": _("%(reserved)s reserved, %(free)s free") % {"reserved": plain(level.reserved), "free": plain(level.available)},
                "value": plain(level.on_hand), "url": reverse("erp:stocklevel_detail", args=[level.pk]),
            }
            for level in stock_of(self.record)[:MOST]
        ]
        if self.user.has_perm("erp.view_reservation"):
            kept = list(reservations_of(self.record)[:MOST])
            for reservation, name in zip(kept, document_names(r.document_key for r in kept), strict=True):
                is_firm = reservation.status == Reservation.Status.FIRM
                rows.append({
                    "label": name, "value": plain(reservation.quantity), "badge": reservation.get_status_display(),
                    "colour": "green" if is_firm else "orange", "url": reverse("erp:reservation_detail", args=[reservation.pk]),
                    "hint": _("wanted on %(day)s") % {"day": date_format(reservation.wanted_on, "SHORT_DATE_FORMAT")} if reservation.wanted_on else "",
                })
        return {"rows": rows, "empty": _("Not in stock, and nobody waits for it."), "more_url": f"{reverse('erp:stockmove_list')}?product={self.record.pk}"}
