"""Filters for amounts, numbers and states in hand-written templates: the same looks as everywhere."""

from decimal import Decimal
from typing import Any

from django import template
from django.db.models import Model

from suite.resources import codes
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


@register.filter
def in_words(record: Model, name: str) -> str:
    """What a record's code is called: {{ event|in_words:"type" }}."""
    return codes.in_words(type(record), name, getattr(record, name))
