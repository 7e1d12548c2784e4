"""Codes are for programs: people read words, in lists, filters, records, the console, the menu and their own sign-ins."""

import pytest
from django.test import Client
from django.utils.translation import override

from integration.flows.receivers import FACTS as SIGNALS
from integration.flows.stock_to_order import ARRIVED, FREED
from integration.outbox.models import Delivery, Event
from integration.outbox.words import FACTS, aggregates, consumer_names, event_types, event_words
from suite.kernel.audit.models import AuditEvent
from suite.resources import codes
from suite.resources.menu import GROUPS, SECTIONS, entries, heading_of, menu_for
from suite.web.account.browsers import address_words, browser_words
from tests.factories.base import make_company, make_user
from tests.factories.journeys import Trade

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1"
PHONE = "Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36"


def test_every_fact_and_every_act_has_words():
    assert {*SIGNALS.values(), ARRIVED, FREED} <= set(FACTS)
    for names, model, field in ((event_types(), Event, "type"), (consumer_names(), Delivery, "handler"), (aggregates(), Event, "aggregate")):
        assert [name for name in names if codes.in_words(model, field, name) == name] == []
    assert event_words("erp.stockadjustment.post") == "Stock adjustment: Post"
    assert event_words("gone.with.the.wind") == "gone.with.the.wind"
    with override("de"):
        assert event_words("crm.order.confirmed") == "Auftrag bestätigt"


def test_lists_of_events_say_what_happened_and_filter_by_it(client, db):
    trade = Trade()
    order = trade.confirm()
    client.force_login(trade.boss)

    page = client.get("/integration/events/?type=crm.order.confirmed").content.decode()

    assert "Order confirmed</span>" in page and order.number in page
    assert "Stock arrived</span>" not in page
    assert "Reserve stock</span>" in client.get("/integration/deliveries/?handler=erp.reserve").content.decode()
    event = Event.objects.get(type="crm.order.confirmed")
    assert "<h1 class=\"page-title\">Order confirmed</h1>" in client.get(f"/integration/events/{event.pk}/").content.decode()
    assert client.get("/integration/events/?type=nonsense").status_code == 400


@pytest.fixture
def console(client, db):
    boss = make_user(make_company(), "administrator", is_staff=True, is_superuser=True)
    client.force_login(boss)
    return client


def test_the_console_is_grouped_by_job_and_its_trail_is_in_words(console):
    start = console.get("/console/").content.decode()

    assert "Locked sign-ins" in start and "Set-up and master data, by job" in start
    assert "Access failures" not in start
    assert AuditEvent.objects.filter(kind="sign_in").exists()
    assert ">Signed in</span>" in console.get("/console/kernel/auditevent/?kind=sign_in").content.decode()
    changes = console.get("/console/kernel/rowchange/").content.decode()
    assert ">User</span>" in changes and ">kernel_user<" not in changes


def test_daily_work_stands_first_and_the_rest_under_headings(db):
    assert set(GROUPS) <= set(SECTIONS)
    for section in ("receivables", "payables", "bank", "books", "closing"):
        found = [entry for entry in entries() if entry.section == section]
        headings = [str(heading_of(entry)) for entry in found]
        assert headings[0] == "" and headings == sorted(headings, key=headings.index)
    assert {str(entry.label): str(heading_of(entry)) for entry in found}["fiscal years"] == "Set-up"

    shown = {section["key"]: section["entries"] for section in menu_for(make_user(make_company(), "finance"), "/erp/customer-invoices/")}
    assert [item["is_active"] for item in shown["receivables"]][0] is True


@pytest.mark.parametrize(("agent", "words"), [
    (FIREFOX, "Firefox on Windows"), (EDGE, "Edge on Windows"), (IPHONE, "Safari on iPhone"), (PHONE, "Chrome on Android"),
    ("curl/8.5.0", "curl"), ("", "Unknown browser"), ("<script>", "Unknown browser"),
])
def test_browsers_are_called_by_their_names(agent, words):
    assert browser_words(agent) == words


def test_own_sign_ins_are_recognised_and_the_others_ended(db):
    user = make_user(make_company(), "sales")
    user.set_password("harbour-lantern-77")
    user.save()
    here, there = Client(headers={"user-agent": FIREFOX}), Client(headers={"user-agent": IPHONE})
    for browser in (here, there):
        assert browser.post("/login/", {"username": user.username, "password": "harbour-lantern-77"}).status_code == 302

    page = here.get("/account/sessions/").content.decode()

    assert "Firefox on Windows" in page and "Safari on iPhone" in page and address_words("127.0.0.1") in page
    here.post("/account/sessions/", {"others": "1"})
    assert there.get("/").status_code == 302
    assert here.get("/").status_code == 200
