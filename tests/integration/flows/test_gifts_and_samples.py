"""O2C-29: goods given away leave stock for the expense that their reason names, with the dispatch, and are never invoiced."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from erp.giveaways.models import DispatchReason, Giveaway
from erp.giveaways.services import set_up_reasons
from erp.ledger.models import Account
from erp.receivables.models import ClearingItem, CustomerInvoice
from integration.outbox.sweep import drain
from scm.shipping.models import Shipment
from scm.shipping.services import (
    GivenLine,
    book_shipment,
    deliver_shipment,
    dispatch_shipment,
    lose_shipment,
    plan_giveaway,
    return_shipment_to_sender,
)
from suite.kernel.calendars.models import Period
from suite.kernel.documents.editing import save_record
from suite.kernel.documents.errors import Refusal
from suite.kernel.taxes.models import Tax
from tests.factories.base import make_product, make_user
from tests.factories.books import net_by_role
from tests.factories.journeys import SHIPPED_ON
from tests.factories.shipping import make_carrier
from tests.golden.postings import expected


@pytest.fixture
def shop(trade):
    """A trade with the reasons sample (no tax) and gift (10 % on the deemed supply)."""
    trade.sample, trade.gift = sorted(set_up_reasons(company_id=trade.company.pk, actor=trade.boss), key=lambda reason: -len(reason.code))
    DispatchReason.objects.filter(pk=trade.gift.pk).update(tax=Tax.objects.get(company=trade.company, code="T10"))
    return trade


def plan(trade, reason, *, quantity=1, **values) -> Shipment:
    return plan_giveaway(**{
        "company_id": trade.company.pk, "customer_id": trade.customer.pk, "site_id": trade.place.warehouse.site_id, "reason_key": reason.key,
        "lines": [GivenLine(trade.product.pk, Decimal(quantity))], "actor": trade.boss} | values)


def send(trade, reason, **values) -> Shipment:
    gone = dispatch_shipment(plan(trade, reason, **values), actor=trade.boss, dispatched_on=SHIPPED_ON)
    drain()
    return gone


def test_O2C_29_a_gift_with_tax_on_the_deemed_supply(shop):
    gone = send(shop, shop.gift)

    given = Giveaway.objects.get(shipment_key=gone.key)
    assert net_by_role(given.entry) == expected("O2C-29")
    assert (given.cost, given.tax_amount, given.tax_rate) == (10, 1, Decimal("0.1"))
    assert shop.stock()[0] == 99


def test_O2C_29_a_sample_is_cost_alone_on_the_account_of_its_reason(shop):
    account = Account.objects.get(company=shop.company, code="6400")
    DispatchReason.objects.filter(pk=shop.sample.pk).update(account=account)

    gone = send(shop, shop.sample, quantity=3)

    assert net_by_role(Giveaway.objects.get(shipment_key=gone.key).entry) == {"BANK_FEES": 30, "INVENTORY": -30}


def test_is_never_invoiced_and_touches_no_order(shop):
    gone = send(shop, shop.sample)
    deliver_shipment(gone, actor=shop.boss)
    drain()

    assert CustomerInvoice.objects.count() == 0 and ClearingItem.objects.count() == 0
    assert shop.waiting() == []


def test_what_comes_back_is_the_mirror(shop):
    gone = send(shop, shop.gift)

    return_shipment_to_sender(gone, actor=shop.boss, returned_on=SHIPPED_ON)
    drain()

    given = Giveaway.objects.get(shipment_key=gone.key)
    assert (given.status, net_by_role(given.entry, given.return_entry), shop.stock()[0]) == ("returned", {}, 100)


def test_what_is_lost_was_an_expense_already_and_is_claimed(shop):
    shipment = plan(shop, shop.sample)
    book_shipment(shipment, actor=shop.boss, carrier_id=make_carrier(shop.company, "LOSE").pk, weight_kg=Decimal(1))
    gone = dispatch_shipment(shipment, actor=shop.boss, dispatched_on=SHIPPED_ON)

    lose_shipment(gone, actor=shop.boss, lost_on=SHIPPED_ON)
    drain()

    assert shop.ledger() == {"EXPENSE": 10, "INVENTORY": -10}


def test_a_part_that_stays_is_planned_for_the_same_reason(shop):
    shipment = plan(shop, shop.sample, quantity=5)
    dispatch_shipment(shipment, actor=shop.boss, quantities={shipment.lines.get().pk: Decimal(2)}, dispatched_on=SHIPPED_ON)
    drain()

    rest = Shipment.objects.get(status="planned")
    assert (rest.reason_key, rest.lines.get().quantity) == (shop.sample.key, 3)
    dispatch_shipment(rest, actor=shop.boss, dispatched_on=SHIPPED_ON)
    drain()
    assert shop.stock()[0] == 95


class TestRefused:
    @pytest.mark.parametrize("values, code", [
        ({"lines": []}, "no_lines"), ({"quantity": 0}, "bad_quantity"), ({"quantity": -1}, "bad_quantity"),
        ({"reason_key": "erp.dispatchreason:999"}, "reason_unknown"),
    ])
    def test_while_planning(self, shop, values, code):
        with pytest.raises(Refusal) as refusal:
            plan(shop, shop.sample, **values)
        assert (refusal.value.code, Shipment.objects.count()) == (code, 0)

    def test_a_product_twice_and_a_service(self, shop):
        service = make_product(shop.company, kind="service")
        for products, code in (((shop.product, shop.product), "product_twice"), ((service,), "no_goods")):
            with pytest.raises(Refusal) as refusal:
                plan(shop, shop.sample, lines=[GivenLine(product.pk, Decimal(1)) for product in products])
            assert refusal.value.code == code

    def test_more_than_there_is(self, shop):
        shipment = plan(shop, shop.sample, quantity=101)
        with pytest.raises(Refusal):
            dispatch_shipment(shipment, actor=shop.boss, dispatched_on=SHIPPED_ON)
        assert Shipment.objects.get().status == "planned" and Giveaway.objects.count() == 0

    def test_a_closed_period(self, shop):
        shipment = plan(shop, shop.sample)
        Period.objects.filter(company=shop.company, starts_on=date(2026, 3, 1)).update(status="closed")
        with pytest.raises(Refusal) as refusal:
            dispatch_shipment(shipment, actor=shop.boss, dispatched_on=SHIPPED_ON)
        assert refusal.value.code == "period_open" and shop.stock()[0] == 100

    def test_a_reason_on_a_control_account(self, shop):
        shop.sample.account = Account.objects.get(company=shop.company, code="1100")
        with pytest.raises(Refusal) as refusal:
            save_record(shop.sample, actor=shop.boss)
        assert refusal.value.field == "account"

    def test_whoever_may_not(self, shop):
        with pytest.raises(PermissionDenied):
            plan(shop, shop.sample, actor=make_user(shop.company, "sales"))


class TestPages:
    @pytest.fixture
    def client(self, shop):
        made = Client()
        made.force_login(shop.boss)
        return made

    def test_from_the_form_to_the_shipment(self, shop, client):
        asked = {
            "customer": shop.customer.pk, "site": shop.place.warehouse.site_id, "reason": shop.sample.key, "product_1": shop.product.pk, "quantity_1": "2"}
        assert client.get(reverse("scm:giveaway")).status_code == 200
        answer = client.post(reverse("scm:giveaway"), asked, follow=True)
        shipment = Shipment.objects.get()
        assert answer.status_code == 200 and (shipment.reason, shipment.lines.get().quantity) == ("Sample", 2)

        answer = client.post(reverse("scm:giveaway"), asked | {"product_2": shop.product.pk})
        assert answer.status_code == 422 and b"Say how many." in answer.content and Shipment.objects.count() == 1

    def test_by_the_api(self, shop, client):
        lines = [{"product": shop.product.pk, "quantity": "1"}]
        body = {"customer": shop.customer.pk, "site": shop.place.warehouse.site_id, "reason": shop.gift.key, "lines": lines}
        made = client.post("/api/v1/scm/giveaways/", body, content_type="application/json")
        assert (made.status_code, made.json()["status"]) == (201, "planned")
        bad = client.post("/api/v1/scm/giveaways/", body | {"customer": 999999}, content_type="application/json")
        assert bad.status_code in (400, 422) and Shipment.objects.count() == 1
