"""Every page once, by a company that has traded: answers, says nothing on the console, fits a phone, has no serious barrier."""

from decimal import Decimal as D
from urllib.parse import urlparse

import pytest
from django.utils import timezone

from crm.orders.services import confirm_order
from crm.quotes.services import QuoteLineInput, draft_quote, send_quote
from erp.banking.models import BankAccount, StatementLine
from erp.receivables.services import draft_payment, post_payment
from integration.outbox.sweep import drain
from scm.shipping.services import dispatch_shipment
from scm.warehousing.services import draw_pick_list
from suite.kernel.documents.editing import save_record
from suite.resources.menu import entries
from suite.resources.registry import resources
from suite.resources.reporting import reports
from tests.browser.looking import complaints_about
from tests.factories.base import make_user
from tests.factories.journeys import Trade
from tests.factories.shipping import make_carrier

TODAY = timezone.localdate()
RESOURCES = sorted(resources(), key=lambda resource: resource.key())
HOMES = ("sales", "finance", "logistics", "manager")
ARRIVED = "() => !document.querySelector('.htmx-request, .chart:empty')"


@pytest.fixture(scope="module")
def traded(house) -> Trade:
    """Orders in every state, paid and unpaid, a quote, a pick list under way, a statement line."""
    trade = Trade()
    company, boss = trade.company, trade.boss
    make_carrier(company, "POST")
    gone = trade.confirm(order_date=TODAY)
    dispatch_shipment(trade.open_shipment(gone), actor=boss, dispatched_on=TODAY)
    drain()
    bank = BankAccount.objects.get(company=company, code="BANK")
    payment = draft_payment(
        company_id=company.pk, customer_id=trade.customer.pk, bank_account_id=bank.pk, amount=D(60), paid_on=TODAY, currency_id="EUR", actor=boss,
        kind="receipt", method="transfer", reference="thanks",
    )
    post_payment(payment, actor=boss)
    waiting = trade.confirm((trade.product, 500), order_date=TODAY)
    picked = trade.confirm((trade.product, 2), order_date=TODAY)
    draw_pick_list(shipment_id=trade.open_shipment(picked).pk, actor=boss)
    trade.draft(order_date=TODAY)
    trade.customer.credit_limit = D(1)
    save_record(trade.customer, actor=boss)
    confirm_order(trade.draft(order_date=TODAY), actor=boss)
    send_quote(draft_quote(
        company_id=company.pk, customer_id=trade.customer.pk, lines=[QuoteLineInput(trade.product.pk, D(3))], actor=boss, quote_date=TODAY,
    ), actor=boss)
    save_record(StatementLine(
        company=company, bank_account=bank, booked_on=TODAY, amount=D("12.50"), text="Unknown money", external_id="L-1"), actor=boss)
    drain()
    trade.orders = (gone, waiting, picked)
    return trade


def pages_of(resource, user) -> list[str]:
    """List, a record, the form of a new one and of that one, as far as there are such."""
    found = [resource.list_url()]
    record = resource.rows(user).order_by("-pk").first()
    if record is not None:
        found.append(resource.url_of(record))
    if resource.is_editable():
        found.append(resource.url("add"))
    return found


def look_at(page, addresses: list[str], statuses: tuple[int, ...] = (200,)) -> dict[str, list[str]]:
    """Complaints by address."""
    found = {}
    for address in addresses:
        answer = page.goto(address)
        page.wait_for_function(ARRIVED)
        complaints = [] if answer.status in statuses else [f"answered {answer.status}"]
        complaints += complaints_about(page)
        if complaints:
            found[address] = complaints
    return found


