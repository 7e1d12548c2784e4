from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from suite.kernel.companies.models import CompanyRow
from suite.kernel.money.fields import AmountField


class Carrier(CompanyRow):
    """A service of a party that carries goods for us, at rates by weight and country."""

    party = models.ForeignKey(
        "kernel.Party", models.PROTECT, verbose_name=_("party"), related_name="+", limit_choices_to=Q(is_carrier=True),
    )
    code = models.CharField(_("code"), max_length=20)
    name = models.CharField(_("name"), max_length=80)
    service = models.CharField(_("service"), max_length=40, blank=True, help_text=_("As printed on the label: Express, Standard"))
    tracking_url = models.CharField(
        _("tracking page"), max_length=200, blank=True, validators=[RegexValidator(r"^https?://")],
        help_text=_("{number} stands for the tracking number"),
    )
    transit_days = models.PositiveSmallIntegerField(_("working days under way"), default=2)
    gs1_prefix = models.CharField(
        _("GS1 prefix of our parcels"), max_length=10, default="2000000", validators=[RegexValidator(r"^\d{7,10}$")],
        help_text=_("Start of the parcel numbers (SSCC). 2000000 is for use between us and this carrier only."),
    )
    is_active = models.BooleanField(_("active"), default=True)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    audited = True

    class Meta:
        verbose_name = _("carrier")
        verbose_name_plural = _("carriers")
        ordering = ("name", "code")
        constraints = [models.UniqueConstraint(fields=("company", "code"), name="carrier_code_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.service}".strip()

    @property
    def key(self) -> str:
        """How other suites name this carrier: "scm.carrier:3"."""
        return f"scm.carrier:{self.pk}"


class CarrierRate(CompanyRow):
    """The price of a parcel up to a weight, in the company's currency. Country empty: wherever no other row says."""

    carrier = models.ForeignKey(Carrier, models.CASCADE, related_name="rates", verbose_name=_("carrier"))
    country = models.CharField(_("country"), max_length=60, blank=True, help_text=_("Empty: everywhere else"))
    up_to_kg = models.DecimalField(_("up to (kg)"), max_digits=10, decimal_places=3)
    price = AmountField(_("price"))

    audited = True

    class Meta:
        verbose_name = _("carrier rate")
        verbose_name_plural = _("carrier rates")
        ordering = ("carrier", "country", "up_to_kg")
        constraints = [
            models.UniqueConstraint(fields=("carrier", "country", "up_to_kg"), name="carrier_rate_once"),
            models.CheckConstraint(
                condition=Q(up_to_kg__gt=0, price__gte=0), name="carrier_rate_positive",
                violation_error_message=_("The weight is above zero and the price is not below zero."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.country or '*'} {self.up_to_kg} kg: {self.price}"


class TrackingMeaning(models.TextChoices):
    """What a carrier's report means for a shipment."""

    INFORMATION = "information", _("For information")
    IN_TRANSIT = "in_transit", _("Under way")
    OUT_FOR_DELIVERY = "out_for_delivery", _("Out for delivery")
    DELIVERED = "delivered", _("Delivered")
    EXCEPTION = "exception", _("Something is wrong")


class CarrierStatusCode(CompanyRow):
    """What a code of this carrier means; codes that stand in no row are read by their usual names."""

    carrier = models.ForeignKey(Carrier, models.CASCADE, related_name="status_codes", verbose_name=_("carrier"))
    code = models.CharField(_("carrier's code"), max_length=40)
    meaning = models.CharField(_("means"), max_length=16, choices=TrackingMeaning)

    audited = True

    class Meta:
        verbose_name = _("carrier status code")
        verbose_name_plural = _("carrier status codes")
        ordering = ("carrier", "code")
        constraints = [models.UniqueConstraint(fields=("carrier", "code"), name="carrier_status_code_once")]

    def __str__(self) -> str:
        return f"{self.code}: {self.get_meaning_display()}"
