from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from suite.kernel.documents.models import Document
from suite.kernel.money.fields import AmountField


class CarrierClaim(Document):
    """What is claimed from a carrier for lost goods: Dr AR (carrier) / Cr SCRAP_LOSS. Drafted with the loss; what was agreed is posted."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        POSTED = "posted", _("Claimed")
        DROPPED = "dropped", _("Not claimed")
        REVERSED = "reversed", _("Taken back")

    status = models.CharField(_("status"), max_length=24, choices=Status, default=Status.DRAFT, editable=False)
    carrier = models.ForeignKey("kernel.Party", models.PROTECT, related_name="+", verbose_name=_("carrier"), limit_choices_to={"is_carrier": True})
    shipment_key = models.CharField(_("shipment"), max_length=60, editable=False)
    shipment_number = models.CharField(_("shipment number"), max_length=40, blank=True)
    tracking_number = models.CharField(_("tracking number"), max_length=60, blank=True)
    loss = AmountField(_("loss in the books"), default=0, editable=False)
    amount = AmountField(_("amount claimed"), help_text=_("In company currency, without tax: it is damages"))
    claimed_on = models.DateField(_("claimed on"), default=timezone.localdate)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    reference = models.CharField(_("carrier's reference"), max_length=80, blank=True)
    entry = models.OneToOneField("erp.JournalEntry", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("entry"))
    reversal = models.OneToOneField("erp.JournalEntry", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("entry of the reversal"))

    class Meta:
        verbose_name = _("claim on a carrier")
        verbose_name_plural = _("claims on carriers")
        ordering = ("-pk",)
        permissions = [
            ("post_carrierclaim", "Can claim from a carrier"), ("drop_carrierclaim", "Can drop a claim on a carrier"),
            ("reverse_carrierclaim", "Can take back a claim on a carrier"),
        ]
        constraints = [
            models.UniqueConstraint(fields=("company", "number"), name="carrier_claim_number_once"),
            models.UniqueConstraint(
                fields=("company", "shipment_key"), condition=~Q(shipment_key="") & ~Q(status__in=("dropped", "reversed")), name="carrier_claim_once",
                violation_error_message=_("This shipment is claimed already."),
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="carrier_claim_above_zero", violation_error_message=_("Enter an amount above zero.")),
            models.CheckConstraint(condition=Q(status__in=("posted", "reversed")) ^ Q(entry__isnull=True), name="posted_carrier_claim_has_entry"),
            models.CheckConstraint(condition=Q(status="reversed") ^ Q(reversal__isnull=True), name="reversed_carrier_claim_has_entry"),
        ]

    def __str__(self) -> str:
        return self.number or f"{self._meta.verbose_name} {self.shipment_number}".strip()
