"""A payment run by keyboard: one proposes, another approves, the treasurer sends; the file comes out."""

import os

import pytest

from erp.paymentruns.models import PaymentBatch
from tests.browser.typing import at, press
from tests.factories.base import make_user
from tests.factories.payment_runs import IBANS, Paying


def look(page, name: str) -> None:
    """Keeps a picture where PICTURES says."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.fixture
def paying(house) -> Paying:
    return Paying()


def test_proposed_approved_by_another_and_sent(desks, paying):
    first, second = paying.bill(), paying.bill(reference="R-2")
    other = paying.make_supplier("Newcomer")
    paying.approved_account(other, IBANS[1], days_ago=0)
    paying.bill(supplier=other, reference="N-1")
    paying.bill(supplier=paying.make_supplier("Without account"), reference="W-1")
    company = paying.company

    page = desks.open(make_user(company, "accountant"))
    page.goto("/erp/payment-proposal/")
    page.locator("[data-run]").wait_for()
    look(page, "proposal")
    assert page.locator("[data-total]").inner_text() == "330.00"
    box = page.locator(f"input[name=amount_{paying.item(first).pk}]")
    box.focus()
    box.press("Control+a")
    page.keyboard.type("60.50")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.name") == f"amount_{paying.item(second).pk}"
    page.keyboard.press("Space")
    assert page.locator("[data-total]").inner_text() == "170.50"
    page.keyboard.press("Space")
    assert page.locator("[data-total]").inner_text() == "280.50"
    page.keyboard.press("Control+Enter")
    at(page, r"/erp/payment-batches/\d+/$")
    look(page, "batch-proposed")
    batch = PaymentBatch.objects.get(company=company)
    assert (batch.status, batch.total, batch.lines.count()) == ("proposed", 280.5, 3)

    controller = desks.open(make_user(company, "controller"))
    controller.goto(f"/erp/payment-batches/{batch.pk}/")
    controller.locator("text=Accounts changed lately").first.wait_for()
    press(controller, "Vouch for new bank accounts")
    controller.locator("text=Newcomer").first.wait_for()
    look(controller, "vouch")
    controller.locator("form button.btn-primary").last.focus()
    controller.keyboard.press("Enter")
    at(controller, r"/erp/payment-batches/\d+/$")
    press(controller, "Approve")
    controller.locator(".page-header .status:has-text('Approved'), .page-header .badge:has-text('Approved')").first.wait_for()

    treasurer = desks.open(make_user(company, "treasurer"))
    treasurer.goto(f"/erp/payment-batches/{batch.pk}/")
    press(treasurer, "Send to the bank")
    treasurer.locator("text=Payments not yet on the statement").first.wait_for()
    look(treasurer, "send")
    treasurer.locator("form button.btn-primary").last.focus()
    treasurer.keyboard.press("Enter")
    treasurer.locator(".page-header :text('Sent to the bank')").first.wait_for()
    look(treasurer, "batch-sent")
    with treasurer.expect_download() as download:
        treasurer.locator(f"a[href='/erp/payment-batches/{batch.pk}/file/']").click()
    assert download.value.suggested_filename == f"{batch.number}.xml"
    assert paying.open(first) == -49.5

    for width, cookies in ((390, {}), (1440, {"theme": "dark"}), (390, {"theme": "dark"})):
        person = desks.open(make_user(company, "controller"), width=width, **cookies)
        for name, address in (
            ("proposal", "/erp/payment-proposal/"), ("batch", f"/erp/payment-batches/{batch.pk}/"), ("list", "/erp/payment-batches/"),
            ("mandates", "/erp/mandates/"), ("answers", "/erp/bank-answers/"),
        ):
            person.goto(address)
            look(person, f"{name}-{width}-{cookies.get('theme', 'light')}")
            assert person.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (name, width)
