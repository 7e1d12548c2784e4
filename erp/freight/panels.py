"""The bills of an accrual beside it."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy

from erp.freight.models import FreightAccrual
from erp.payables.models import SupplierBillLine
from suite.resources.display import money
from suite.resources.panels import Panel, attach


class FreightBills(Panel):
    """Each line of a bill that names the shipment."""

    title = gettext_lazy("Bills of the carrier")
    icon = "file-dollar"
    permission = "erp.view_supplierbill"
    position = 10

    def context(self) -> dict[str, Any] | None:
        accrual: FreightAccrual = self.record
        lines = SupplierBillLine.objects.filter(freight=accrual).exclude(bill__status__in=("void", "reversed")).select_related("bill").order_by("pk")
        return {"rows": [
            {
                "label": str(line.bill), "value": money(line.net, line.bill.currency_id), "url": reverse("erp:supplierbill_detail", args=[line.bill_id]),
                "badge": line.bill.get_status_display(), "colour": "green" if line.bill.status == "posted" else "secondary",
            }
            for line in lines
        ]}


attach(FreightAccrual, FreightBills)