@pytest.mark.parametrize("role", HOMES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_home_of_each_role_by_day_and_by_night(desks, traded, role, theme):
    page = desks.open(make_user(traded.company, role), bypass_csp=True, theme=theme)

    assert look_at(page, ["/"]) == {}


@pytest.mark.parametrize("app", ["crm", "erp", "integration", "kernel", "scm"])
def test_list_record_and_form_of_each_resource(desks, traded, app):
    page = desks.open(traded.boss, bypass_csp=True)
    addresses = [address for resource in RESOURCES if resource.app() == app for address in pages_of(resource, traded.boss)]

    assert len(addresses) >= 5
    assert look_at(page, addresses) == {}


def test_every_other_entry_of_the_menu_and_every_report(desks, traded):
    page = desks.open(traded.boss, bypass_csp=True)
    lists = {resource.list_url() for resource in RESOURCES}
    known = {f"/{report.app}/reports/{report.slug}/" for report in reports()}
    addresses = [entry.url for entry in entries() if entry.url not in lists | known]
    receivables = traded.customer.pk
    addresses += [*sorted(known), f"/erp/reports/customer-statement/?customer={receivables}", f"/integration/trace/?of={traded.orders[0].key}"]

    assert look_at(page, addresses) == {}


def test_pages_of_the_account_search_documents_and_refusals(desks, traded):
    desks.refusals_are_expected = True
    page = desks.open(traded.boss, bypass_csp=True)
    gone, waiting, picked = traded.orders
    addresses = [
        "/search/?q=SO", "/api/docs/", "/account/tokens/", "/account/sessions/", "/account/password/", "/kernel/products/import/", f"/crm/orders/{waiting.pk}/",
        f"/crm/orders/{picked.pk}/amend/", f"/crm/orders/{picked.pk}/cancel/", f"/crm/orders/{gone.pk}/cancel/", "/nowhere/", "/crm/orders/999999/",
    ]

    assert look_at(page, addresses, (200, 403, 404, 409)) == {}
    assert look_at(desks.open(bypass_csp=True), ["/login/"]) == {}


def test_the_console(desks, traded):
    """Its start page, lists, records and forms; django-unfold keeps its colours in a place of its own, so each is seen by day and by night."""
    traded.boss.is_staff = traded.boss.is_superuser = True
    traded.boss.save()
    addresses = [
        "/console/", "/console/kernel/user/", "/console/kernel/user/add/", f"/console/kernel/user/{traded.boss.pk}/change/", "/console/auth/group/",
        "/console/kernel/tax/", "/console/kernel/site/add/", "/console/kernel/party/", f"/console/kernel/party/{traded.customer.pk}/change/",
        "/console/crm/order/", f"/console/crm/order/{traded.orders[0].pk}/change/", "/console/erp/journalentry/", "/console/kernel/auditevent/",
        "/console/kernel/statuschange/", "/console/kernel/rowchange/", "/console/axes/accessattempt/", "/console/password_change/",
    ]

    found = {}
    for theme in ("light", "dark"):
        page = desks.open(traded.boss, bypass_csp=True)
        page.emulate_media(color_scheme=theme)
        found |= {f"{address} ({theme})": said for address, said in look_at(page, addresses).items()}

    assert found == {}


def test_the_content_policy_is_kept_on_every_kind_of_page(desks, traded):
    """Without the detour that axe needs: the browser itself says whether anything broke the policy, console and API documents included."""
    traded.boss.is_staff = True
    traded.boss.save()
    page = desks.open(traded.boss)
    gone, *_rest = traded.orders

    for address in (
        "/", "/crm/orders/", f"/crm/orders/{gone.pk}/", "/crm/orders/add/", "/erp/reports/trial-balance/", "/erp/reports/aged-receivables/", "/scm/board/",
        "/scm/picking/", "/integration/worklist/", "/integration/jobs/", "/api/docs/", "/console/", "/console/kernel/party/", "/console/kernel/user/",
        "/console/kernel/user/add/", f"/console/kernel/party/{traded.customer.pk}/change/", f"/console/crm/order/{gone.pk}/change/",
        "/console/kernel/statuschange/", "/console/kernel/rowchange/", "/integration/bulk/", "/integration/events/", "/account/sessions/",
    ):
        answer = page.goto(address)
        page.wait_for_load_state("networkidle")
        assert answer.status == 200, address
        assert "content-security-policy" in answer.headers
        assert "unsafe-inline" not in answer.headers["content-security-policy"] or urlparse(page.url).path.startswith("/console/")
