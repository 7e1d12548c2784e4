from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from suite.kernel.companies.models import CausedRow, CompanyRow
from suite.kernel.documents.models import Document, DocumentLine
from suite.kernel.money.fields import AmountField, QuantityField


class Shipment(Document):
    """Goods for one customer that leave one site together. `wave` counts the shipments of an order."""

    class Status(models.TextChoices):
        PLANNED = "planned", _("Planned")
        BOOKED = "booked", _("Booked")
        DISPATCHED = "dispatched", _("Dispatched")
        IN_TRANSIT = "in_transit", _("Under way")
        OUT_FOR_DELIVERY = "out_for_delivery", _("Out for delivery")
        DELIVERED = "delivered", _("Delivered")
        EXCEPTION = "exception", _("Exception")
        RETURNED = "returned", _("Returned to sender")
        LOST = "lost", _("Lost by the carrier")
        CANCELLED = "cancelled", _("Cancelled")

    OPEN = (Status.PLANNED, Status.BOOKED)
    UNDER_WAY = (Status.DISPATCHED, Status.IN_TRANSIT, Status.OUT_FOR_DELIVERY, Status.EXCEPTION)

    status = models.CharField(_("status"), max_length=24, choices=Status, default=Status.PLANNED, editable=False)
    order_key = models.CharField(_("order"), max_length=60, blank=True, editable=False)
    order_number = models.CharField(_("order number"), max_length=40, blank=True, editable=False)
    reason_key = models.CharField(_("reason key"), max_length=60, blank=True, editable=False, help_text=_("Why goods leave without an order"))
    reason = models.CharField(_("reason"), max_length=80, blank=True, editable=False)
    customer = models.ForeignKey("kernel.Party", models.PROTECT, related_name="+", verbose_name=_("customer"))
    site = models.ForeignKey("kernel.Site", models.PROTECT, related_name="+", verbose_name=_("ships from"))
    wave = models.PositiveSmallIntegerField(_("wave"), default=1, editable=False)
    carrier = models.ForeignKey("scm.Carrier", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("carrier"))
    service = models.CharField(_("service"), max_length=40, blank=True)
    ship_to = models.TextField(_("ship to"), blank=True)
    requested_on = models.DateField(_("requested on"), null=True, blank=True)
    promised_on = models.DateField(_("promised on"), null=True, blank=True)
    planned_on = models.DateField(_("planned for"), null=True, blank=True)
    expected_on = models.DateField(_("expected on"), null=True, blank=True, editable=False)
    dispatched_on = models.DateField(_("dispatched on"), null=True, blank=True, editable=False)
    dispatched_at = models.DateTimeField(_("dispatched at"), null=True, blank=True, editable=False)
    delivered_at = models.DateTimeField(_("delivered at"), null=True, blank=True, editable=False)
    received_by = models.CharField(_("received by"), max_length=120, blank=True, editable=False)
    returned_on = models.DateField(_("came back on"), null=True, blank=True, editable=False)
    lost_on = models.DateField(_("lost on"), null=True, blank=True, editable=False)
    tracking_number = models.CharField(_("tracking number"), max_length=60, blank=True, editable=False)
    tracked_at = models.DateTimeField(_("last report of the carrier"), null=True, blank=True, editable=False)
    freight_cost = AmountField(_("freight cost"), default=0, editable=False)
    freight_reason = models.CharField(_("why this carrier"), max_length=200, blank=True, editable=False)
    weight_kg = models.DecimalField(_("weight (kg)"), max_digits=12, decimal_places=3, default=0, editable=False)
    source_key = models.CharField(_("source"), max_length=80, null=True, blank=True, editable=False)  # noqa: DJ001 - unique where known
    backorder_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="backorders", verbose_name=_("rest of"),
    )

    editable_statuses = (Status.PLANNED, Status.BOOKED)
    portal_party = "customer_id"

    class Meta:
        verbose_name = _("shipment")
        verbose_name_plural = _("shipments")
        ordering = ("-pk",)
        permissions = [
            ("book_shipment", "Can book a carrier"), ("dispatch_shipment", "Can dispatch a shipment"),
            ("cancel_shipment", "Can cancel a shipment"), ("deliver_shipment", "Can record a delivery"),
            ("in_transit_shipment", "Can record that a shipment is under way"),
            ("out_for_delivery_shipment", "Can record that a shipment is out for delivery"),
            ("report_exception_shipment", "Can report an exception"), ("return_to_sender_shipment", "Can take a shipment back"),
            ("lose_shipment", "Can report a shipment lost"), ("give_away_shipment", "Can send goods without an order"),
        ]
        constraints = [
            models.UniqueConstraint(fields=("company", "source_key"), name="shipment_source_once"),
            models.UniqueConstraint(fields=("company", "number"), name="shipment_number_once"),
            models.UniqueConstraint(
                fields=("carrier", "tracking_number"), condition=~Q(tracking_number=""), name="shipment_tracking_once",
                violation_error_message=_("This carrier already has a shipment with this tracking number."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=("planned", "booked", "cancelled"), dispatched_at__isnull=True)
                | Q(dispatched_at__isnull=False, dispatched_on__isnull=False) & ~Q(status__in=("planned", "booked", "cancelled")),
                name="shipment_dispatched_has_a_date",
            ),
            models.CheckConstraint(condition=Q(reason_key="") | Q(order_key=""), name="shipment_of_an_order_or_a_reason"),
            models.CheckConstraint(condition=Q(status="lost") ^ Q(lost_on__isnull=True), name="lost_shipment_has_a_date"),
            models.CheckConstraint(condition=Q(freight_cost__gte=0, weight_kg__gte=0), name="shipment_freight_positive"),
        ]
        indexes = [
            models.Index(fields=("company", "order_key"), name="shipment_of_order"),
            models.Index(fields=("company", "status", "planned_on"), name="shipment_by_status"),
        ]

    @property
    def is_open(self) -> bool:
        """Whether it has not left yet and still may change."""
        return self.status in self.OPEN

    @property
    def tracking_page(self) -> str:
        """The carrier's page for this parcel, or nothing."""
        if not (self.carrier and self.carrier.tracking_url and self.tracking_number):
            return ""
        return self.carrier.tracking_url.replace("{number}", self.tracking_number)


