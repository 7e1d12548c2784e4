from datetime import date
from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.pricing.models import PricedDocument, PricedLine
from suite.kernel.companies.models import Company, CompanyRow
from suite.kernel.money.fields import QuantityField


class Order(PricedDocument):
    """What a customer ordered. Delivery, invoice and payment status follow from the counters of the lines (flows 2.1)."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        CONFIRMED = "confirmed", _("Confirmed")
        ON_HOLD = "on_hold", _("On hold")
        COMPLETED = "completed", _("Completed")
        CLOSED_SHORT = "closed_short", _("Closed short")
        CANCELLED = "cancelled", _("Cancelled")

    class HoldReason(models.TextChoices):
        NONE = "", _("Not on hold")
        CREDIT = "credit", _("Credit")
        CLERK = "clerk", _("Held by a clerk")
        MARGIN = "margin", _("Margin needs approval")

    class DeliveryStatus(models.TextChoices):
        NONE = "none", _("Nothing to deliver")
        NOTHING = "nothing", _("Not delivered")
        PARTIAL = "partial", _("Partly delivered")
        FULL = "full", _("Delivered")
        OVER = "over", _("Over-delivered")

    class InvoiceStatus(models.TextChoices):
        NONE = "none", _("Nothing to invoice")
        TO_INVOICE = "to_invoice", _("To invoice")
        PARTIAL = "partial", _("Partly invoiced")
        FULL = "full", _("Invoiced")
        OVER = "over", _("Over-invoiced")

    class PaymentStatus(models.TextChoices):
        NOT_DUE = "", _("Nothing due")
        UNPAID = "unpaid", _("Unpaid")
        PARTIAL = "partial", _("Partly paid")
        PAID = "paid", _("Paid")

    status = models.CharField(_("status"), max_length=24, choices=Status, default=Status.DRAFT, editable=False)
    order_date = models.DateField(_("order date"), default=timezone.localdate)
    requested_on = models.DateField(_("wanted on"), null=True, blank=True)
    promised_on = models.DateField(_("promised on"), null=True, editable=False)
    site = models.ForeignKey(
        "kernel.Site", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("ships from"),
        help_text=_("Empty: the customer's, or the company's first site"),
    )
    carrier_key = models.CharField(_("carrier"), max_length=60, blank=True, editable=False)
    invoice_policy = models.CharField(
        _("invoices are posted"), max_length=12, choices=Company.InvoicePolicy, default=Company.InvoicePolicy.AT_DISPATCH, editable=False,
    )
    hold_reason = models.CharField(
        _("on hold because of"), max_length=10, choices=HoldReason, default=HoldReason.NONE, blank=True, editable=False,
    )
    hold_message = models.CharField(_("why on hold"), max_length=200, blank=True, editable=False)
    revision = models.PositiveIntegerField(_("revision"), default=0, editable=False)
    delivery_status = models.CharField(_("delivery"), max_length=10, choices=DeliveryStatus, default=DeliveryStatus.NONE, editable=False)
    invoice_status = models.CharField(_("invoicing"), max_length=10, choices=InvoiceStatus, default=InvoiceStatus.NONE, editable=False)
    payment_status = models.CharField(
        _("payment"), max_length=8, choices=PaymentStatus, default=PaymentStatus.NOT_DUE, blank=True, editable=False,
    )
    quote = models.ForeignKey("crm.Quote", models.PROTECT, null=True, editable=False, related_name="orders", verbose_name=_("quote"))
    source_key = models.CharField(_("source"), max_length=80, null=True, blank=True, editable=False)  # noqa: DJ001 - unique where known

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        ordering = ("-pk",)
        permissions = [
            ("confirm_order", "Can confirm an order"), ("release_order", "Can release a held order"), ("hold_order", "Can hold an order"),
            ("amend_order", "Can amend a confirmed order"), ("close_short_order", "Can close an order short"),
            ("cancel_order", "Can cancel an order"), ("ask_deposit_order", "Can ask for a deposit on an order"), ("complete_order", "Can complete an order"),
            ("approve_margin_order", "Can approve an order below the margin floor"),
        ]
        constraints = [
            models.UniqueConstraint(fields=("company", "number"), name="order_number_once"),
            models.UniqueConstraint(fields=("company", "source_key"), name="order_source_once"),
            models.UniqueConstraint(
                fields=("quote",), name="one_order_per_quote_revision",
                violation_error_message=_("There is an order for this quote already."),
            ),
            models.CheckConstraint(condition=Q(gross=F("net") + F("tax")), name="order_net_and_tax_make_gross"),
            models.CheckConstraint(
                condition=Q(status="on_hold", hold_reason__gt="") | (~Q(status="on_hold") & Q(hold_reason="")), name="held_order_says_why",
            ),
            models.CheckConstraint(
                condition=Q(margin_state="asked", status="on_hold", hold_reason__in=("margin", "clerk"))
                | (~Q(margin_state="asked") & ~Q(hold_reason="margin")),
                name="order_waits_for_margin_approval",
            ),
        ]
        indexes = [
            models.Index(fields=("company", "-id"), name="order_newest"),
            models.Index(fields=("company", "status", "-id"), name="order_by_status"),
            models.Index(fields=("company", "customer", "-id"), name="order_by_customer"),
        ]

    @property
    def priced_on(self) -> date:
        return self.order_date


class OrderLine(PricedLine):
    """What was ordered, and how far it has come. Counters only grow; integration reports the facts behind them."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="lines", verbose_name=_("order"))
    promised_on = models.DateField(_("promised on"), null=True, editable=False)
    promise_reason = models.CharField(_("why this date"), max_length=200, blank=True, editable=False)
    shipped = QuantityField(_("shipped"), default=0, editable=False)
    delivered = QuantityField(_("delivered"), default=0, editable=False)
    returned = QuantityField(_("returned"), default=0, editable=False)
    invoiced = QuantityField(_("invoiced"), default=0, editable=False)
    credited = QuantityField(_("credited"), default=0, editable=False)
    settled = QuantityField(
        _("settled"), default=0, editable=False,
        help_text=_("Credited for a return or as goodwill: neither goods nor an invoice are owed for it"),
    )
    cancelled_quantity = QuantityField(_("cancelled"), default=0, editable=False)

    portal_party = "order__customer_id"

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        ordering = ("order", "position")
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gte=0, cancelled_quantity__gte=0, cancelled_quantity__lte=F("quantity")),
                name="order_line_cancels_what_was_ordered", violation_error_message=_("Enter a quantity above zero."),
            ),
            models.CheckConstraint(
                condition=Q(shipped__gte=0, delivered__gte=0, returned__gte=0, invoiced__gte=0, settled__gte=0)
                & Q(returned__lte=F("shipped"), delivered__lte=F("shipped"), credited__lte=F("invoiced"), settled__lte=F("credited")),
                name="order_line_counters_agree",
            ),
            models.CheckConstraint(
                condition=Q(discount__gte=0, discount__lte=1) | Q(discount__isnull=True), name="order_line_discount_is_a_share",
            ),
            models.CheckConstraint(condition=Q(unit_price__gte=0) | Q(unit_price__isnull=True), name="order_line_price_positive"),
        ]

    @property
    def billed_quantity(self) -> Decimal:
        return self.quantity - self.cancelled_quantity

    @property
    def kept_quantity(self) -> Decimal:
        """What left and is not to be sent again."""
        return self.shipped - max(self.returned - self.settled, Decimal(0))

    @property
    def open_quantity(self) -> Decimal:
        """Goods still to be shipped; 0 for services and charges, and once the order is closed."""
        return max(self.billed_quantity - self.kept_quantity, Decimal(0)) if self.kind == self.Kind.GOODS else Decimal(0)


class OrderRevision(CompanyRow):
    """What one amendment changed: the order before and after, never changed afterwards."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="revisions", verbose_name=_("order"))
    revision = models.PositiveIntegerField(_("revision"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    before = models.JSONField(_("before"))
    after = models.JSONField(_("after"))
    actor = models.ForeignKey("kernel.User", models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), auto_now_add=True)

    portal_party = "order__customer_id"
    append_only = True

    class Meta:
        verbose_name = _("order revision")
        verbose_name_plural = _("order revisions")
        ordering = ("order", "-revision")
        constraints = [models.UniqueConstraint(fields=("order", "revision"), name="order_revision_once")]

    def __str__(self) -> str:
        return f"{self.order} / {self.revision}"
