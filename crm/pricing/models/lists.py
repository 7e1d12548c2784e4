from decimal import Decimal

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Func, Q
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from crm.pricing.rules import percent
from suite.kernel.companies.models import CompanyRow
from suite.kernel.money.fields import PriceField, QuantityField, ShareField


class _Days(Func):
    function = "DATERANGE"
    output_field = DateRangeField()


class PriceList(CompanyRow):
    """Prices agreed with some customers, or the company's own. What it does not price is looked up in its parent."""

    code = models.CharField(_("code"), max_length=20)
    name = models.CharField(_("name"), max_length=80)
    currency = models.ForeignKey("kernel.Currency", models.PROTECT, related_name="+", verbose_name=_("currency"))
    prices_include_tax = models.BooleanField(_("prices include tax"), default=False)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    is_default = models.BooleanField(
        _("company default"), default=False, help_text=_("Used for customers without a list of their own, and behind every other list"),
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("otherwise look in"),
        help_text=_("The list that prices what this one does not"),
    )
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    audited = True

    class Meta:
        verbose_name = _("price list")
        verbose_name_plural = _("price lists")
        ordering = ("code",)
        constraints = [
            models.UniqueConstraint(fields=("company", "code"), name="price_list_code_once"),
            models.UniqueConstraint(
                fields=("company", "currency", "prices_include_tax"), condition=Q(is_default=True), name="one_default_price_list",
                violation_error_message=_("There is a default price list in this currency already; take the mark off that one first."),
            ),
            models.CheckConstraint(
                condition=Q(valid_until__gte=F("valid_from")) | Q(valid_from__isnull=True) | Q(valid_until__isnull=True),
                name="price_list_ends_after_start",
                violation_error_message=_("The list ends before it starts; correct one of the two dates."),
            ),
            models.CheckConstraint(condition=Q(parent__isnull=True) | ~Q(parent=F("pk")), name="price_list_is_not_its_own_parent"),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        parent = self.parent
        if parent is None:
            return
        if (parent.currency_id, parent.prices_include_tax) != (self.currency_id, self.prices_include_tax):
            raise ValidationError({"parent": _("The parent list must be in the same currency, and with or without tax like this one.")})
        seen = {self.pk}
        while parent is not None:
            if parent.pk in seen:
                raise ValidationError({"parent": _("These lists would look in each other for ever; choose another parent.")})
            seen.add(parent.pk)
            parent = parent.parent


class PriceListItem(CompanyRow):
    """A price, or a discount on the price found further back, for a product or a whole category, from a quantity on."""

    price_list = models.ForeignKey(PriceList, models.CASCADE, related_name="items", verbose_name=_("price list"))
    product = models.ForeignKey("kernel.Product", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("product"))
    category = models.ForeignKey(
        "kernel.ProductCategory", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("or all of category"),
    )
    min_quantity = QuantityField(_("from quantity"), default=0, validators=[MinValueValidator(Decimal(0))])
    unit_price = PriceField(_("unit price"), null=True, blank=True, validators=[MinValueValidator(Decimal(0))])
    discount = ShareField(
        _("or discount"), null=True, blank=True, help_text=_("As a share: 0.15 is 15 %"),
        validators=[
            MinValueValidator(Decimal(0), _("A discount is not below zero.")), MaxValueValidator(Decimal(1), _("A discount is at most 100 %%.")),
        ],
    )
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    audited = True

    class Meta:
        verbose_name = _("price")
        verbose_name_plural = _("prices")
        ordering = ("price_list", "product", "category", "min_quantity")
        constraints = [
            models.CheckConstraint(
                condition=Q(product__isnull=False, category__isnull=True) | Q(product__isnull=True, category__isnull=False),
                name="price_of_product_or_category", violation_error_message=_("Name a product or a category, one of the two."),
            ),
            models.CheckConstraint(
                condition=Q(unit_price__isnull=False, discount__isnull=True) | Q(unit_price__isnull=True, discount__isnull=False),
                name="price_or_discount", violation_error_message=_("Give a unit price or a discount, one of the two."),
            ),
            models.CheckConstraint(
                condition=Q(min_quantity__gte=0)
                & (Q(unit_price__gte=0) | Q(unit_price__isnull=True))
                & (Q(discount__gte=0, discount__lte=1) | Q(discount__isnull=True)),
                name="price_not_negative",
                violation_error_message=_("Quantities and prices are not negative; a discount is at most the whole price."),
            ),
            models.CheckConstraint(
                condition=Q(valid_until__gte=F("valid_from")) | Q(valid_from__isnull=True) | Q(valid_until__isnull=True),
                name="price_ends_after_start", violation_error_message=_("The price ends before it starts; correct one of the two dates."),
            ),
            ExclusionConstraint(
                name="product_prices_do_not_overlap",
                expressions=[
                    ("price_list", RangeOperators.EQUAL), ("product", RangeOperators.EQUAL), ("min_quantity", RangeOperators.EQUAL),
                    (_Days("valid_from", "valid_until", models.Value("[]")), RangeOperators.OVERLAPS),
                ],
                condition=Q(product__isnull=False),
                violation_error_message=_("The list has a price for this product, quantity and time already; end that one first."),
            ),
            ExclusionConstraint(
                name="category_prices_do_not_overlap",
                expressions=[
                    ("price_list", RangeOperators.EQUAL), ("category", RangeOperators.EQUAL), ("min_quantity", RangeOperators.EQUAL),
                    (_Days("valid_from", "valid_until", models.Value("[]")), RangeOperators.OVERLAPS),
                ],
                condition=Q(category__isnull=False),
                violation_error_message=_("The list has a price for this category, quantity and time already; end that one first."),
            ),
        ]

    @property
    def discount_shown(self) -> str:
        """The discount as people say it: "15 %"."""
        return percent(self.discount)

    discount_shown.fget.short_description = _("or discount")

    @property
    def validity(self) -> str:
        """The days on which it holds, in words; empty for always."""
        starts, ends = (date_format(day, "SHORT_DATE_FORMAT") if day else "" for day in (self.valid_from, self.valid_until))
        return f"{starts} – {ends}" if starts or ends else ""

    validity.fget.short_description = _("valid")

    def __str__(self) -> str:
        return f"{self.price_list}: {self.product or self.category} ≥ {self.min_quantity}"
