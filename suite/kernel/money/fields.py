"""Columns for amounts, quantities and unit prices; values come back without meaningless trailing zeros."""

from decimal import Decimal

from django.db import models

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
