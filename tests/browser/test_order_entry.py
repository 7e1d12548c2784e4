"""An order typed by keyboard alone, with prices following."""

import os
import re
from decimal import Decimal as D
from pathlib import Path

import pytest
from django.utils import timezone

from crm.orders.models import Order
from crm.orders.services import confirm_order
from crm.orders.signals import CreditAnswer
from crm.quotes.services import QuoteLineInput, draft_quote, revise_quote, send_quote
from suite.kernel.documents.editing import save_record
from tests.factories.base import make_company, make_customer, make_product, make_user
from tests.factories.sales import answers, make_price, make_price_list

playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = next((path for path in ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome") if Path(path).exists()), "")
pytestmark = [
    pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.skipif(not CHROMIUM, reason="no chromium on this machine"),
]


@pytest.fixture
def page(live_server, monkeypatch):
    monkeypatch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1440, "height": 1000}, base_url=live_server.url)
        page.problems = []
        page.on("console", lambda message: page.problems.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        yield page
        browser.close()


@pytest.fixture
def company():
    return make_company()


def sign_in(page, user):
    page.goto("/")
    page.fill("input[name=username]", user.username)
    page.fill("input[name=password]", "a long pass phrase")
    page.keyboard.press("Enter")
    page.wait_for_load_state("networkidle")


def choose(page, text):
    """Type into the open search of a key field, wait for the hit, take it with Enter."""
    page.wait_for_load_state("networkidle")
    page.keyboard.type(text, delay=20)
    page.locator(f".ts-dropdown .option.active:has-text('{text}')").wait_for()
    page.keyboard.press("Enter")
    page.locator(f".ts-wrapper .item:has-text('{text}')").last.wait_for()
    page.wait_for_timeout(250)


def test_an_order_is_typed_without_a_mouse(page, company, monkeypatch):
    clerk = make_user(company, "sales", first_name="Ada", last_name="Clerk")
    make_customer(company, "Blue Ltd")
    tea, cup = make_product(company, "TEA", name="Green tea"), make_product(company, "CUP", name="Tall cup", list_price=D("3.50"))
    tiers = make_price_list(company, "STD", name="Standard", prices={tea: "20", cup: "3.50"}, is_default=True)
    make_price(tiers, product=tea, min_quantity=10, unit_price=D(18))
    sign_in(page, clerk)
    page.goto("/crm/orders/add/")

    page.locator("#id_customer-ts-control").focus()
    choose(page, "Blue")
    page.locator("#id_lines-0-product-ts-control").focus()
    choose(page, "Green")
    page.locator("#id_lines-0-quantity").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("10")
    page.locator("text=Standard: 18 from 10").first.wait_for()
    for _step in range(3):
        page.keyboard.press("Enter")
        page.wait_for_timeout(50)
    page.wait_for_selector("#id_lines-1-quantity", state="attached")
    choose(page, "Tall")
    page.locator("text=201.85").first.wait_for()
    if shots := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=Path(shots) / "order-typed-1440.png", full_page=True)
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/crm/orders/\d+/$"))

    order = Order.objects.get()
    assert (order.net, order.tax, order.gross) == (D("183.50"), D("18.35"), D("201.85"))
    assert page.problems == []
    if shots:
        look(page, order, clerk, Path(shots))


def look(page, order, clerk, folder):
    """Pictures of the pages of sales, wide and narrow (SCREENSHOTS=folder)."""
    with answers(CreditAnswer(is_within=False, message="1,201.85 would be open, the limit is 1,000.00")):
        confirm_order(order, actor=clerk)
    line = order.lines.first()
    quote = send_quote(draft_quote(
        company_id=order.company_id, customer_id=order.customer_id, lines=[QuoteLineInput(line.product_id, D(5))], actor=clerk,
        quote_date=timezone.localdate(),
    ), actor=clerk)
    revision = revise_quote(quote, actor=clerk).revised_by
    revised_line = revision.lines.get()
    revised_line.quantity = D(12)
    save_record(revision, actor=clerk, lines=[("quote", [revised_line], [])])
    addresses = {
        "order": f"/crm/orders/{order.pk}/", "order-amend": f"/crm/orders/{order.pk}/amend/", "orders": "/crm/orders/", "order-add": "/crm/orders/add/",
        "quote": f"/crm/quotes/{revision.pk}/", "quote-edit": f"/crm/quotes/{revision.pk}/edit/", "quote-old": f"/crm/quotes/{quote.pk}/",
        "parties": "/kernel/parties/?is_customer=true", "party": f"/kernel/parties/{order.customer_id}/", "price-lists": "/crm/price-lists/",
        "price-list": f"/crm/price-lists/{order.price_list_id}/",
    }
    for name, address in addresses.items():
        for width in (1440, 390):
            page.set_viewport_size({"width": width, "height": 1000})
            page.goto(address)
            page.wait_for_load_state("networkidle")
            page.screenshot(path=folder / f"{name}-{width}.png", full_page=True)
