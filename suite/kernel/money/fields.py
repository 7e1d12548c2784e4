"""Columns for amounts, quantities and unit prices; values come back without meaningless trailing zeros."""

from decimal import Decimal

from django import forms
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

CENT = Decimal("0.01")
ONE = Decimal(1)


def _trimmed(value: Decimal | None, least: Decimal) -> Decimal | None:
    if value is None:
        return None
    short = value.quantize(least)
    return short if short == value else value.normalize()


class AmountField(models.DecimalField):
    """Money at currency precision (up to 3 digits behind the point, as KWD needs)."""

    def __init__(self, *args, **kwargs) -> None:
        kwargs.setdefault("max_digits", 19)
        kwargs.setdefault("decimal_places", 3)
        super().__init__(*args, **kwargs)

    def from_db_value(self, value, expression, connection):
        return _trimmed(value, CENT)


class PriceField(models.DecimalField):
    """A price or cost of one unit, 6 digits behind the point."""

    def __init__(self, *args, **kwargs) -> None:
        kwargs.setdefault("max_digits", 19)
        kwargs.setdefault("decimal_places", 6)
        super().__init__(*args, **kwargs)

    def from_db_value(self, value, expression, connection):
        return _trimmed(value, CENT)


class QuantityField(models.DecimalField):
    """A quantity in the product's unit, 6 digits behind the point."""

    def __init__(self, *args, **kwargs) -> None:
        kwargs.setdefault("max_digits", 19)
        kwargs.setdefault("decimal_places", 6)
        super().__init__(*args, **kwargs)

    def from_db_value(self, value, expression, connection):
        return _trimmed(value, ONE)


class PercentInput(forms.DecimalField):
    """Types a share as people say it: 15 is 15 %, kept as 0.15."""

    def to_python(self, value):
        percent = super().to_python(value)
        return None if percent is None else percent / 100

    def prepare_value(self, value):
        return f"{(value * 100).normalize():f}" if isinstance(value, Decimal) else value


class ShareField(models.DecimalField):
    """A share from 0 to 1, six digits behind the point. Pages ask and say it in percent; the API and files carry the share itself."""

    def __init__(self, *args, **kwargs) -> None:
        kwargs.setdefault("max_digits", 7)
        kwargs.setdefault("decimal_places", 6)
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.DecimalField", args, kwargs

    def formfield(self, **kwargs):
        label = _("%(what)s (%%)") % {"what": capfirst(str(self.verbose_name))}
        return super().formfield(**{"form_class": PercentInput, "label": label, "max_digits": None, "decimal_places": None, **kwargs})
