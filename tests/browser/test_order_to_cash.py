"""The main job through pages alone: order, shipment, invoice, payment, books. The worker does its part in between."""

from decimal import Decimal as D

import pytest
from django.utils import timezone

from crm.orders.models import Order
from crm.orders.services import confirm_order
from crm.quotes.services import QuoteLineInput, draft_quote, send_quote
from erp.banking.models import BankAccount, StatementLine
from erp.receivables.models import CustomerInvoice, OpenItem
from scm.shipping.models import Shipment
from scm.shipping.services import dispatch_shipment
from suite.kernel.documents.editing import save_record
from suite.runtime.processes import until
from tests.browser.typing import at, choose, press
from tests.factories.base import make_customer, make_product, make_user
from tests.factories.sales import make_price, make_price_list

TODAY = timezone.localdate()


@pytest.fixture
def order(trade) -> Order:
    """Five of the product, confirmed today: 100.00 and 10.00 of tax."""
    return confirm_order(trade.draft(order_date=TODAY), actor=trade.boss)


def shipment_of(order: Order) -> Shipment:
    assert until(lambda: Shipment.objects.filter(order_key=order.key).exists(), 10), "the worker made no shipment"
    return Shipment.objects.get(order_key=order.key)


def invoice_of(order: Order, status: str = "posted") -> CustomerInvoice:
    rows = CustomerInvoice.objects.filter(order_key=order.key, status=status)
    assert until(rows.exists, 10), f"the worker made no invoice that is {status}"
    return rows.get()


@pytest.fixture
def invoice(trade, order) -> CustomerInvoice:
    """The order's invoice, posted by its dispatch."""
    dispatch_shipment(shipment_of(order), actor=trade.boss, dispatched_on=TODAY)
    return invoice_of(order)


def test_an_order_typed_without_a_mouse_brings_reservation_shipment_and_invoice_to_its_page(desks, trade, settled):
    make_customer(trade.company, "Blue Ltd")
    cup = make_product(trade.company, "CUP", name="Tall cup", list_price=D("3.50"))
    trade.receive(cup, 50, "1")
    tiers = make_price_list(trade.company, "STD", name="Standard", prices={trade.product: "20", cup: "3.50"}, is_default=True)
    make_price(tiers, product=trade.product, min_quantity=10, unit_price=D(18))
    page = desks.open(make_user(trade.company, "sales"))
    page.goto("/crm/orders/")
    page.keyboard.press("n")
    at(page, r"/crm/orders/add/$")

    page.locator("#id_customer-ts-control").focus()
    choose(page, "Blue")
    page.locator("#id_lines-0-product-ts-control").focus()
    choose(page, trade.product.sku)
    page.locator("#id_lines-0-quantity").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("10")
    page.locator("text=Standard: 18 from 10").first.wait_for()
    for field in ("quantity", "unit_price", "discount"):
        page.locator(f"#id_lines-0-{field}:focus").press("Enter")
    page.wait_for_selector("#id_lines-1-quantity", state="attached")
    choose(page, "Tall")
    page.locator("text=201.85").first.wait_for()
    page.keyboard.press("Control+Enter")
    at(page, r"/crm/orders/\d+/$")
    press(page, "Confirm")
    page.locator(".page-header .status:has-text('Confirmed')").wait_for()

    settled(page, "11 units reserved")
    settled(page, "SH-")
    settled(page, "Draft invoice")
    page.locator("#panel-orderprogress:not([hx-get])").wait_for()
    order = Order.objects.get(company=trade.company)
    assert (order.net, order.tax, order.gross) == (D("183.50"), D("18.35"), D("201.85"))
    for address in [link.get_attribute("href") for link in page.locator("#panel-orderprogress a").all()]:
        assert page.goto(address).status == 200


def test_logistics_picks_packs_and_dispatches_and_the_invoice_is_posted(desks, trade, order):
    shipment = shipment_of(order)
    page = desks.open(make_user(trade.company, "logistics"))

    page.goto("/scm/picking/")
    page.click("button:has-text('Pick')")
    at(page, r"/scm/picking/\d+/$")
    page.locator("#scan").fill(trade.product.sku)
    page.keyboard.press("Enter")
    page.locator("text=1 of 5").first.wait_for()
    page.fill(".pick-edit input[name=quantity]", "5")
    page.locator(".pick-edit input[name=quantity]").press("Enter")
    page.locator("text=5 of 5 picked").wait_for()
    page.click("button:has-text('Finish picking')")
    page.click("button:has-text('Pack')")
    page.goto(f"/scm/shipments/{shipment.pk}/")
    page.click(".page-header .btn:has-text('Dispatch')")
    page.click("#content .btn-primary:has-text('Dispatch')")
    page.locator(".page-header .status:has-text('Dispatched')").wait_for()

    posted = invoice_of(order)
    assert (posted.gross, trade.stock()[0]) == (D("110.00"), D(95))


