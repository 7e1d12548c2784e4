from django.db import models
from django.utils.translation import gettext_lazy as _

from suite.kernel.companies.models import CompanyRow


class Warehouse(CompanyRow):
    """A building whose stock is valued together."""

    code = models.CharField(_("code"), max_length=12)
    name = models.CharField(_("name"), max_length=80)
    site = models.ForeignKey("kernel.Site", models.PROTECT, related_name="+", verbose_name=_("site"))
    is_active = models.BooleanField(_("active"), default=True)

    audited = True

    class Meta:
        verbose_name = _("warehouse")
        verbose_name_plural = _("warehouses")
        ordering = ("code",)
        constraints = [models.UniqueConstraint(fields=("company", "code"), name="warehouse_code_once")]

    def __str__(self) -> str:
        return self.name


class Location(CompanyRow):
    """A place in a warehouse. Only stock in a pickable one is promised to customers."""

    class Kind(models.TextChoices):
        STOCK = "stock", _("Stock")
        INPUT = "input", _("Goods in")
        OUTPUT = "output", _("Goods out")
        QUARANTINE = "quarantine", _("Quarantine")
        TRANSIT = "transit", _("In transit")

    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="locations", verbose_name=_("warehouse"))
    code = models.CharField(_("code"), max_length=24)
    name = models.CharField(_("name"), max_length=80, blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.STOCK)
    allow_negative = models.BooleanField(_("may go below zero"), default=False)

    audited = True

    class Meta:
        verbose_name = _("location")
        verbose_name_plural = _("locations")
        ordering = ("warehouse", "code")
        constraints = [models.UniqueConstraint(fields=("warehouse", "code"), name="location_code_once")]

    def __str__(self) -> str:
        return self.code


class Lot(CompanyRow):
    """Units of a product made or bought together."""

    product = models.ForeignKey("kernel.Product", models.PROTECT, related_name="+", verbose_name=_("product"))
    number = models.CharField(_("lot number"), max_length=40)
    expires_on = models.DateField(_("expires on"), null=True, blank=True)

    audited = True

    class Meta:
        verbose_name = _("lot")
        verbose_name_plural = _("lots")
        ordering = ("product", "number")
        constraints = [models.UniqueConstraint(fields=("product", "number"), name="lot_number_once")]

    def __str__(self) -> str:
        return self.number
