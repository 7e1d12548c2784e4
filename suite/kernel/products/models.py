from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from suite.kernel.companies.models import CompanyRow
from suite.kernel.money.fields import PriceField, QuantityField


class ProductCategory(CompanyRow):
    """A group of products; account roles may be set per category."""

    code = models.CharField(_("code"), max_length=20)
    name = models.CharField(_("name"), max_length=80)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, verbose_name=_("part of"), related_name="children")

    audited = True

    class Meta:
        verbose_name = _("product category")
        verbose_name_plural = _("product categories")
        ordering = ("name",)
        constraints = [models.UniqueConstraint(fields=("company", "code"), name="product_category_code_once")]

    def __str__(self) -> str:
        return self.name


class Product(CompanyRow):
    """Goods or a service. Valuation and tracking are fixed once stock has moved."""

    class Kind(models.TextChoices):
        GOODS = "goods", _("Goods")
        SERVICE = "service", _("Service")
        CHARGE = "charge", _("Charge")

    class Valuation(models.TextChoices):
        FIFO = "fifo", _("First in, first out")
        AVERAGE = "average", _("Moving average")
        STANDARD = "standard", _("Standard cost")

    class Tracking(models.TextChoices):
        NONE = "none", _("None")
        LOT = "lot", _("Lots")

    sku = models.CharField(_("article number"), max_length=40)
    name = models.CharField(_("name"), max_length=160)
    description = models.TextField(_("description"), blank=True)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.GOODS)
    category = models.ForeignKey(ProductCategory, models.PROTECT, null=True, blank=True, verbose_name=_("category"), related_name="products")
    unit = models.ForeignKey("kernel.Unit", models.PROTECT, verbose_name=_("unit"), related_name="+")
    list_price = PriceField(_("list price"), default=0, help_text=_("Without tax, in the company's currency"))
    tax = models.ForeignKey("kernel.Tax", models.PROTECT, null=True, blank=True, verbose_name=_("sales tax"), related_name="+",
                            limit_choices_to=Q(kind__in=("value_added", "group")))
    valuation = models.CharField(_("valuation"), max_length=8, choices=Valuation, default=Valuation.FIFO)
    standard_cost = PriceField(_("standard cost"), default=0)
    tracking = models.CharField(_("tracking"), max_length=4, choices=Tracking, default=Tracking.NONE)
    weight_kg = models.DecimalField(_("weight (kg)"), max_digits=10, decimal_places=3, default=0)
    lead_days = models.PositiveSmallIntegerField(_("supply lead time (days)"), default=7)
    reorder_point = QuantityField(_("reorder point"), default=0)
    supplier = models.ForeignKey(
        "kernel.Party", models.PROTECT, null=True, blank=True, verbose_name=_("supplier"), related_name="+",
        limit_choices_to=Q(is_supplier=True),
    )
    is_active = models.BooleanField(_("active"), default=True)
    source_key = models.CharField(_("source"), max_length=80, null=True, blank=True, editable=False)  # noqa: DJ001 - unique where known
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    audited = True

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering = ("sku",)
        constraints = [
            models.UniqueConstraint(fields=("company", "sku"), name="product_sku_once"),
            models.UniqueConstraint(fields=("company", "source_key"), name="product_source_once"),
            models.CheckConstraint(condition=Q(list_price__gte=0, standard_cost__gte=0), name="product_prices_positive"),
        ]
        indexes = [models.Index(fields=("company", "name"), name="product_by_name")]

    def __str__(self) -> str:
        return f"{self.sku} {self.name}"

    @property
    def is_stocked(self) -> bool:
        return self.kind == self.Kind.GOODS


class Barcode(CompanyRow):
    """A code printed on a product or its packaging; scanning it finds the product."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="barcodes", verbose_name=_("product"))
    code = models.CharField(_("code"), max_length=48)
    quantity = QuantityField(_("quantity in the package"), default=1)

    audited = True

    class Meta:
        verbose_name = _("barcode")
        verbose_name_plural = _("barcodes")
        constraints = [
            models.UniqueConstraint(fields=("company", "code"), name="barcode_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="barcode_quantity_positive"),
        ]

    def __str__(self) -> str:
        return self.code
