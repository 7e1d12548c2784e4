from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from suite.kernel.companies.models import CausedRow
from suite.kernel.money.fields import QuantityField


class Reservation(CausedRow):
    """Stock kept for a document line: firm on a level, or planned while none is there.

    Only the database's own functions write it, and the level's counter with it (I7).
    """

    class Status(models.TextChoices):
        PLANNED = "planned", _("Waiting for stock")
        FIRM = "firm", _("Reserved")
        CONSUMED = "consumed", _("Shipped")
        RELEASED = "released", _("Released")

    status = models.CharField(_("status"), max_length=10, choices=Status)
    product = models.ForeignKey("kernel.Product", models.PROTECT, related_name="+", verbose_name=_("product"))
    warehouse = models.ForeignKey("erp.Warehouse", models.PROTECT, related_name="+", verbose_name=_("warehouse"))
    level = models.ForeignKey("erp.StockLevel", models.PROTECT, null=True, blank=True, related_name="reservations", verbose_name=_("level"))
    document_key = models.CharField(_("document"), max_length=60)
    line_key = models.CharField(_("line"), max_length=60)
    quantity = QuantityField(_("quantity"))
    wanted_on = models.DateField(_("wanted on"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    machine_kept = True

    class Meta:
        verbose_name = _("reservation")
        verbose_name_plural = _("reservations")
        ordering = ("pk",)
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="reservation_positive"),
            models.CheckConstraint(condition=~Q(status="firm") | Q(level__isnull=False), name="firm_reservation_has_a_level"),
            models.UniqueConstraint(
                fields=("company", "line_key", "level"), condition=Q(status="firm"), name="one_firm_reservation_per_line_and_level",
            ),
            models.UniqueConstraint(fields=("company", "line_key"), condition=Q(status="planned"), name="one_planned_reservation_per_line"),
        ]
        indexes = [
            models.Index(fields=("company", "product"), condition=Q(status="planned"), name="reservation_waiting"),
            models.Index(fields=("document_key",), name="reservation_of_document"),
            models.Index(fields=("line_key",), name="reservation_of_line"),
        ]

    def __str__(self) -> str:
        return f"{self.get_status_display()} {self.quantity.normalize():f} {self.product}"
