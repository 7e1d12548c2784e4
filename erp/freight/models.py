from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from suite.kernel.documents.models import Document
from suite.kernel.money.fields import AmountField


class FreightAccrual(Document):
    """What a carrier is expected to charge for a shipment, in company currency. `open_amount` waits for the bill (the database keeps it)."""

    class Status(models.TextChoices):
        OPEN = "open", _("Waits for the bill")
        BILLED = "billed", _("Billed")
        RELEASED = "released", _("Given up")

    status = models.CharField(_("status"), max_length=24, choices=Status, default=Status.OPEN, editable=False)
    shipment_key = models.CharField(_("shipment"), max_length=60, editable=False)
    order_key = models.CharField(_("order"), max_length=60, blank=True, editable=False)
    carrier = models.ForeignKey("kernel.Party", models.PROTECT, related_name="+", verbose_name=_("carrier"))
    accrued_on = models.DateField(_("dispatched on"))
    amount = AmountField(_("expected"))
    open_amount = AmountField(_("open"), default=0, editable=False)
    entry = models.OneToOneField("erp.JournalEntry", models.PROTECT, related_name="freight_accrual", verbose_name=_("entry"))
    reason = models.CharField(_("given up because"), max_length=200, blank=True, editable=False)

    editable_statuses = ()

    class Meta:
        verbose_name = _("freight accrual")
        verbose_name_plural = _("freight accruals")
        ordering = ("-pk",)
        permissions = [("release_freightaccrual", "Can give a freight accrual up")]
        constraints = [
            models.UniqueConstraint(fields=("company", "shipment_key"), name="freight_of_shipment_once"),
            models.CheckConstraint(condition=Q(amount__gt=0, open_amount__gte=0, open_amount__lte=F("amount")), name="freight_within_its_amount"),
        ]
        indexes = [models.Index(fields=("company", "accrued_on"), condition=Q(open_amount__gt=0), name="freight_open")]

    def __str__(self) -> str:
        return f"{self.number} {self.carrier}"
