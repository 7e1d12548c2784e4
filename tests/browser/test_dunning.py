"""A dunning run by keyboard: looked at, started, one letter left out, posted, sent; and what else the room has to show."""

import os
from datetime import date, timedelta

import pytest

from erp.dunning.models import DunningNotice, DunningRun
from erp.dunning.services import block_dunning
from suite.kernel.mail.models import OutgoingMail
from suite.kernel.parties.models import Party
from tests.browser.typing import at, press
from tests.factories.base import make_user
from tests.factories.overdue import ISSUED, Overdue

ON = ISSUED + timedelta(days=8)


def look(page, name: str) -> None:
    """Keeps a picture where PICTURES says."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.fixture
def overdue(house) -> Overdue:
    """Three customers who do not pay; one of them disputes it."""
    trade = Overdue()
    Party.objects.filter(pk=trade.customer.pk).update(email="pay@example.org", name="Alder Works")
    trade.bill()
    trade.second, disputes = trade.another(name="Birch Trading"), trade.another(name="Cedar Crafts")
    trade.bill("250", customer=trade.second)
    trade.bill("70", customer=disputes)
    block_dunning(company_id=trade.company.pk, customer_id=disputes.pk, reason="Wrong colour", until=date(2099, 1, 1), actor=trade.actor)
    return trade


def test_from_the_preview_to_the_letters(desks, overdue):
    page = desks.open(make_user(overdue.company, "accountant"))
    page.goto(f"/erp/reports/dunning-preview/?on={ON}")
    page.locator("text=Birch Trading").wait_for()
    assert page.locator("text=Cedar Crafts").count() == 0
    look(page, "dunning-preview")
    press(page, "Start the run")
    at(page, r"/erp/dunning-runs/\d+/$")
    look(page, "dunning-run")
    run = DunningRun.objects.get(company=overdue.company)
    assert (run.status, run.letters) == ("proposed", 2)

    left = DunningNotice.objects.get(run=run, customer=overdue.second)
    page.goto(f"/erp/dunning-letters/{left.pk}/")
    look(page, "dunning-letter")
    press(page, "Leave out")
    page.locator("#id_reason").fill("Spoke to them")
    page.locator("form button.btn-primary").last.focus()
    page.keyboard.press("Enter")
    at(page, rf"/erp/dunning-letters/{left.pk}/$")

    page.goto(f"/erp/dunning-runs/{run.pk}/")
    press(page, "Post and issue the letters")
    page.locator("text=Send all by mail").wait_for()
    page.locator("button:has-text('Send all by mail')").focus()
    page.keyboard.press("Enter")
    at(page, r"/integration/bulk/\d+/$")
    assert OutgoingMail.objects.get(company=overdue.company).to == "pay@example.org"


def test_wide_narrow_and_by_night(desks, overdue):
    overdue.dun_to(2)
    notice = DunningNotice.objects.filter(company=overdue.company, status="issued").order_by("-pk").first()
    pages = {
        "preview": f"/erp/reports/dunning-preview/?on={ISSUED + timedelta(days=60)}", "blocked": f"/erp/reports/dunning-blocked/?on={ON}",
        "letter": f"/erp/dunning-letters/{notice.pk}/", "run": f"/erp/dunning-runs/{notice.run_id}/", "levels": "/erp/dunning-levels/",
        "customer": f"/kernel/parties/{overdue.customer.pk}/", "allowance": f"/erp/reports/allowance-proposal/?on={ISSUED + timedelta(days=60)}",
        "sample": "/scm/send-gift-or-sample/",
    }
    for width, cookies in ((1440, {}), (390, {}), (1440, {"theme": "dark"})):
        page = desks.open(make_user(overdue.company, "administrator"), width=width, **cookies)
        for name, address in pages.items():
            page.goto(address)
            page.locator("h1, .page-title").first.wait_for()
            look(page, f"dunning-{name}-{width}{'-dark' if cookies else ''}")
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1"), f"{name} at {width} is wider than the window"
