"""Margin floors, and orders that wait for somebody to approve less."""

from decimal import Decimal as D

from crm.margins.models import MarginFloor
from crm.margins.selectors import judge_lines
from crm.orders.models import Order
from crm.orders.selectors import lines_of
from crm.orders.services import (
    confirm_order,
)
from tests.factories.base import make_product
from tests.factories.sales import make_order


def floor(company, share, **scope) -> MarginFloor:
    return MarginFloor.objects.create(company=company, min_margin=D(share), **scope)


def held_order(company, clerk, *, cost="15", floor_share="0.3", **values) -> Order:
    """An order at 20.00 with a margin of a quarter, under the company's floor, confirmed by the clerk."""
    if not MarginFloor.objects.filter(company=company).exists():
        floor(company, floor_share)
    product = make_product(company, standard_cost=D(cost))
    return confirm_order(make_order(company, actor=clerk, lines=[(product, 5)], **values), actor=clerk)


def judged(order):
    return [(line.margin, line.floor, line.rule, line.is_under) for line in judge_lines(order, lines_of(order))]
