"""The receipts of a claim beside it."""

from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.claims.models import ExpenseClaim
from suite.resources.display import money
from suite.resources.panels import Panel, attach


class Receipts(Panel):
    """Each line with its receipt, or that it has none."""

    title = gettext_lazy("Receipts")
    icon = "photo"
    permission = "erp.view_expensereceipt"
    position = 5

    def context(self) -> dict[str, Any] | None:
        claim: ExpenseClaim = self.record
        rows = [
            {
                "label": f"{date_format(line.spent_on, 'SHORT_DATE_FORMAT')} {line}", "value": money(line.gross, claim.company.currency_id),
                "url": reverse("file", args=[line.receipt.attachment_id]) if line.receipt_id else "",
                "badge": _("Receipt") if line.receipt_id else _("No receipt"), "colour": "green" if line.receipt_id else "secondary",
            }
            for line in claim.lines.select_related("type", "receipt").order_by("position")
        ]
        return {"rows": rows, "empty": _("The claim has no lines.")}


attach(ExpenseClaim, Receipts)
