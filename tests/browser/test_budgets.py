"""The grid of a budget by keyboard: cells, a block from a spreadsheet, a year spread, faults at their cells, nothing typed lost."""

import os
from decimal import Decimal as D

import pytest

from erp.budgets.models import BudgetLine
from tests.browser.looking import NARROW, SIDEWAYS, complaints_about
from tests.factories.budgets import POSTAGE, RENT, Budgeting

PASTE = """(text) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  document.activeElement.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""


@pytest.fixture
def office(house) -> Budgeting:
    return Budgeting()


def amounts(budget, code=RENT) -> dict[int, D]:
    return dict(BudgetLine.objects.filter(budget=budget, account__code=code).values_list("period__number", "amount"))


def cell(page, month, row=0):
    return page.locator("tbody tr").nth(row).locator("input[data-cell]").nth(month - 1)


def text(page, selector) -> str:
    return page.locator(selector).inner_text().strip()


def look(page, name: str) -> None:
    """Keeps a picture where PICTURES says."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png")


def test_cells_by_keyboard_with_totals_at_once(desks, office):
    budget = office.draft(*(office.cell("100", month=month) for month in range(1, 13)), office.cell("5", account=POSTAGE, month=1))
    page = desks.open(office.accountant)
    page.goto(f"/erp/budget-grid/{budget.pk}/")
    cell(page, 1).focus()

    page.keyboard.type("1,250.50")
    page.keyboard.press("ArrowRight")
    assert cell(page, 1).input_value() == "1,250.50"
    page.keyboard.type("7")
    page.keyboard.press("ArrowDown")
    page.keyboard.type("9")
    page.keyboard.press("Enter")
    assert page.locator("tbody tr").first.locator("[data-total]").input_value() == "2,257.50"
    assert text(page, "[data-sum-all]") == "2,271.50"
    page.keyboard.press("Control+s")
    page.locator("[data-say]:has-text('Saved')").wait_for()
    page.keyboard.type("3")
    assert page.locator("[data-save]").is_enabled()
    page.keyboard.press("Escape")
    assert cell(page, 2, 1).input_value() == "9.00"

    assert (amounts(budget)[1], amounts(budget)[2], amounts(budget, POSTAGE)) == (D("1250.50"), D(7), {1: D(5), 2: D(9)})
    assert page.locator("[data-save]").is_disabled()


def test_a_block_from_a_spreadsheet_and_a_year_that_is_spread(desks, office):
    budget = office.draft(office.cell("1"), office.cell("5", account=POSTAGE, month=1))
    page = desks.open(office.accountant)
    page.goto(f"/erp/budget-grid/{budget.pk}/")
    cell(page, 11).focus()
    page.evaluate(PASTE, "10\t20\t30\n1,5\t2.25\n")
    assert [cell(page, month).input_value() for month in (11, 12)] == ["10.00", "20.00"]
    assert [cell(page, month, 1).input_value() for month in (11, 12)] == ["1.50", "2.25"]
    assert "30" in text(page, "[data-say]")
    page.keyboard.press("Control+s")
    page.locator("[data-say]:has-text('Saved')").wait_for()
    assert amounts(budget, POSTAGE) == {1: D(5), 11: D("1.5"), 12: D("2.25")}

    page.locator("tbody tr").first.locator("[data-total]").focus()
    page.keyboard.type("100")
    page.keyboard.press("Enter")
    page.locator("tbody tr").first.locator("input[data-cell].is-changed").nth(11).wait_for()
    assert [cell(page, month).input_value() for month in (1, 12)] == ["8.34", "8.33"]
    page.keyboard.press("Control+s")
    page.locator("[data-save][disabled]").wait_for()
    page.wait_for_load_state("networkidle")
    assert sum(amounts(budget).values()) == 100


def test_faults_stand_at_their_cells_and_what_was_typed_survives(desks, refusals, office):
    budget = office.draft()
    page = desks.open(office.accountant)
    page.goto(f"/erp/budget-grid/{budget.pk}/")
    cell(page, 3).focus()
    page.keyboard.type("abc")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Control+s")
    page.locator("[data-faults] li").wait_for()
    assert "abc" in text(page, "[data-faults]")
    assert cell(page, 3).get_attribute("aria-invalid") is not None
    assert amounts(budget)[3] == 100
    look(page, "grid-fault")

    cell(page, 4).focus()
    page.keyboard.type("44.44")
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(600)
    page.once("dialog", lambda dialog: dialog.accept())
    page.goto(f"/erp/budget-grid/{budget.pk}/")
    page.locator("[data-say]:has-text('is back')").wait_for()
    assert [cell(page, month).input_value() for month in (3, 4)] == ["abc", "44.44"]


def test_rows_are_added_and_filled(desks, office):
    office.post("20", account=POSTAGE, on=office.periods[1].starts_on.replace(year=2025))
    budget = office.draft()
    page = desks.open(office.accountant)
    page.goto(f"/erp/budget-grid/{budget.pk}/")
    page.locator("[data-tools] summary").click()
    page.evaluate("(key) => { const field = document.querySelector('[data-row-form] [name=account]'); const box = field.tomselect;"
                  " if (box) { box.addOption({ value: key, text: key }); box.setValue(key); } else field.value = key; }", str(office.account(POSTAGE).pk))
    page.locator("[data-row-form] button").click()
    page.locator(f"tbody tr[data-account='{office.account(POSTAGE).pk}']").wait_for()
    page.locator("#fill-percent").fill("10")
    page.locator("[data-fill-form] button").click()
    page.locator("[data-say]:has-text('Filled in')").wait_for()
    assert cell(page, 2, 1).input_value() == "22.00"


def test_the_report_and_the_record_are_fit_to_be_looked_at(desks, office):
    budget = office.active(*(office.cell("100", month=month) for month in range(1, 13)), office.cell("50", value="1"))
    office.post("260", centre="11")
    office.post("17", account=POSTAGE)
    page = desks.open(office.controller, bypass_csp=True, theme="dark")
    report = f"/erp/reports/budget-variance/?budget={budget.pk}&on=2026-03-10&by_value=on"
    for name, address in (("record", f"/erp/budgets/{budget.pk}/"), ("variance", report)):
        page.goto(address)
        look(page, name)
        assert complaints_about(page) == []
    page.set_viewport_size(NARROW)
    look(page, "variance-narrow")


def test_is_fit_to_be_looked_at(desks, office):
    budget = office.draft(*(office.cell("12345.67", month=month) for month in range(1, 13)), office.cell("3", value="11"))
    page = desks.open(office.accountant, bypass_csp=True)
    for address in (f"/erp/budget-grid/{budget.pk}/", f"/erp/budget-grid/{budget.pk}/import/"):
        page.goto(address)
        assert complaints_about(page) == []
        look(page, f"budget-{'import' if 'import' in address else 'grid'}")
    page.set_viewport_size(NARROW)
    page.goto(f"/erp/budget-grid/{budget.pk}/")
    page.locator(".budget-scroll").evaluate("(one) => { one.scrollLeft = 150; }")
    look(page, "grid-narrow")
    assert page.evaluate(SIDEWAYS) == ""
    assert page.locator(".budget-scroll").evaluate("(one) => one.scrollWidth > one.clientWidth")
