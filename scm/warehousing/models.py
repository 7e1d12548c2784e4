from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from suite.kernel.documents.models import Document, DocumentLine
from suite.kernel.money.fields import QuantityField


class PickList(Document):
    """The walk through the warehouse for one shipment."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        WAITING = "waiting", _("Waiting for goods")
        PARTIALLY_READY = "partially_ready", _("Partly ready")
        READY = "ready", _("Ready")
        PICKED = "picked", _("Picked")
        PACKED = "packed", _("Packed")
        DONE = "done", _("Done")
        CANCELLED = "cancelled", _("Cancelled")

    BEFORE_PICKING = (Status.DRAFT, Status.WAITING, Status.PARTIALLY_READY, Status.READY)
    ACTIVE = (*BEFORE_PICKING, Status.PICKED, Status.PACKED)

    status = models.CharField(_("status"), max_length=24, choices=Status, default=Status.DRAFT, editable=False)
    shipment = models.OneToOneField("scm.Shipment", models.PROTECT, related_name="pick_list", verbose_name=_("shipment"))
    picked_by = models.ForeignKey("kernel.User", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("picked by"))
    picked_at = models.DateTimeField(_("picked at"), null=True, editable=False)
    packed_at = models.DateTimeField(_("packed at"), null=True, editable=False)

    editable_statuses = ()

    class Meta:
        verbose_name = _("pick list")
        verbose_name_plural = _("pick lists")
        ordering = ("-pk",)
        permissions = [
            ("ready_picklist", "Can say what is ready to pick"), ("pick_picklist", "Can pick"), ("pack_picklist", "Can pack"),
            ("repick_picklist", "Can open a pick list again"), ("done_picklist", "Can close a pick list"),
            ("cancel_picklist", "Can cancel a pick list"),
        ]
        constraints = [models.UniqueConstraint(fields=("company", "number"), name="pick_list_number_once")]
        indexes = [models.Index(fields=("company", "status"), name="pick_list_by_status")]


class PickListLine(DocumentLine):
    """What to take, what of it is there (`ready`), and what was taken."""

    pick_list = models.ForeignKey(PickList, models.CASCADE, related_name="lines", verbose_name=_("pick list"))
    shipment_line = models.OneToOneField("scm.ShipmentLine", models.CASCADE, related_name="pick_line", verbose_name=_("shipment line"))
    product = models.ForeignKey("kernel.Product", models.PROTECT, related_name="+", verbose_name=_("product"))
    quantity = QuantityField(_("to pick"))
    ready = QuantityField(_("ready"), default=0)
    picked = QuantityField(_("picked"), default=0)
    place = models.CharField(_("place"), max_length=80, blank=True)
    location_key = models.CharField(_("location"), max_length=60, blank=True, editable=False)
    short_reason = models.CharField(_("why less"), max_length=120, blank=True)

    audited = True

    class Meta:
        verbose_name = _("pick list line")
        verbose_name_plural = _("pick list lines")
        ordering = ("pick_list", "place", "position")
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gt=0, ready__gte=0, picked__gte=0, picked__lte=F("quantity")), name="pick_line_quantities_within",
                violation_error_message=_("More is picked than is wanted."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.product)
