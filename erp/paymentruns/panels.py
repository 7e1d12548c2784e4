"""What a second person looks at before approving, and where the file is."""

from datetime import timedelta
from typing import Any

from django.db.models import Count, Q, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.paymentruns.models import PaymentBatch
from erp.paymentruns.selectors.proposing import money_of
from erp.paymentruns.selectors.settings import settings_of
from suite.resources.display import money
from suite.resources.panels import Panel

Status = PaymentBatch.Status


class BatchPanel(Panel):
    """What the batch does to the account, whose accounts are new, and the file once it is sent."""

    title = gettext_lazy("Before the money goes")
    icon = "shield-check"
    permission = "erp.view_paymentbatch"
    position = 5

    def context(self) -> dict[str, Any] | None:
        batch: PaymentBatch = self.record
        figures = batch.lines.aggregate(
            lines=Count("pk"), transfers=Count("transfer", distinct=True), discount=Sum("discount"),
            credits=Sum("amount", filter=Q(amount__lt=0)), watched=Count("pk", filter=Q(is_watched=True, vouched_by=None)),
        )
        currency = batch.currency_id
        rows: list[dict[str, Any]] = [
            {"label": _("Payments"), "value": f"{figures['transfers']} ({figures['lines']})"},
            {"label": _("Discount taken"), "value": money(figures["discount"] or 0, currency)},
        ]
        if figures["credits"]:
            rows.append({"label": _("Credits set off"), "value": money(figures["credits"], currency)})
        if batch.status in (Status.PROPOSED, Status.APPROVED) and batch.direction == PaymentBatch.Direction.OUT:
            balance, under_way = money_of(batch.bank_account)
            books = batch.company.currency_id
            left = balance + under_way - batch.total_in_books
            rows.append({"label": _("Account now, less what is under way"), "value": money(balance + under_way, books)})
            rows.append({"label": _("Left after this batch"), "value": money(left, books), "colour": "red" if left < 0 else "green",
                         "badge": _("Overdrawn") if left < 0 else _("Covered")})
        if batch.status in (Status.PROPOSED, Status.APPROVED) and batch.direction == PaymentBatch.Direction.IN:
            last = batch.execute_on - timedelta(days=settings_of(batch.company_id).notice_days)
            is_late = timezone.localdate() > last
            rows.append({"label": _("Customers are told by"), "value": date_format(last, "SHORT_DATE_FORMAT"), "colour": "yellow" if is_late else "green",
                         "badge": _("Late") if is_late else _("In time")})
        if figures["watched"]:
            names = ", ".join(f"{line.position}. {line.party}" for line in batch.lines.filter(is_watched=True, vouched_by=None).select_related("party")[:10])
            rows.append({"label": _("Accounts changed lately, nobody vouched"), "value": names, "badge": str(figures["watched"]), "colour": "yellow"})
        if batch.file_id and self.user.has_perm("erp.export_paymentbatch"):
            rows.append({"label": _("File"), "value": f"{batch.number} · {batch.file_format}", "url": reverse("erp:payment_file", args=[batch.pk])})
        return {"rows": rows}
