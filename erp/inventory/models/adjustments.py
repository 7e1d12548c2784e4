from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from suite.kernel.documents.models import Document, DocumentLine
from suite.kernel.money.fields import AmountField, PriceField, QuantityField


class StockAdjustment(Document):
    """Stock or its value corrected by hand: opening, count difference, scrap, revaluation, write-down."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        POSTED = "posted", _("Posted")

    class Kind(models.TextChoices):
        OPENING = "opening", _("Opening stock")
        COUNT = "count", _("Count difference")
        SCRAP = "scrap", _("Scrap")
        REVALUATION = "revaluation", _("Revaluation")
        WRITE_DOWN = "write_down", _("Write-down")

    status = models.CharField(_("status"), max_length=24, choices=Status, default=Status.DRAFT, editable=False)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.COUNT)
    happened_on = models.DateField(_("date"))
    warehouse = models.ForeignKey("erp.Warehouse", models.PROTECT, related_name="+", verbose_name=_("warehouse"))
    note = models.CharField(_("reason"), max_length=200, blank=True)
    entry = models.OneToOneField("erp.JournalEntry", models.PROTECT, null=True, editable=False, related_name="adjustment", verbose_name=_("entry"))
    source_key = models.CharField(_("source"), max_length=80, null=True, blank=True, editable=False)  # noqa: DJ001 - unique where known

    class Meta:
        verbose_name = _("stock adjustment")
        verbose_name_plural = _("stock adjustments")
        ordering = ("-pk",)
        permissions = [("post_stockadjustment", "Can post a stock adjustment")]
        constraints = [
            models.UniqueConstraint(fields=("company", "source_key"), name="adjustment_source_once"),
            models.UniqueConstraint(fields=("company", "number"), name="adjustment_number_once"),
        ]


class StockAdjustmentLine(DocumentLine):
    """A quantity in (positive) or out (negative), with its cost when it comes in; or a change of value alone."""

    adjustment = models.ForeignKey(StockAdjustment, models.CASCADE, related_name="lines", verbose_name=_("adjustment"))
    product = models.ForeignKey("kernel.Product", models.PROTECT, related_name="+", verbose_name=_("product"))
    location = models.ForeignKey("erp.Location", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("location"))
    lot = models.ForeignKey("erp.Lot", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("lot"))
    quantity = QuantityField(_("quantity"), default=0)
    unit_cost = PriceField(_("unit cost"), null=True, blank=True, help_text=_("Of what comes in; empty: the present cost"))
    value_change = AmountField(_("change of value"), default=0)

    class Meta:
        verbose_name = _("stock adjustment line")
        verbose_name_plural = _("stock adjustment lines")
        ordering = ("adjustment", "position")
        constraints = [
            models.CheckConstraint(
                condition=~Q(quantity=0) | ~Q(value_change=0) | Q(unit_cost__isnull=False), name="adjustment_line_changes_something",
            ),
            models.CheckConstraint(condition=Q(unit_cost__gte=0) | Q(unit_cost__isnull=True), name="adjustment_cost_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.product} {self.quantity}"


class StockTransfer(Document):
    """Goods on their way from one location to another; between warehouses they are in transit until received."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        IN_TRANSIT = "in_transit", _("In transit")
        PARTIALLY_RECEIVED = "partially_received", _("Partly received")
        DONE = "done", _("Received")
        CLOSED_SHORT = "closed_short", _("Closed short")
        CANCELLED = "cancelled", _("Cancelled")

    class Loss(models.TextChoices):
        COUNT = "count", _("Missing (count difference)")
        SCRAP = "scrap", _("Damaged (scrap)")

    UNDER_WAY = (Status.IN_TRANSIT, Status.PARTIALLY_RECEIVED)

    status = models.CharField(_("status"), max_length=24, choices=Status, default=Status.DRAFT, editable=False)
    sent_on = models.DateField(_("date"))
    origin = models.ForeignKey("erp.Location", models.PROTECT, related_name="+", verbose_name=_("from"))
    destination = models.ForeignKey("erp.Location", models.PROTECT, related_name="+", verbose_name=_("to"))
    note = models.CharField(_("note"), max_length=200, blank=True)
    loss = models.CharField(_("what never arrived"), max_length=8, choices=Loss, blank=True, editable=False)
    source_key = models.CharField(_("source"), max_length=80, null=True, blank=True, editable=False)  # noqa: DJ001 - unique where known

    class Meta:
        verbose_name = _("stock transfer")
        verbose_name_plural = _("stock transfers")
        ordering = ("-pk",)
        permissions = [
            ("send_stocktransfer", "Can send a stock transfer"), ("receive_stocktransfer", "Can receive a stock transfer"),
            ("cancel_stocktransfer", "Can cancel a stock transfer"), ("close_short_stocktransfer", "Can close a stock transfer short"),
        ]
        constraints = [
            models.UniqueConstraint(fields=("company", "number"), name="transfer_number_once"),
            models.UniqueConstraint(fields=("company", "source_key"), name="transfer_source_once"),
            models.CheckConstraint(condition=~Q(origin=F("destination")), name="transfer_goes_somewhere"),
            models.CheckConstraint(condition=Q(status="closed_short") ^ Q(loss=""), name="transfer_closed_short_has_a_loss"),
        ]


class StockTransferLine(DocumentLine):
    """What is transferred; the value that left arrives unchanged. What is neither received nor lost is under way once it was sent."""

    transfer = models.ForeignKey(StockTransfer, models.CASCADE, related_name="lines", verbose_name=_("transfer"))
    product = models.ForeignKey("kernel.Product", models.PROTECT, related_name="+", verbose_name=_("product"))
    lot = models.ForeignKey("erp.Lot", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("lot"))
    quantity = QuantityField(_("quantity"))
    value = AmountField(_("value sent"), default=0, editable=False)
    received = QuantityField(_("received"), default=0, editable=False)
    lost = QuantityField(_("lost"), default=0, editable=False)

    class Meta:
        verbose_name = _("stock transfer line")
        verbose_name_plural = _("stock transfer lines")
        ordering = ("transfer", "position")
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="transfer_quantity_positive"),
            models.CheckConstraint(
                condition=Q(received__gte=0, lost__gte=0, quantity__gte=F("received") + F("lost")), name="transfer_received_within_sent",
                violation_error_message=_("More arrives than was sent."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product} {self.quantity}"

    @property
    def under_way(self) -> Decimal:
        """What has neither arrived nor been given up, once it was sent."""
        return self.quantity - self.received - self.lost
