"""Pages when things do not go straight: two people, wrong files, refusals; and what every page offers beside its job."""

from django.utils import timezone

from crm.orders.services import confirm_order
from tests.browser.typing import at, press
from tests.factories.base import make_user

TODAY = timezone.localdate()


def test_a_form_that_somebody_else_overtook_shows_both_versions_and_saves_the_choice(refusals, trade):
    address = f"/kernel/parties/{trade.customer.pk}/edit/"
    mine, theirs = refusals.open(trade.boss), refusals.open(make_user(trade.company, "sales"))
    mine.goto(address)
    theirs.goto(address)
    theirs.fill("#id_name", "Their name")
    theirs.keyboard.press("Control+Enter")
    at(theirs, r"/kernel/parties/\d+/$")

    mine.fill("#id_name", "My name")
    mine.keyboard.press("Control+Enter")
    mine.locator("h1:has-text('Somebody saved first')").wait_for()
    text = mine.inner_text("#content")
    assert "Their name" in text
    assert "My name" in text
    assert "nothing is lost" in text
    trade.customer.refresh_from_db()
    assert trade.customer.name == "Their name"

    mine.click("text=Save the chosen values")
    at(mine, r"/kernel/parties/\d+/$")
    trade.customer.refresh_from_db()
    assert trade.customer.name == "My name"


def test_an_action_that_no_longer_fits_says_what_happened_what_was_not_done_and_what_next(refusals, trade):
    order = trade.draft(order_date=TODAY)
    page = refusals.open(make_user(trade.company, "sales"))
    page.goto(f"/crm/orders/{order.pk}/")
    confirm_order(order, actor=trade.boss)

    press(page, "Confirm")

    said = page.locator("#content [role=alert]")
    said.wait_for()
    text = said.inner_text()
    assert order.number in text or "confirmed" in text.lower()
    assert "nothing" in text.lower() or "not" in text.lower()
    assert page.locator("#content .btn:has-text('Leave it')").count() == 1


def test_what_is_not_there_says_so_and_offers_the_search(refusals, trade):
    page = refusals.open(trade.boss)

    assert page.goto("/crm/orders/999999/").status == 404
    assert page.inner_text("h1") == "Not found"
    assert page.locator("a:has-text('Search')").count() == 1


def test_control_k_finds_the_order_and_enter_opens_it(desks, trade):
    order = trade.draft(order_date=TODAY)
    page = desks.open(make_user(trade.company, "sales"))
    page.goto("/")

    page.keyboard.press("Control+K")
    page.keyboard.type(order.number)
    page.locator(f".palette-hit:has-text('{order.number}')").wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    at(page, rf"/crm/orders/{order.pk}/$")


def test_a_dry_run_of_an_import_names_row_and_column_and_writes_nothing(refusals, trade, tmp_path):
    before = trade.company.pk and type(trade.product).objects.filter(company=trade.company).count()
    file = tmp_path / "products.csv"
    file.write_text("sku,name,kind,unit,list_price\nNEW-1,A chair,goods,pcs,12.50\nNEW-2,A table,goods,pcs,much\nNEW-3,A lamp,goods,barrel,9\n")
    page = refusals.open(trade.boss)
    page.goto("/kernel/products/import/")

    page.set_input_files("input[type=file]", file)
    page.click("text=Check the file")
    page.locator("text=Nothing was written").wait_for()

    rows = [row.inner_text().split("\t") for row in page.locator("#content .table tbody tr").all()]
    assert [(cells[0].strip(), cells[1].strip(), cells[2].strip()) for cells in rows] == [("3", "List price", "much"), ("4", "Unit", "barrel")]
    assert type(trade.product).objects.filter(company=trade.company).count() == before


def test_dark_colours_and_german_stay_from_page_to_page(desks, trade):
    page = desks.open(trade.boss)
    page.goto("/crm/orders/")
    page.click("header button[name=theme]")
    page.wait_for_load_state("networkidle")
    page.click("header .nav-link:has-text('My account')")
    page.click("header button[name=language][value=de]")
    page.wait_for_load_state("networkidle")

    for address in ("/crm/orders/", "/kernel/products/", "/"):
        page.goto(address)
        assert page.get_attribute("html", "data-bs-theme") == "dark"
        assert page.get_attribute("html", "lang") == "de"
        assert "Lager" in page.inner_text("#side-menu")


def test_enter_in_a_field_of_the_header_moves_on_and_does_not_send_the_form(desks, trade):
    page = desks.open(trade.boss)
    page.goto("/kernel/parties/add/?is_customer=true")

    assert page.is_checked("#id_is_customer")
    page.fill("#id_name", "Half a name")
    page.keyboard.press("Enter")

    assert page.url.endswith("/add/?is_customer=true")
    assert page.evaluate("document.activeElement.id") not in ("", "id_name")
    page.keyboard.press("Control+Enter")
    at(page, r"/kernel/parties/\d+/$")


def test_the_customer_of_an_order_is_looked_for_among_customers_only(desks, trade):
    type(trade.customer).objects.create(company=trade.company, number="S1", name="Customer of ours, supplier only", is_supplier=True)
    page = desks.open(make_user(trade.company, "sales"))
    page.goto("/crm/orders/add/")

    page.locator("#id_customer-ts-control").focus()
    page.keyboard.type("Customer")
    page.locator(f".ts-dropdown .option:has-text('{trade.customer.name}')").wait_for()

    assert page.locator(".ts-dropdown .option:has-text('supplier only')").count() == 0


def test_the_german_order_page_has_no_english_button(desks, trade):
    order = confirm_order(trade.draft(order_date=TODAY), actor=trade.boss)
    drafted = trade.draft(order_date=TODAY)
    words = {}
    for language in ("en", "de"):
        page = desks.open(trade.boss, django_language=language)
        words[language] = set()
        for address in (f"/crm/orders/{order.pk}/", f"/crm/orders/{drafted.pk}/", "/crm/orders/", f"/crm/orders/{drafted.pk}/edit/"):
            page.goto(address)
            texts = page.locator("button, .btn, .dropdown-item, .nav-link-title, .card-title, .status, h1, thead th").all_text_contents()
            words[language] |= {text.strip() for text in texts if text.strip()}

    same_in_both = {"EN", "DE", "FR", "ES", "CSV", "Excel (XLSX)", "Status", "Position", "#", "Ctrl K", "Journal", "Budgets", order.number, drafted.number}
    assert {"Confirm", "Cancel", "Edit", "New", "Orders"} <= words["en"] | {"Cancel"}
    assert words["en"] & words["de"] - same_in_both == set()


def test_lists_name_documents_of_other_suites_by_their_numbers(desks, trade):
    order = trade.confirm(order_date=TODAY)
    page = desks.open(trade.boss)

    page.goto("/erp/reservations/")

    assert page.inner_text("#content tbody tr td .record-link") == order.number
    assert "crm.order" not in page.inner_text("#content")
