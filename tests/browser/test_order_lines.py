"""The lines of an order fit the page they are read on."""

from decimal import Decimal as D

import pytest
from django.utils import timezone

from crm.orders.services import OrderLineInput, confirm_order, draft_order
from tests.browser.looking import NARROW, SIDEWAYS, WIDE
from tests.factories.base import make_product

TOO_WIDE = "() => [...document.querySelectorAll('.table-responsive')].map((one) => one.scrollWidth - one.clientWidth).filter((over) => over > 0)"


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_column_is_seen_without_scrolling_and_a_phone_reads_them_as_a_list(desks, trade, language):
    dear = make_product(trade.company, "PMP-1040", name="Stainless steel circulation pump, two stages", list_price=D("12345.67"))
    trade.receive(dear, 200)
    order = draft_order(
        company_id=trade.company.pk, customer_id=trade.customer.pk, actor=trade.boss, order_date=timezone.localdate(),
        lines=[OrderLineInput(dear.pk, D(100), discount=D("0.125")), OrderLineInput(trade.product.pk, D(5))],
    )
    confirm_order(order, actor=trade.boss)
    page = desks.open(trade.boss, django_language=language)

    page.goto(f"/crm/orders/{order.pk}/")

    assert page.viewport_size["width"] == WIDE["width"]
    assert page.evaluate(TOO_WIDE) == []
    page.set_viewport_size(NARROW)
    assert page.evaluate(SIDEWAYS) == ""
    assert page.evaluate(TOO_WIDE) == []
    assert page.locator(".stack-lines td[data-label]").nth(0).is_visible()
