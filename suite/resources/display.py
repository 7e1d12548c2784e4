"""Values as people read them: money with its symbol, numbers in tabular figures, states as badges, keys as links."""

from decimal import Decimal
from typing import Any

from django.db.models import Model
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from suite.access.permissions import may
from suite.kernel.money.models import Currency
from suite.resources.codes import in_words
from suite.resources.fields import Shown
from suite.resources.registry import resource_of
from suite.resources.statuses import colour_of

_currencies: dict[str, tuple[str, int]] = {}


def currency(code: str | None) -> tuple[str, int]:
    """(symbol, digits) of a currency; read once per process."""
    if not code:
        return "", 2
    if code not in _currencies:
        _currencies.update({c: (symbol, digits) for c, symbol, digits in Currency.objects.values_list("code", "symbol", "digits")})
    return _currencies.get(code, (code, 2))


def currency_of(record: Any) -> str | None:
    """The currency a record's amounts are in, where it says so; else its company's."""
    code = getattr(record, "currency_id", None)
    if code:
        return code
    state = getattr(record, "_state", None)
    company = state.fields_cache.get("company") if state is not None else None
    return getattr(company, "currency_id", None)


def money(amount: Decimal | None, code: str | None = None) -> str:
    """An amount in its currency: "€ 1,234.50"."""
    if amount is None:
        return ""
    symbol, digits = currency(code)
    text = number_format(abs(amount), digits, force_grouping=True)
    sign = "-" if amount < 0 else ""
    return f"{sign}{symbol}\u00a0{text}" if symbol else f"{sign}{text}"


def plain_number(value: Any, digits: int | None = None) -> str:
    """A number without meaningless zeros, grouped."""
    if isinstance(value, Decimal) and digits is None:
        value = value.normalize()
        digits = max(0, -value.as_tuple().exponent)
    return number_format(value, digits, force_grouping=True)


def as_text(value: Any, item: Shown, record: Any = None, code: str | None = None) -> str:
    """The value as plain text in the user's locale."""
    if value is None or value == "":
        return ""
    if item.kind in {"status", "choice"}:
        return str(dict(item.field.flatchoices).get(value, value))
    if item.kind == "code":
        return in_words(item.field.model, item.field.name, value)
    if item.kind == "money":
        return money(value, code or currency_of(record))
    if item.kind == "price":
        return plain_number(value, max(2, -value.normalize().as_tuple().exponent)) if isinstance(value, Decimal) else str(value)
    if item.kind == "share":
        return f"{plain_number(value * 100)}\u00a0%"
    if item.kind in {"quantity", "decimal"}:
        return plain_number(value)
    if item.kind == "integer":
        return str(value) if item.field is not None and item.field.primary_key else number_format(value, force_grouping=True)
    if item.kind == "bool":
        return _("Yes") if value else _("No")
    if item.kind == "datetime":
        return date_format(timezone.localtime(value), "SHORT_DATETIME_FORMAT")
    if item.kind == "date":
        return date_format(value, "DATE_FORMAT")
    return str(value)


def badge(status: str, label: str) -> SafeString:
    return format_html('<span class="status status-{}">{}</span>', colour_of(status), label)


def as_html(record: Model, item: Shown, viewer: Any = None, code: str | None = None) -> SafeString | str:
    """The value as a cell or a fact on a page."""
    value = item.value(record)
    if value is None or value == "":
        return format_html('<span class="text-secondary">{}</span>', "–")
    if item.kind == "status":
        return badge(value, as_text(value, item))
    if item.kind == "bool":
        icon = "check text-green" if value else "minus text-secondary"
        return format_html('<i class="ti ti-{}" aria-hidden="true"></i><span class="visually-hidden">{}</span>', icon, as_text(value, item))
    if item.kind == "link":
        resource = resource_of(type(value))
        if resource is not None and (viewer is None or may(viewer, type(value), "view")):
            return format_html('<a href="{}">{}</a>', resource.url_of(value), value)
        return str(value)
    if item.kind == "key" and (known := getattr(record, "key_names", {}).get(value)):
        return format_html('<a href="{}">{}</a>', known[1], known[0])
    if item.kind == "code" and (words := as_text(value, item)) != value:
        return format_html('<span class="code-words" title="{}">{}</span> <span class="code">{}</span>', value, words, value)
    if item.kind == "email":
        return format_html('<a href="mailto:{}">{}</a>', value, value)
    if item.kind == "long":
        return format_html('<span class="text-prewrap">{}</span>', value)
    text = as_text(value, item, record, code)
    if item.is_numeric and isinstance(value, Decimal | int) and value < 0:
        return format_html('<span class="text-red">{}</span>', text)
    return text
