"""Twenty-five orders ticked and confirmed: the page follows the workers by itself, keeps what was refused, and is found again."""

from crm.orders.models import Order
from integration.bulk.models import BulkRun
from tests.browser.looking import complaints_about


def test_many_orders_are_confirmed_while_the_page_follows(desks, trade):
    good = [trade.draft((trade.product, 1)) for _n in range(24)]
    empty = Order.objects.create(
        company=trade.company, customer=trade.customer, order_date=good[0].order_date, currency=good[0].currency, status="draft", number="SO-EMPTY",
    )
    page = desks.open(trade.boss)
    page.goto("/crm/orders/?status=draft&size=50")

    page.locator("[data-select-all]").check()
    assert page.locator("#bulk [data-selected]").inner_text() == "25"
    page.locator("#bulk").get_by_role("button", name="Confirm").click()

    page.wait_for_url("**/integration/bulk/*/")
    page.locator("#bulk-run .status:has-text('Finished')").wait_for(timeout=60_000)
    assert page.locator("[data-done]").inner_text() == "24"
    assert page.locator("[data-refused]").inner_text() == "1"
    assert page.locator("#bulk-run[hx-get]").count() == 0
    first = page.locator("#bulk-run tbody tr").first
    assert "SO-EMPTY" in first.inner_text() and "no lines" in first.inner_text()
    with page.expect_download() as kept:
        page.get_by_role("link", name="Refused rows (CSV)").click()
    assert "SO-EMPTY" in kept.value.path().read_text()
    assert Order.objects.filter(pk__in=[order.pk for order in good], status="confirmed").count() == 24
    empty.refresh_from_db()
    assert empty.status == "draft"

    page.get_by_role("link", name="My bulk actions").last.click()
    assert page.locator("main tbody tr").count() == BulkRun.objects.filter(actor=trade.boss).count() == 1

    looked = desks.open(trade.boss, bypass_csp=True)
    for address in ("/integration/bulk/", f"/integration/bulk/{BulkRun.objects.get(actor=trade.boss).pk}/"):
        looked.goto(address)
        assert complaints_about(looked) == []
