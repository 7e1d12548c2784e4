"""The treasurer's morning: the forecast, under a scenario, down to the invoice, and on paper; by keyboard."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from erp.forecasting.models import CashScenario
from erp.receivables.services import InvoiceLineInput, draft_invoice, post_invoice
from suite.kernel.taxes.models import Tax
from tests.browser.typing import at
from tests.factories.base import make_user

TODAY = timezone.localdate()


def test_from_the_forecast_to_the_invoice_and_to_paper(desks, trade):
    tax = Tax.objects.get(company=trade.company, code="T10")
    invoice = post_invoice(draft_invoice(
        company_id=trade.company.pk, customer_id=trade.customer.pk, currency_id="EUR", actor=trade.boss,
        lines=[InvoiceLineInput(None, "Advice", Decimal(1), Decimal(1000), tax.pk, tax.rate, kind="service")],
    ), actor=trade.boss, issued_on=TODAY)
    CashScenario.objects.create(company=trade.company, name="Late", receipts_shift_days=14, minimum_balance=Decimal(100_000))
    page = desks.open(make_user(trade.company, "treasurer"))

    page.goto("/erp/reports/cash-forecast/?weeks=8")
    page.locator("[data-chart] svg").wait_for()
    assert "1,100.00" in page.inner_text("table")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    at(page, r"/erp/reports/expected-movements/")
    assert invoice.number in page.inner_text("table") or page.locator("table").count() == 1

    page.goto("/erp/reports/expected-movements/")
    page.locator("tr[data-pk]").first.wait_for()
    assert invoice.number in page.inner_text("table")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    at(page, r"/erp/journal-entries/\d+/$")

    page.goto(f"/erp/reports/cash-forecast/?weeks=8&scenario={CashScenario.objects.get().pk}")
    assert "below the minimum" in page.inner_text("table")
    with page.expect_download() as printed:
        page.keyboard.press("p")
    assert printed.value.suggested_filename.endswith(".pdf")
    page.keyboard.press("]")
    at(page, r"on=" + str((TODAY.replace(day=1) + timedelta(days=32)).year))
