"""Panels that show on other apps' pages what the other suites know."""

from typing import Any

from django.db.models import Count, Q, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.orders.models import Order
from crm.quotes.models import Quote
from erp.freight.selectors import freight_of
from erp.receivables.models import CustomerInvoice, OpenItem
from erp.receivables.selectors import credit_of, of_customers
from integration.outbox.models import Delivery
from integration.overview.earnings import earned_by
from integration.overview.progress import Progress, progress_of
from scm.shipping.models import Shipment
from suite.access.permissions import may
from suite.kernel.parties.models import Party
from suite.resources.display import money
from suite.resources.panels import Panel, attach


class OrderProgress(Panel):
    """What became of the order: polls each second until nothing is under way."""

    title = gettext_lazy("Progress")
    icon = "route"
    template = "integration/overview/_order_progress.html"
    permission = "crm.view_order"
    position = 1
    is_wide = True
    poll = True

    def _progress(self) -> Progress:
        if not hasattr(self, "_found"):
            self._found = progress_of(self.record, user=self.user)
        return self._found

    def context(self) -> dict[str, Any] | None:
        if self.record.status == Order.Status.DRAFT:
            return None
        trace = reverse("integration:trace") + f"?of={self.record.key}" if self.user.has_perm("integration.view_event") else ""
        return {"progress": self._progress(), "trace_url": trace}

    def is_settled(self) -> bool:
        return self.record.status == Order.Status.DRAFT or self._progress().is_settled


class CustomerToday(Panel):
    """A customer at a glance, over CRM, ERP and SCM."""

    title = gettext_lazy("Customer at a glance")
    icon = "user-search"
    position = 1

    def context(self) -> dict[str, Any] | None:
        party = self.record
        if not party.is_customer:
            return None
        rows = []
        if may(self.user, Order, "view"):
            found = Order.objects.visible_to(self.user).filter(customer=party).exclude(status__in=("draft", "cancelled")).aggregate(
                number=Count("pk"), open=Count("pk", filter=Q(status__in=("confirmed", "on_hold"))), net=Sum("net"))
            rows.append(_row(_("Orders"), found["number"], f"{reverse('crm:order_list')}?customer={party.pk}"))
            rows.append(_row(_("Open orders"), found["open"], f"{reverse('crm:order_list')}?customer={party.pk}&status=confirmed"))
            rows.append(_row(_("Bought so far (net)"), f"{found['net'] or 0:,.2f}", f"{reverse('crm:order_list')}?customer={party.pk}"))
        if may(self.user, Quote, "view"):
            number = Quote.objects.visible_to(self.user).filter(customer=party, status="sent").count()
            rows.append(_row(_("Quotes waiting for an answer"), number, f"{reverse('crm:quote_list')}?customer={party.pk}&status=sent"))
        if may(self.user, OpenItem, "view"):
            answer = credit_of(company_id=party.company_id, party_id=party.pk)
            items = of_customers(OpenItem.objects.visible_to(self.user).filter(party=party), self.user.company_id)
            open_items = items.aggregate(total=Sum("open_amount"))["total"] or 0
            rows.append(_row(_("Owes us"), f"{open_items:,.2f}", f"{reverse('erp:report_customer_statement')}?customer={party.pk}"))
            limit = _("no limit") if answer.limit is None else f"{answer.limit:,.2f}"
            rows.append(_row(_("Credit used / limit"), f"{answer.exposure:,.2f} / {limit}", "", "" if answer.is_within else "red"))
        if may(self.user, CustomerInvoice, "view"):
            drafts = CustomerInvoice.objects.visible_to(self.user).filter(customer=party, status="draft").count()
            rows.append(_row(_("Draft invoices"), drafts, f"{reverse('erp:customerinvoice_list')}?customer={party.pk}&status=draft"))
        if may(self.user, Shipment, "view"):
            under_way = Shipment.objects.visible_to(self.user).filter(customer=party, status__in=Shipment.UNDER_WAY).count()
            rows.append(_row(_("Shipments under way"), under_way, f"{reverse('scm:shipment_list')}?customer={party.pk}"))
        return {"rows": rows}


class ShipmentFreight(Panel):
    """What carrying the shipment was expected to cost and what the carrier charged; with it what the shipment earned."""

    title = gettext_lazy("Freight and margin")
    icon = "truck-loading"
    permission = "erp.view_freightaccrual"
    position = 40

    def context(self) -> dict[str, Any] | None:
        shipment = self.record
        freight = freight_of(shipment.company_id, shipment.key)
        if freight is None:
            return None
        earned = earned_by(shipment)
        code = shipment.company.currency_id
        page = reverse("erp:freightaccrual_detail", args=[freight.accrual.pk])
        rows = [
            _row(_("Freight expected"), money(freight.accrual.amount, code), page),
            _row(_("Billed by the carrier"), money(freight.billed, code), page),
            _row(_("Still waits for the bill"), money(freight.accrual.open_amount, code), page),
            _row(_("Freight cost"), money(freight.cost, code), ""),
            _row(_("Revenue invoiced"), money(earned.revenue, code), ""),
            _row(_("Cost of the goods"), money(earned.cost, code), ""),
            _row(_("Margin after freight"), money(earned.revenue - earned.cost - freight.cost, code), ""),
        ]
        return {"rows": rows}


class DeliveryActions(Panel):
    """What a person may do about a delivery."""

    title = gettext_lazy("What to do")
    icon = "rotate"
    template = "integration/outbox/_delivery_actions.html"
    permission = "integration.view_delivery"
    position = 1

    def context(self) -> dict[str, Any] | None:
        return {"delivery": self.record}


def _row(label: str, value: Any, url: str, colour: str = "") -> dict[str, Any]:
    return {"label": label, "value": value, "url": url, "badge": "", "colour": colour}


attach(Order, OrderProgress)
attach(Party, CustomerToday)
attach(Delivery, DeliveryActions)
attach(Shipment, ShipmentFreight)
