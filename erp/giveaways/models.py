from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from suite.kernel.companies.models import CompanyRow
from suite.kernel.documents.models import Document
from suite.kernel.money.fields import AmountField


class DispatchReason(CompanyRow):
    """Why goods leave without an invoice, and what that costs: the expense account, and the tax on the deemed supply where law asks for it."""

    code = models.CharField(_("code"), max_length=12, validators=[RegexValidator(r"^[A-Z0-9-]+$")])
    name = models.CharField(_("name"), max_length=80)
    account = models.ForeignKey("erp.Account", models.PROTECT, related_name="+", verbose_name=_("expense account"))
    tax = models.ForeignKey(
        "kernel.Tax", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("tax on the deemed supply"),
        help_text=_("On the cost of the goods; empty: none is due (samples)"),
    )
    is_active = models.BooleanField(_("active"), default=True)

    audited = True

    class Meta:
        verbose_name = _("dispatch reason")
        verbose_name_plural = _("dispatch reasons")
        ordering = ("code",)
        constraints = [models.UniqueConstraint(fields=("company", "code"), name="dispatch_reason_code_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def key(self) -> str:
        """How shipping names it: "erp.dispatchreason:3"."""
        return f"{self._meta.label_lower}:{self.pk}"


class Giveaway(Document):
    """The goods issue of a shipment that is not invoiced (O2C-29): its cost and the tax on it, both borne by the reason's account."""

    class Status(models.TextChoices):
        POSTED = "posted", _("Posted")
        RETURNED = "returned", _("Came back")

    status = models.CharField(_("status"), max_length=24, choices=Status, default=Status.POSTED, editable=False)
    shipment_key = models.CharField(_("shipment"), max_length=60, editable=False)
    shipment_number = models.CharField(_("shipment number"), max_length=40, editable=False)
    customer = models.ForeignKey("kernel.Party", models.PROTECT, related_name="+", editable=False, verbose_name=_("given to"))
    reason = models.ForeignKey(DispatchReason, models.PROTECT, related_name="+", editable=False, verbose_name=_("reason"))
    given_on = models.DateField(_("given on"), editable=False)
    cost = AmountField(_("cost"), editable=False)
    tax = models.ForeignKey("kernel.Tax", models.PROTECT, null=True, related_name="+", editable=False, verbose_name=_("tax"))
    tax_rate = models.DecimalField(_("tax rate"), max_digits=7, decimal_places=6, default=0, editable=False)
    tax_amount = AmountField(_("tax amount"), default=0, editable=False)
    entry = models.OneToOneField("erp.JournalEntry", models.PROTECT, editable=False, related_name="+", verbose_name=_("entry"))
    return_entry = models.OneToOneField(
        "erp.JournalEntry", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("entry of the return"),
    )

    portal_party = "customer_id"

    class Meta:
        verbose_name = _("giveaway")
        verbose_name_plural = _("giveaways")
        ordering = ("-pk",)
        constraints = [
            models.UniqueConstraint(fields=("company", "shipment_key"), name="giveaway_once_per_shipment"),
            models.CheckConstraint(condition=Q(cost__gte=0, tax_amount__gte=0), name="giveaway_not_negative"),
            models.CheckConstraint(condition=Q(status="returned") ^ Q(return_entry__isnull=True), name="returned_giveaway_has_entry"),
        ]

    def __str__(self) -> str:
        return f"{self.reason} {self.shipment_number}"
