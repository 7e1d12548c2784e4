"""What was booked for an asset and what will be, month by month."""

from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.assets.models import Asset
from erp.assets.selectors import schedule
from erp.assets.services.booking import digits_of
from erp.ledger.links import entry_page
from suite.resources.display import money
from suite.resources.panels import Panel, attach


class DepreciationSchedule(Panel):
    """Every month's depreciation and the book value after it; what is booked leads to its entry."""

    title = gettext_lazy("Depreciation schedule")
    icon = "chart-line"
    permission = "erp.view_asset"
    position = 10

    def context(self) -> dict[str, Any] | None:
        asset: Asset = self.record
        if asset.status == Asset.Status.DRAFT:
            return None
        currency = asset.company.currency_id
        rows = [
            {
                "label": date_format(row["day"], "SHORT_DATE_FORMAT"), "value": money(row["amount"], currency),
                "badge": _("Booked") if row["entry"] else _("Planned"), "colour": "green" if row["entry"] else "secondary",
                "hint": _("book value %(amount)s") % {"amount": money(row["book"], currency)},
                "url": entry_page(row["entry"].pk) if row["entry"] and self.user.has_perm("erp.view_journalentry") else "",
            }
            for row in schedule(asset, digits_of(asset.company_id))
        ]
        return {"rows": rows, "empty": _("Nothing is booked and nothing is planned.")}


attach(Asset, DepreciationSchedule)
