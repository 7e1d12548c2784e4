"""Expense claims on a phone: photograph, say what it was, submit; the manager decides with the keyboard."""

import os
from datetime import date
from decimal import Decimal

from erp.claims.models import EmployeeUser, ExpenseClaim, ExpenseType
from suite.kernel.parties.models import Party
from suite.kernel.taxes.models import Tax
from tests.browser.typing import at
from tests.factories.base import make_user

PICTURE = b"\x89PNG\r\n\x1a\n" + b"lunch in Hamburg"


def look(page, name: str) -> None:
    """Keeps a picture where PICTURES says."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def hired(trade):
    """An employee who signs in, and what may be claimed."""
    user = make_user(trade.company, "sales", first_name="Ada", last_name="Berg")
    party = Party.objects.create(company=trade.company, name="Ada Berg", number="E-1", is_employee=True)
    EmployeeUser.objects.create(company=trade.company, user=user, party=party)
    ExpenseType.objects.create(
        company=trade.company, code="MEAL", name="Meals", tax=Tax.objects.get(company=trade.company, code="T10"), limit_per_day=Decimal(40),
        receipt_from=Decimal(10), on_breach="block",
    )
    return user


def test_a_claim_by_phone_with_its_photo_and_the_managers_yes(refusals, trade):
    page = refusals.open(hired(trade), width=390, height=844)
    page.goto("/erp/my-expenses/")
    look(page, "claims-start")
    page.fill("#id_purpose", "Fair in Hamburg")
    page.keyboard.press("Enter")
    at(page, r"/erp/my-expenses/\d+/$")

    page.set_input_files("#id_file", {"name": "lunch.png", "mimeType": "image/png", "buffer": PICTURE})
    page.select_option("#id_type", label="Meals")
    page.fill("#id_unit_price", "33")
    page.fill("#id_spent_on", date(2026, 3, 10).isoformat())
    page.fill("#id_description", "Dinner")
    page.locator("button:has-text('Add to the claim')").focus()
    page.keyboard.press("Enter")
    page.locator("text=The expense is on the claim.").wait_for()

    page.select_option("#id_type", label="Meals")
    page.fill("#id_unit_price", "12")
    page.fill("#id_spent_on", date(2026, 3, 10).isoformat())
    page.locator("button:has-text('Add to the claim')").focus()
    page.keyboard.press("Enter")
    page.locator("text=Meals needs a receipt from 10.00 on").wait_for()
    look(page, "claims-breach")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.locator("button:has-text('Submit')").click()
    page.locator("text=Line 2: Meals needs a receipt").wait_for()

    page.locator("button[aria-label^='Take off']").last.click()
    page.locator("text=The expense was taken off the claim.").wait_for()
    page.locator("button:has-text('Submit')").focus()
    page.keyboard.press("Enter")
    page.locator(".status:has-text('Waits for approval')").wait_for()
    look(page, "claims-submitted")
    claim = ExpenseClaim.objects.get(company=trade.company)
    assert (claim.status, claim.gross, claim.receipts.count()) == ("submitted", 33, 1)

    desk = refusals.open(make_user(trade.company, "manager"))
    desk.goto("/erp/expenses-to-approve/")
    look(desk, "claims-decide")
    desk.locator("button:has-text('Approve')").focus()
    desk.keyboard.press("Enter")
    desk.locator("text=Nothing waits for your decision.").wait_for()
    claim.refresh_from_db()
    assert claim.status == "approved"

    books = refusals.open(make_user(trade.company, "accountant"))
    books.goto("/erp/supplier-bills/add/")
    look(books, "bill-form")

    for width, theme in ((390, "dark"), (1440, "dark")):
        other = refusals.open(claim.submitted_by, width=width, theme=theme)
        other.goto(f"/erp/my-expenses/{claim.pk}/")
        look(other, f"claims-mine-{width}-dark")
        books = refusals.open(make_user(trade.company, "accountant"), width=width, theme=theme)
        books.goto(f"/erp/expense-claims/{claim.pk}/")
        look(books, f"claims-record-{width}-dark")
