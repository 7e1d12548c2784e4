"""What was booked for an asset and what will be, month by month."""

from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.assets.links import asset_page
from erp.assets.models import Asset
from erp.assets.selectors import schedule
from erp.assets.services.booking import digits_of
from erp.ledger.links import entry_page
from erp.payables.models import SupplierBill
from suite.resources.display import money
from suite.resources.panels import Panel, attach
from suite.resources.statuses import colour_of


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


class AssetsOfBill(Panel):
    """What became of a bill's lines: assets, with what they cost and where they stand."""

    title = gettext_lazy("Assets of this bill")
    icon = "building-factory"
    permission = "erp.view_asset"
    position = 20

    def context(self) -> dict[str, Any] | None:
        assets = Asset.objects.filter(bill_line__bill=self.record).order_by("pk")
        rows = [
            {
                "label": str(asset), "value": money(asset.cost, self.record.company.currency_id), "url": asset_page(asset.pk),
                "badge": asset.get_status_display(), "colour": colour_of(asset.status),
            }
            for asset in assets
        ]
        return {"rows": rows} if rows else None


class BillOfAsset(Panel):
    """The bill an asset came with."""

    title = gettext_lazy("Came with")
    icon = "file-dollar"
    permission = "erp.view_supplierbill"
    position = 20

    def context(self) -> dict[str, Any] | None:
        line = self.record.bill_line
        if line is None:
            return None
        return {"rows": [{
            "label": f"{line.bill} · {line}", "value": money(line.net, line.bill.currency_id), "url": reverse("erp:supplierbill_detail", args=[line.bill_id]),
        }]}


attach(Asset, DepreciationSchedule)
attach(Asset, BillOfAsset)
attach(SupplierBill, AssetsOfBill)