def test_finance_books_a_payment_allocates_it_and_matches_the_line_of_the_statement(desks, trade, invoice):
    bank = BankAccount.objects.get(company=trade.company, code="BANK")
    line = save_record(StatementLine(
        company=trade.company, bank_account=bank, booked_on=TODAY, amount=D("110.00"), text=f"Thanks {invoice.number}", party=trade.customer,
        external_id="B-1",
    ), actor=trade.boss)
    page = desks.open(make_user(trade.company, "finance"))

    page.goto(f"/erp/customer-payments/add/?customer={trade.customer.pk}")
    page.locator("#id_bank_account-ts-control").focus()
    choose(page, bank.name)
    page.fill("#id_paid_on", f"{TODAY}")
    page.fill("#id_amount", "110")
    page.fill("#id_reference", invoice.number)
    page.locator("#id_currency-ts-control").focus()
    choose(page, "EUR")
    page.keyboard.press("Control+Enter")
    at(page, r"/erp/customer-payments/\d+/$")
    page.click(".page-header .btn:has-text('Post')")
    page.click("#content .btn-primary:has-text('Post')")
    page.locator(".page-header .status:has-text('Posted')").wait_for()

    assert OpenItem.objects.get(document_key=invoice.key).open_amount == 0

    page.goto(f"/erp/statement-lines/{line.pk}/match/")
    page.locator("#id_payment-ts-control").focus()
    page.wait_for_load_state("networkidle")
    page.locator(".ts-dropdown .option").first.wait_for()
    page.keyboard.press("Enter")
    page.click("#content .btn-primary:has-text('Match')")
    page.locator(".page-header .status:has-text('Matched')").wait_for()
    line.refresh_from_db()
    assert line.payment is not None


def test_the_trial_balance_balances_and_leads_to_the_lines(desks, trade, invoice):
    page = desks.open(make_user(trade.company, "finance"))
    page.goto("/erp/reports/trial-balance/")

    debit, credit = [cell.inner_text() for cell in page.locator("tfoot td.cell-number").all()][:2]
    assert debit == credit != ""

    page.click("tbody a:has-text('Receivables')")
    page.wait_for_load_state("networkidle")
    assert invoice.number in page.inner_text("#content")
    assert "110.00" in page.inner_text("#content")


def test_the_trace_of_an_order_shows_its_documents_and_ledger_lines(desks, trade, order, invoice):
    page = desks.open(make_user(trade.company, "finance"))
    page.goto(f"/crm/orders/{order.pk}/")

    page.click("#panel-orderprogress a:has-text('Trace')")
    at(page, r"/integration/trace/")

    text = page.inner_text("#content")
    assert order.number in page.inner_text("h1")
    assert "Order confirmed" in text
    assert "Shipment dispatched" in text
    assert invoice.number in text
    assert "Cost of goods sold" in page.inner_text("#content .table")


def test_an_accepted_quote_becomes_one_order(desks, trade):
    quote = send_quote(draft_quote(
        company_id=trade.company.pk, customer_id=trade.customer.pk, lines=[QuoteLineInput(trade.product.pk, D(3))], actor=trade.boss, quote_date=TODAY,
    ), actor=trade.boss)
    page = desks.open(make_user(trade.company, "sales"))
    page.goto(f"/crm/quotes/{quote.pk}/")

    page.click(".page-header .btn:has-text('Accept')")
    if page.locator("#content .btn-primary:has-text('Accept')").count():
        page.click("#content .btn-primary:has-text('Accept')")
    page.locator(".page-header .status:has-text('Accepted')").wait_for()

    made = Order.objects.get(company=trade.company)
    assert made.number in page.inner_text("#content")
    assert (made.status, made.net) == ("draft", D("60.00"))


def test_an_order_beyond_the_credit_limit_is_held_until_finance_releases_it(desks, trade, settled):
    trade.customer.credit_limit = D(50)
    save_record(trade.customer, actor=trade.boss)
    order = trade.draft(order_date=TODAY)
    page = desks.open(make_user(trade.company, "sales"))
    page.goto(f"/crm/orders/{order.pk}/")
    press(page, "Confirm")
    page.locator(".page-header .status:has-text('On hold')").wait_for()
    assert "limit" in page.inner_text("#content").lower()
    assert not page.locator(".page-header .btn:has-text('Release')").count()

    page = desks.open(make_user(trade.company, "finance"))
    page.goto(f"/crm/orders/{order.pk}/")
    page.click(".page-header .btn:has-text('Release')")
    if page.locator("#content .btn-primary:has-text('Release')").count():
        page.click("#content .btn-primary:has-text('Release')")
    page.locator(".page-header .status:has-text('Confirmed')").wait_for()
    settled(page, "SH-")
