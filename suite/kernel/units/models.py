from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from suite.access.querysets import SharedQuerySet


class Unit(models.Model):
    """A unit of measure with its UN/ECE Rec 20 code, as e-invoices name it."""

    code = models.CharField(_("code"), max_length=8, unique=True)
    name = models.CharField(_("name"), max_length=40)
    uncl_code = models.CharField(_("UN/ECE code"), max_length=3, default="C62")

    objects = SharedQuerySet.as_manager()
    audited = True

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ("code",)

    def __str__(self) -> str:
        return self.code


class UnitConversion(models.Model):
    """One `unit` is numerator/denominator of `into`: exact, never a rounded factor."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="conversions", verbose_name=_("unit"))
    into = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("into"))
    numerator = models.PositiveBigIntegerField(_("numerator"), default=1)
    denominator = models.PositiveBigIntegerField(_("denominator"), default=1)

    objects = SharedQuerySet.as_manager()
    audited = True

    class Meta:
        verbose_name = _("unit conversion")
        verbose_name_plural = _("unit conversions")
        constraints = [
            models.UniqueConstraint(fields=("unit", "into"), name="unit_conversion_once"),
            models.CheckConstraint(condition=Q(numerator__gt=0, denominator__gt=0), name="unit_conversion_positive"),
        ]

    def __str__(self) -> str:
        return f"1 {self.unit} = {self.numerator}/{self.denominator} {self.into}"
