from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from suite.kernel.companies.models import Company, CompanyRow


class TaxCategory(models.TextChoices):
    """Categories of EN 16931 (UNCL 5305)."""

    STANDARD = "S", _("Standard rate")
    ZERO = "Z", _("Zero rated")
    EXEMPT = "E", _("Exempt")
    REVERSE_CHARGE = "AE", _("Reverse charge")
    INTRA_COMMUNITY = "K", _("Intra-Community supply")
    EXPORT = "G", _("Export")


class Tax(CompanyRow):
    """A tax code: a rate valid for a time, in a category. The rate is a share (0.19), not a percentage."""

    class Kind(models.TextChoices):
        VALUE_ADDED = "value_added", _("Value added or sales tax")
        GROUP = "group", _("Several taxes together")
        WITHHOLDING = "withholding", _("Withholding tax")

    code = models.CharField(_("code"), max_length=20)
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.VALUE_ADDED)
    rate = models.DecimalField(_("rate"), max_digits=7, decimal_places=6, help_text=_("As a share: 0.19 is 19 %"))
    category = models.CharField(_("category"), max_length=2, choices=TaxCategory, default=TaxCategory.STANDARD)
    self_assessed_rate = models.DecimalField(
        _("rate owed by the buyer"), max_digits=7, decimal_places=6, default=0,
        help_text=_("As a share. On purchases under reverse charge: what we owe and deduct ourselves, although the bill shows no tax"),
    )
    deductible_share = models.DecimalField(
        _("deductible share"), max_digits=7, decimal_places=6, default=1,
        help_text=_("As a share, on purchases: 0.5 where half may be deducted. The rest is part of the cost"),
    )
    tax_point = models.CharField(
        _("falls due"), max_length=8, choices=Company.TaxPoint, blank=True, help_text=_("Empty: as the company says"),
    )
    composition = models.JSONField(_("made of"), default=list, blank=True, editable=False, help_text=_(
        "Of a group, kept from its parts: [tax, rate, whether on top of the earlier ones]"))
    exemption_reason = models.CharField(_("reason printed when no tax is charged"), max_length=160, blank=True)
    exemption_code = models.CharField(
        _("code of that reason"), max_length=30, blank=True, help_text=_("Of the VATEX list, as e-invoices state it: VATEX-EU-IC"),
    )
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    audited = True

    class Meta:
        verbose_name = _("tax")
        verbose_name_plural = _("taxes")
        ordering = ("code",)
        constraints = [
            models.UniqueConstraint(fields=("company", "code"), name="tax_code_once"),
            models.CheckConstraint(condition=Q(rate__gte=0, rate__lt=1), name="tax_rate_is_a_share", violation_error_message=_(
                "A rate is a share from 0 to below 1 (0.19 is 19 %%): nothing can be above 100 %%.")),
            models.CheckConstraint(
                condition=Q(deductible_share__gte=0, deductible_share__lte=1), name="tax_deductible_is_a_share",
                violation_error_message=_("The deductible share is from 0 to 1 (0.5 is one half)."),
            ),
            models.CheckConstraint(
                condition=~Q(kind="withholding") | Q(category=TaxCategory.STANDARD, deductible_share=1, self_assessed_rate=0),
                name="tax_withheld_is_plain", violation_error_message=_("Withholding tax has a rate and nothing else."),
            ),
            models.CheckConstraint(condition=Q(category=TaxCategory.STANDARD) | Q(rate=0), name="tax_without_rate_outside_standard"),
            models.CheckConstraint(
                condition=Q(self_assessed_rate=0)
                | Q(category__in=(TaxCategory.REVERSE_CHARGE, TaxCategory.INTRA_COMMUNITY), self_assessed_rate__gt=0, self_assessed_rate__lt=1),
                name="tax_self_assessed_under_reverse_charge",
                violation_error_message=_("Only reverse charge and intra-Community codes are owed by the buyer."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def plan(self) -> tuple[tuple[int, Decimal, bool], ...]:
        """Parts of a group in order: (tax, rate, whether on top of the earlier ones); empty for a single tax."""
        return tuple((pk, Decimal(rate), is_on_earlier) for pk, rate, is_on_earlier in self.composition)


class TaxPart(CompanyRow):
    """A tax within a group, in order. One that is computed on the earlier ones too is compound."""

    group = models.ForeignKey(Tax, models.CASCADE, related_name="parts", verbose_name=_("group"), limit_choices_to=Q(kind="group"))
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    tax = models.ForeignKey(
        Tax, models.PROTECT, related_name="+", verbose_name=_("tax"), limit_choices_to=Q(kind="value_added"),
    )
    is_on_earlier = models.BooleanField(
        _("on top of the earlier ones"), default=False, help_text=_("Computed on the price and the taxes before it"),
    )

    audited = True

    class Meta:
        verbose_name = _("part of a tax")
        verbose_name_plural = _("parts of taxes")
        ordering = ("group", "position", "pk")
        constraints = [
            models.UniqueConstraint(fields=("group", "tax"), name="tax_part_once", violation_error_message=_("This tax is in the group already.")),
            models.CheckConstraint(
                condition=~Q(group=F("tax")), name="tax_part_is_another", violation_error_message=_("A group is not a part of itself."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tax}"


class FiscalPosition(CompanyRow):
    """Under what circumstances other taxes apply than the product's: where the party is, whether it has a tax number, and when."""

    class Group(models.TextChoices):
        ANY = "any", _("Any country")
        DOMESTIC = "domestic", _("Our own country")
        EUROPEAN_UNION = "eu", _("Other member states of the EU")
        ELSEWHERE = "elsewhere", _("Outside the EU")
        LISTED = "listed", _("The countries named")

    code = models.CharField(_("code"), max_length=20)
    name = models.CharField(_("name"), max_length=80)
    country_group = models.CharField(_("where the party is"), max_length=10, choices=Group, default=Group.ANY)
    countries = models.CharField(_("countries"), max_length=200, blank=True, help_text=_("ISO codes: CH, NO"))
    needs_tax_number = models.BooleanField(_("only with a tax number"), default=False)
    is_automatic = models.BooleanField(_("applied by itself"), default=True, help_text=_("Otherwise only where the party names it"))
    priority = models.PositiveSmallIntegerField(_("priority"), default=10, help_text=_("The lowest that fits is taken"))
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    audited = True

    class Meta:
        verbose_name = _("fiscal position")
        verbose_name_plural = _("fiscal positions")
        ordering = ("priority", "code")
        constraints = [
            models.UniqueConstraint(fields=("company", "code"), name="fiscal_position_code_once"),
            models.CheckConstraint(
                condition=Q(valid_until__gte=F("valid_from")) | Q(valid_from__isnull=True) | Q(valid_until__isnull=True),
                name="fiscal_position_ends_after_start", violation_error_message=_("It ends before it begins."),
            ),
            models.CheckConstraint(
                condition=(Q(country_group="listed") & ~Q(countries="")) | (~Q(country_group="listed") & Q(countries="")),
                name="fiscal_position_names_its_countries",
                violation_error_message=_("Name the countries, or choose a group of countries; not both."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class FiscalPositionTax(CompanyRow):
    """What a tax becomes in a fiscal position. Where no tax is charged, the tax it becomes is one without a rate that says why."""

    fiscal_position = models.ForeignKey(FiscalPosition, models.CASCADE, related_name="taxes", verbose_name=_("fiscal position"))
    source = models.ForeignKey(Tax, models.PROTECT, related_name="+", verbose_name=_("instead of"))
    target = models.ForeignKey(Tax, models.PROTECT, related_name="+", verbose_name=_("applies"))

    audited = True

    class Meta:
        verbose_name = _("tax of a fiscal position")
        verbose_name_plural = _("taxes of fiscal positions")
        ordering = ("fiscal_position", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=("fiscal_position", "source"), name="fiscal_position_tax_once", violation_error_message=_("This tax has its row already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} → {self.target}"
