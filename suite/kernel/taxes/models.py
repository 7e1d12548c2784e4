from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from suite.kernel.companies.models import CompanyRow


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

    code = models.CharField(_("code"), max_length=20)
    name = models.CharField(_("name"), max_length=80)
    rate = models.DecimalField(_("rate"), max_digits=7, decimal_places=6, help_text=_("As a share: 0.19 is 19 %"))
    category = models.CharField(_("category"), max_length=2, choices=TaxCategory, default=TaxCategory.STANDARD)
    self_assessed_rate = models.DecimalField(
        _("rate owed by the buyer"), max_digits=7, decimal_places=6, default=0,
        help_text=_("As a share. On purchases under reverse charge: what we owe and deduct ourselves, although the bill shows no tax"),
    )
    exemption_reason = models.CharField(_("reason printed when no tax is charged"), max_length=160, blank=True)
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
            models.CheckConstraint(condition=Q(rate__gte=0, rate__lt=1), name="tax_rate_is_a_share"),
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
