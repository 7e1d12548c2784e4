"""Filters for amounts, numbers and states in hand-written templates: the same looks as everywhere."""

from decimal import Decimal
from typing import Any

from django import template

from suite.resources.display import badge, money, plain_number

register = template.Library()


@register.filter
def as_money(amount: Decimal | None, code: str | None = None) -> str:
    """An amount, with its currency where one is named: {{ order.gross|as_money:order.currency_id }}."""
    return money(amount, code)


@register.filter
def as_number(value: Any) -> str:
    """A number without meaningless zeros."""
    return "" if value is None else plain_number(value)


@register.simple_tag
def status_badge(record: Any, name: str = "status") -> str:
    """The badge of a record's state."""
    return badge(getattr(record, name), getattr(record, f"get_{name}_display")())
