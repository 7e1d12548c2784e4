from django.utils.translation import gettext_lazy as _

from suite.kernel.money.models import Currency, ExchangeRate
from suite.resources.registry import register
from suite.resources.resource import Resource


@register
class CurrencyResource(Resource):
    model = Currency
    menu = ("settings", 30)
    icon = "coin"
    columns = ("code", "name", "symbol", "digits")
    search = ("code", "name")
    ordering = ("pk",)


@register
class ExchangeRateResource(Resource):
    model = ExchangeRate
    menu = ("settings", 31)
    icon = "arrows-exchange"
    columns = ("valid_from", "currency", "rate")
    filters = ("currency", "valid_from")
    ordering = ("-valid_from", "-pk")
    form_fields = ("currency", "valid_from", "rate")
    sections = ((_("Exchange rate"), ("currency", "valid_from", "rate")),)
    import_key = "currency"
    import_with = ("valid_from",)
    import_aliases = {"date": "valid_from"}
    select_related = ("currency",)
    empty_hint = _("Enter what one unit of a foreign currency is worth in yours, or import a file with date, currency and rate.")
