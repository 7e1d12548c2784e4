"""Through the door, or not."""

import pytest

from tests.factories.base import make_user


def fill(page, name: str, password: str) -> None:
    page.goto("/login/")
    page.fill("#id_username", name)
    page.fill("#id_password", password)
    page.keyboard.press("Enter")
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("role, tile", [("sales", "Orders to confirm"), ("finance", "Receivables"), ("logistics", "To dispatch"), ("manager", "Overdue")])
def test_signing_in_opens_the_home_of_the_role(desks, trade, role, tile):
    page = desks.open()

    fill(page, make_user(trade.company, role, first_name="Ada").username, "a long pass phrase")

    assert "Ada" in page.inner_text("h1")
    assert tile.lower() in page.inner_text("#content").lower()


def test_who_must_sign_in_first_comes_to_the_page_that_was_asked_for(desks, trade):
    page = desks.open()
    page.goto("/crm/orders/")

    page.fill("#id_username", trade.boss.username)
    page.fill("#id_password", "a long pass phrase")
    page.keyboard.press("Enter")

    page.wait_for_url("**/crm/orders/")


def test_five_wrong_passwords_lock_the_door_and_the_right_one_no_longer_opens_it(refusals, trade):
    page = refusals.open()
    user = make_user(trade.company, "sales")

    fill(page, user.username, "wrong")
    assert "Name and password do not match" in page.inner_text("[role=alert]")
    for _attempt in range(5):
        fill(page, user.username, "wrong")
    assert page.inner_text("h1") == "Locked for a while"

    fill(page, user.username, "a long pass phrase")
    assert "Nothing was changed" in page.inner_text("main")
