"""Currencies and their rates."""

from django.utils.translation import gettext_lazy as _

from suite.kernel.money.models import Currency, ExchangeRate
from suite.resources.registry import register
from suite.resources.resource import Resource


@register
class CurrencyResource(Resource):
    model = Currency
    menu = ("settings", 40)
    icon = "currency-euro"
    columns = ("code", "name", "symbol", "digits")
    search = ("code", "name")
    ordering = ("code",)
    form_fields = ("code", "name", "symbol", "digits")
    sections = ((_("Currency"), ("code", "name", "symbol", "digits")),)


@register
class ExchangeRateResource(Resource):
    model = ExchangeRate
    menu = ("settings", 42)
    icon = "exchange"
    columns = ("currency", "valid_from", "rate")
    filters = ("currency", "valid_from")
    search = ("currency__code", "currency__name")
    ordering = ("-valid_from", "-pk")
    form_fields = ("currency", "valid_from", "rate")
    sections = ((_("Rate"), ("currency", "valid_from", "rate")),)
    select_related = ("currency",)