class ShipmentLine(DocumentLine):
    """What of an order line goes with this shipment. After dispatch `shipped` is what left; the rest stands on the next wave."""

    shipment = models.ForeignKey(Shipment, models.CASCADE, related_name="lines", verbose_name=_("shipment"))
    order_line_key = models.CharField(_("order line"), max_length=60, editable=False)
    product = models.ForeignKey("kernel.Product", models.PROTECT, related_name="+", verbose_name=_("product"))
    description = models.CharField(_("description"), max_length=200, blank=True)
    quantity = QuantityField(_("planned"))
    picked = QuantityField(_("picked"), default=0, editable=False)
    shipped = QuantityField(_("shipped"), default=0, editable=False)
    over_allowed = QuantityField(_("over-delivery allowed"), default=0, editable=False)
    location_key = models.CharField(_("location"), max_length=60, blank=True, editable=False)

    portal_party = "shipment__customer_id"
    audited = True

    class Meta:
        verbose_name = _("shipment line")
        verbose_name_plural = _("shipment lines")
        ordering = ("shipment", "position")
        constraints = [
            models.UniqueConstraint(fields=("shipment", "order_line_key"), name="shipment_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0, picked__gte=0, shipped__gte=0), name="shipment_line_quantities_positive"),
            models.CheckConstraint(
                condition=Q(shipped__lte=F("quantity") + F("over_allowed")), name="shipment_line_shipped_within_plan",
                violation_error_message=_("More is shipped than was planned."),
            ),
        ]
        indexes = [models.Index(fields=("company", "order_line_key"), name="shipment_line_of_order_line")]

    def __str__(self) -> str:
        return self.description or str(self.product)


class ShipmentLot(CompanyRow):
    """A lot of a shipment line, at one place: what of it is proposed, was picked, and left. Stock knows it by `lot_key` and `location_key`."""

    shipment = models.ForeignKey(Shipment, models.CASCADE, related_name="lots", verbose_name=_("shipment"))
    line = models.ForeignKey(ShipmentLine, models.CASCADE, related_name="lots", verbose_name=_("shipment line"))
    lot_key = models.CharField(_("lot key"), max_length=60, editable=False)
    number = models.CharField(_("lot number"), max_length=40)
    expires_on = models.DateField(_("expires on"), null=True, blank=True)
    location_key = models.CharField(_("location"), max_length=60, blank=True, editable=False)
    place = models.CharField(_("place"), max_length=80, blank=True)
    proposed = QuantityField(_("proposed"), default=0)
    picked = QuantityField(_("picked"), default=0)
    shipped = QuantityField(_("shipped"), default=0)

    portal_party = "shipment__customer_id"
    audited = True

    class Meta:
        verbose_name = _("lot of a shipment")
        verbose_name_plural = _("lots")
        ordering = ("line", "pk")
        constraints = [
            models.UniqueConstraint(fields=("line", "lot_key", "location_key"), name="shipment_lot_once"),
            models.CheckConstraint(condition=Q(proposed__gte=0, picked__gte=0, shipped__gte=0), name="shipment_lot_quantities_positive"),
        ]

    def __str__(self) -> str:
        return self.number


class ReadyGoods(CompanyRow):
    """How much of an order line stock keeps ready to be picked, as stock last said; dispatch takes away what left."""

    order_key = models.CharField(_("order"), max_length=60)
    order_line_key = models.CharField(_("order line"), max_length=60)
    quantity = QuantityField(_("ready"))

    class Meta:
        verbose_name = _("ready goods")
        verbose_name_plural = _("ready goods")
        constraints = [
            models.UniqueConstraint(fields=("company", "order_line_key"), name="ready_goods_once"),
            models.CheckConstraint(condition=Q(quantity__gte=0), name="ready_goods_positive"),
        ]
        indexes = [models.Index(fields=("company", "order_key"), name="ready_goods_of_order")]

    def __str__(self) -> str:
        return f"{self.order_line_key}: {self.quantity}"


class Parcel(CompanyRow):
    """One package of a shipment with its number (SSCC), as the label shows it."""

    shipment = models.ForeignKey(Shipment, models.CASCADE, related_name="parcels", verbose_name=_("shipment"))
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    sscc = models.CharField(_("parcel number (SSCC)"), max_length=18)
    weight_kg = models.DecimalField(_("weight (kg)"), max_digits=12, decimal_places=3, default=0)

    portal_party = "shipment__customer_id"
    audited = True

    class Meta:
        verbose_name = _("parcel")
        verbose_name_plural = _("parcels")
        ordering = ("shipment", "position")
        constraints = [
            models.UniqueConstraint(fields=("company", "sscc"), name="parcel_sscc_once"),
            models.UniqueConstraint(fields=("shipment", "position"), name="parcel_position_once"),
            models.CheckConstraint(condition=Q(weight_kg__gte=0), name="parcel_weight_positive"),
        ]

    def __str__(self) -> str:
        return self.sscc


class TrackingEvent(CausedRow):
    """A report of the carrier. The same report twice is one row."""

    carrier = models.ForeignKey("scm.Carrier", models.PROTECT, related_name="+", verbose_name=_("carrier"))
    tracking_number = models.CharField(_("tracking number"), max_length=60)
    external_id = models.CharField(_("carrier's event id"), max_length=80)
    shipment = models.ForeignKey(Shipment, models.PROTECT, null=True, related_name="tracking_events", verbose_name=_("shipment"))
    code = models.CharField(_("carrier's code"), max_length=40)
    meaning = models.CharField(_("means"), max_length=16)
    happened_at = models.DateTimeField(_("happened at"))
    place = models.CharField(_("place"), max_length=120, blank=True)
    description = models.CharField(_("description"), max_length=200, blank=True)
    expected_on = models.DateField(_("expected on"), null=True, blank=True)
    recorded_at = models.DateTimeField(_("recorded at"), auto_now_add=True)

    portal_party = "shipment__customer_id"
    append_only = True

    class Meta:
        verbose_name = _("tracking event")
        verbose_name_plural = _("tracking events")
        ordering = ("-happened_at", "-pk")
        constraints = [models.UniqueConstraint(fields=("carrier", "tracking_number", "external_id"), name="tracking_event_once")]

    def __str__(self) -> str:
        return f"{self.tracking_number} {self.code}"
