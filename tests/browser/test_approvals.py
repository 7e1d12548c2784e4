"""An approval from desk to desk: asked on the bill's page, given from the worklist, and then the bill is posted."""

from decimal import Decimal

from erp.payables.models import SupplierBill
from erp.payables.services import BillLineInput, draft_bill
from suite.kernel.approvals.models import ApprovalRequest, ApprovalRule
from suite.kernel.taxes.models import Tax
from tests.browser.typing import at
from tests.factories.base import make_customer, make_user
from tests.factories.journeys import SHIPPED_ON


def test_a_bill_waits_for_the_controllers_yes(desks, trade):
    company, clerk = trade.company, make_user(trade.company, "accountant")
    ApprovalRule.objects.create(company=company, action="erp.supplierbill:post", from_amount=1000, role="controller")
    supplier = make_customer(company, "Nordholz GmbH", is_supplier=True)
    bill = draft_bill(
        company_id=company.pk, supplier_id=supplier.pk, supplier_reference="R-1", issued_on=SHIPPED_ON, actor=clerk,
        lines=[BillLineInput("Racking", Decimal(1), Decimal(1200), tax_id=Tax.objects.get(company=company, code="T10").pk)])

    page = desks.open(clerk)
    page.goto(f"/erp/supplier-bills/{bill.pk}/")
    page.fill("input[name=reason]", "The old one is full")
    page.keyboard.press("Enter")
    page.locator("text=Asked: Controller").wait_for()

    second = desks.open(make_user(company, "controller"), width=390, theme="dark")
    second.goto("/integration/worklist/")
    second.click("a:has-text('Look and answer')")
    at(second, r"/kernel/approval-requests/\d+/$")
    second.locator("text=Waits for your answer").wait_for()
    second.click(".page-header .btn:has-text('Approve')")
    second.fill("#id_reason", "as ordered")
    second.keyboard.press("Enter")  # to the button
    second.keyboard.press("Enter")
    second.locator("#panel-stepspanel :text('as ordered')").wait_for()
    assert ApprovalRequest.objects.get(company=company).status == "approved"

    page.goto(f"/erp/supplier-bills/{bill.pk}/")
    page.locator("text=Asked by").wait_for()
    page.click(".page-header .btn:has-text('Post')")
    page.click("#content .btn-primary:has-text('Post')")
    page.locator(".page-header .status:has-text('Posted')").wait_for()
    assert SupplierBill.objects.get(pk=bill.pk).status == "posted"
