from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from suite.access.querysets import ScopedQuerySet, SharedQuerySet


class Currency(models.Model):
    """A currency of ISO 4217 with the number of digits its amounts carry."""

    code = models.CharField(_("code"), max_length=3, primary_key=True)
    name = models.CharField(_("name"), max_length=60)
    symbol = models.CharField(_("symbol"), max_length=6)
    digits = models.PositiveSmallIntegerField(_("digits"), default=2)

    objects = SharedQuerySet.as_manager()
    audited = True

    class Meta:
        verbose_name = _("currency")
        verbose_name_plural = _("currencies")
        ordering = ("code",)
        constraints = [models.CheckConstraint(condition=Q(digits__lte=3), name="currency_digits")]

    def __str__(self) -> str:
        return self.code


class ExchangeRate(models.Model):
    """How much of the company's currency one unit of `currency` is worth from a date on."""

    company = models.ForeignKey("kernel.Company", models.PROTECT, verbose_name=_("company"), related_name="+", editable=False)
    currency = models.ForeignKey(Currency, models.PROTECT, verbose_name=_("currency"), related_name="+")
    valid_from = models.DateField(_("valid from"))
    rate = models.DecimalField(_("rate"), max_digits=18, decimal_places=8)

    objects = ScopedQuerySet.as_manager()
    audited = True

    class Meta:
        verbose_name = _("exchange rate")
        verbose_name_plural = _("exchange rates")
        ordering = ("-valid_from", "currency")
        constraints = [
            models.UniqueConstraint(fields=("company", "currency", "valid_from"), name="exchange_rate_once_a_day"),
            models.CheckConstraint(condition=Q(rate__gt=0), name="exchange_rate_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.currency_id} {self.rate}"
