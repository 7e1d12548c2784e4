"""E-invoices at the desk: a file becomes a bill or waits for a person; a draft is checked, put right, issued and downloaded."""

import os
from dataclasses import replace

from erp.einvoicing.models import ReceivedInvoice
from erp.einvoicing.rules.ubl import write_ubl
from erp.receivables.models import CustomerInvoice
from erp.receivables.rules import InvoiceLineInput
from erp.receivables.services import draft_invoice
from suite.kernel.taxes.models import Tax
from tests.browser.typing import at
from tests.factories.base import make_customer, make_user
from tests.factories.e_invoices import SELLER, a_document
from tests.factories.selling_abroad import BILLING, COMPLETE, french_customer


def look(page, name: str) -> None:
    """Keeps a picture where PICTURES says."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def file_of(document, name="invoice.xml") -> dict:
    return {"name": name, "mimeType": "application/xml", "buffer": write_ubl(document)}


def test_a_file_becomes_a_bill_and_an_unknown_sender_is_named_by_a_person(refusals, trade):
    supplier = make_customer(trade.company, "Nordholz GmbH", is_supplier=True, vat_number=SELLER.vat_number)
    page = refusals.open(make_user(trade.company, "accountant"))
    page.goto("/erp/receive-invoices/")
    page.set_input_files("#id_file", file_of(a_document()))
    page.click("button:has-text('Receive')")
    page.locator("text=the draft bill is made").wait_for()
    look(page, "receive-good")

    page.set_input_files("#id_file", file_of(a_document(number="R-99", seller=replace(SELLER, name="Nobody & Sons", vat_number="FR40303265045"))))
    page.click("button:has-text('Receive')")
    page.locator("text=No supplier has the VAT number").wait_for()
    look(page, "receive-open")
    page.click("text=Look and decide")
    at(page, r"/erp/received-e-invoices/\d+/$")
    look(page, "received-open")
    page.click("a:has-text('Make the bill')")
    page.locator("h1").wait_for()
    look(page, "received-ask")
    received = ReceivedInvoice.objects.get(number="R-99", company=trade.company)
    answer = page.request.post(
        f"/erp/received-e-invoices/{received.pk}/bill/", form={"supplier": str(supplier.pk)},
        headers={"X-CSRFToken": page.locator("input[name=csrfmiddlewaretoken]").first.input_value(), "Referer": page.url},
    )
    assert answer.ok
    page.goto(f"/erp/received-e-invoices/{received.pk}/")
    look(page, "received-billed")
    received.refresh_from_db()
    assert received.bill.gross == 334

    for width, cookies in ((390, {}), (1440, {"theme": "dark"}), (390, {"theme": "dark"})):
        other = refusals.open(make_user(trade.company, "accountant"), width=width, **cookies)
        pages = ("receive", "/erp/receive-invoices/"), ("received", f"/erp/received-e-invoices/{received.pk}/"), ("list", "/erp/received-e-invoices/")
        for name, address in pages:
            other.goto(address)
            look(other, f"{name}-{width}-{cookies.get('theme', 'light')}")
            assert other.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_draft_that_breaks_a_rule_is_put_right_issued_and_downloaded(refusals, trade):
    company, customer = trade.company, french_customer(trade.company)
    for name, value in {**COMPLETE, "vat_number": "", "einvoice_check": True}.items():
        setattr(company, name, value)
    company.save()
    tax = Tax.objects.get(company=company, code="T10")
    line = InvoiceLineInput(product_id=None, description="Advice", quantity=2, unit_price=50, tax_id=tax.pk, tax_rate=tax.rate, kind="service")
    draft = draft_invoice(
        company_id=company.pk, customer_id=customer.pk, lines=[line], currency_id="EUR", actor=trade.boss, billing_address=BILLING,
        payment_term_id=customer.payment_term_id,
    )
    page = refusals.open(make_user(company, "accountant"))
    page.goto(f"/erp/customer-invoices/{draft.pk}/post/")
    page.locator("text=[BR-S-02]").first.wait_for()
    look(page, "issue-refused")
    page.goto(f"/erp/customer-invoices/{draft.pk}/")
    page.click("a:has-text('Check against EN 16931')")
    page.locator("code:has-text('BR-S-02')").wait_for()
    look(page, "check-broken")

    company.vat_number = COMPLETE["vat_number"]
    company.save()
    page.reload()
    page.locator("text=keeps every official rule").wait_for()
    page.goto(f"/erp/customer-invoices/{draft.pk}/post/")
    look(page, "issue-good")
    page.locator("form button.btn-primary").last.click()
    at(page, r"/erp/customer-invoices/\d+/$")
    look(page, "issued")
    with page.expect_download() as download:
        page.click("a:has-text('Factur-X')")
    assert download.value.suggested_filename == f"invoice-{CustomerInvoice.objects.get(pk=draft.pk).number}-facturx.pdf"
    dark = refusals.open(make_user(company, "accountant"), width=390, theme="dark")
    dark.goto(f"/erp/customer-invoices/{draft.pk}/en16931/")
    look(dark, "check-390-dark")
