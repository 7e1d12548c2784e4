from datetime import date
from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from crm.pricing.rules import percent
from suite.kernel.companies.models import Company
from suite.kernel.documents.models import Document, DocumentLine
from suite.kernel.money.fields import AmountField, PriceField, QuantityField, ShareField


class PricedDocument(Document):
    """What a quote and an order share: whom for, in which money, under which price list and terms, and what it comes to."""

    class MarginState(models.TextChoices):
        NONE = "", _("Not needed")
        ASKED = "asked", _("Waits for approval")
        APPROVED = "approved", _("Approved")

    customer = models.ForeignKey(
        "kernel.Party", models.PROTECT, related_name="+", verbose_name=_("customer"), limit_choices_to=Q(is_customer=True, is_active=True),
    )
    currency = models.ForeignKey(
        "kernel.Currency", models.PROTECT, blank=True, related_name="+", verbose_name=_("currency"),
        help_text=_("Empty: as the price list"),
    )
    price_list = models.ForeignKey(
        "crm.PriceList", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("price list"),
        help_text=_("Empty: the customer's"),
    )
    prices_include_tax = models.BooleanField(_("prices include tax"), default=False, editable=False)
    tax_rounding = models.CharField(
        _("tax is rounded"), max_length=14, choices=Company.TaxRounding, default=Company.TaxRounding.PER_GROUP, editable=False,
    )
    payment_term = models.ForeignKey(
        "kernel.PaymentTerm", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("payment term"),
        help_text=_("Empty: the customer's"),
    )
    billing_address = models.TextField(_("billing address"), blank=True, help_text=_("Empty: the customer's"))
    shipping_address = models.TextField(_("shipping address"), blank=True, help_text=_("Empty: the customer's"))
    customer_reference = models.CharField(_("customer's reference"), max_length=80, blank=True)
    sales_representative = models.ForeignKey(
        "kernel.Party", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("sales representative"),
        limit_choices_to=Q(is_employee=True),
    )
    note = models.TextField(_("note"), blank=True)
    margin_state = models.CharField(
        _("margin approval"), max_length=8, choices=MarginState, default=MarginState.NONE, db_default="", blank=True, editable=False,
    )
    net = AmountField(_("net"), default=0, editable=False)
    tax = AmountField(_("tax"), default=0, editable=False)
    gross = AmountField(_("total"), default=0, editable=False)

    portal_party = "customer_id"

    class Meta:
        abstract = True

    @property
    def priced_on(self) -> date:
        """The day whose prices, taxes and exchange rate count."""
        raise NotImplementedError


class PricedLine(DocumentLine):
    """A line of a quote or order. An empty price or discount is filled from the price list; `resolved_*` keep what was found there.

    `net` excludes tax, in document currency, rounded, of the quantity that is not cancelled.
    """

    class Kind(models.TextChoices):
        GOODS = "goods", _("Goods")
        SERVICE = "service", _("Service")
        CHARGE = "charge", _("Charge")

    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.GOODS, editable=False)
    product = models.ForeignKey(
        "kernel.Product", models.PROTECT, related_name="+", verbose_name=_("product"), limit_choices_to=Q(is_active=True),
    )
    description = models.CharField(_("description"), max_length=200, blank=True)
    quantity = QuantityField(
        _("quantity"), default=1, validators=[MinValueValidator(Decimal("0.000001"), _("Enter a quantity above zero."))],
    )
    unit_price = PriceField(
        _("unit price"), null=True, blank=True, help_text=_("Empty: from the price list"),
        validators=[MinValueValidator(Decimal(0), _("A price is not below zero."))],
    )
    discount = ShareField(
        _("discount"), null=True, blank=True, help_text=_("As a share: 0.15 is 15 %; empty: from the price list"),
        validators=[
            MinValueValidator(Decimal(0), _("A discount is not below zero.")), MaxValueValidator(Decimal(1), _("A discount is at most 100 %%.")),
        ],
    )
    resolved_price = PriceField(_("price found"), null=True, editable=False)
    resolved_discount = models.DecimalField(_("discount found"), max_digits=7, decimal_places=6, null=True, editable=False)
    price_rule = models.CharField(_("why this price"), max_length=200, blank=True, editable=False)
    price_is_manual = models.BooleanField(_("price by hand"), default=False, editable=False)
    tax = models.ForeignKey("kernel.Tax", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("tax"))
    tax_rate = models.DecimalField(_("tax rate"), max_digits=7, decimal_places=6, default=0, editable=False)
    tax_reason = models.CharField(_("why this tax"), max_length=200, blank=True, editable=False)
    tax_is_manual = models.BooleanField(_("tax by hand"), default=False, editable=False)
    net = AmountField(_("net"), default=0, editable=False)

    audited = True

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.description or str(self.product)

    @property
    def billed_quantity(self) -> Decimal:
        """The quantity that will be charged: all of it, less what was cancelled."""
        return self.quantity

    @property
    def unit_price_shown(self) -> str:
        """The price of one unit with all its digits, two at least: "0.125"; empty where there is none."""
        if self.unit_price is None:
            return ""
        return number_format(self.unit_price, max(2, -self.unit_price.normalize().as_tuple().exponent), force_grouping=True)

    @property
    def discount_shown(self) -> str:
        """The discount as people say it: "15 %"."""
        return percent(self.discount)

    @property
    def tax_shown(self) -> str:
        """The tax rate as people say it: "19 %"."""
        return percent(self.tax_rate) or "0\u00a0%"

    discount_shown.fget.short_description = _("discount")
    tax_shown.fget.short_description = _("tax")
