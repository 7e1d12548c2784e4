"""What a document in foreign currency is in the books: its rate with the day it is of, what is open, what exchange made of it."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.ledger.models import JournalEntry
from erp.payables.models import SupplierBill, SupplierPayment
from erp.receivables.models import CustomerInvoice, CustomerPayment, OpenItem
from suite.kernel.money.rules import ZERO
from suite.kernel.money.selectors import quoted_rate
from suite.resources.panels import Panel, attach


class InForeignCurrency(Panel):
    """Rate and company currency of an invoice or payment; hidden on documents in company currency."""

    title = gettext_lazy("In company currency")
    icon = "arrows-exchange"
    position = 15

    def day(self) -> Any:
        return getattr(self.record, "issued_on", None) or getattr(self.record, "paid_on", None) or timezone.localdate()

    def total(self) -> Any:
        return getattr(self.record, "gross", None) if hasattr(self.record, "gross") else self.record.amount

    def context(self) -> dict[str, Any] | None:
        record, books = self.record, self.record.company.currency
        if record.currency_id == books.pk:
            return None
        quoted = quoted_rate(company_id=record.company_id, currency_id=record.currency_id, on=self.day())
        rate = record.exchange_rate or (quoted and quoted.rate)
        if rate is None:
            return {"rows": [{
                "label": _("Exchange rate"), "value": "–", "badge": _("missing"), "colour": "red", "url": reverse("kernel:exchangerate_list"),
                "hint": _("No rate of %(currency)s for %(day)s: enter one before posting.")
                % {"currency": record.currency_id, "day": date_format(self.day(), "SHORT_DATE_FORMAT")},
            }]}
        rows = [
            {
                "label": _("Exchange rate"), "value": f"1 {record.currency_id} = {number_format(rate.normalize())} {books}",
                "hint": _("rate of %(day)s") % {"day": date_format(quoted.valid_from, "SHORT_DATE_FORMAT")}
                if quoted and quoted.rate == rate and quoted.valid_from else _("as posted"),
            },
            *self._posted(books),
        ]
        return {"rows": rows}

    def _posted(self, books: Any) -> list[dict[str, Any]]:
        record = self.record
        if not record.entry_id:
            return []
        own = OpenItem.objects.filter(company_id=record.company_id, entry_id=record.entry_id, currency=record.currency_id, document_key=record.key)
        rows, items = [], list(own.exclude(kind__in=(OpenItem.Kind.DISCOUNT, OpenItem.Kind.ROUNDING)))
        if items:
            rows.append({"label": _("In the books"), "value": _money(abs(sum((item.amount for item in items), ZERO)), books)})
            rows.append({
                "label": _("Open"), "value": _money(abs(sum((item.open_currency for item in items), ZERO)), record.currency),
                "hint": _money(abs(sum((item.open_amount for item in items), ZERO)), books),
            })
        if self.user.has_perm("erp.view_journalentry"):
            rows += [
                {"label": _("Exchange difference"), "value": entry.number or "", "url": reverse("erp:journalentry_detail", args=[entry.pk])}
                for entry in _differences(items)
            ]
        return rows


def _money(amount: Any, currency: Any) -> str:
    return f"{number_format(amount, currency.digits, force_grouping=True)} {currency.pk}"


def _differences(items: list[OpenItem]) -> list[JournalEntry]:
    pks = [item.pk for item in items]
    made = OpenItem.objects.filter(kind__in=(OpenItem.Kind.EXCHANGE, OpenItem.Kind.CONVERSION))
    entries = made.filter(debit_allocations__credit_item__in=pks) | made.filter(credit_allocations__debit_item__in=pks)
    return list(JournalEntry.objects.filter(pk__in=entries.values("entry")).order_by("pk")[:5])


for document in (CustomerInvoice, CustomerPayment, SupplierBill, SupplierPayment):
    attach(document, InForeignCurrency)
