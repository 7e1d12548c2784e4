"""An order below the margin floor waits, with nothing behind it, until somebody else approves it; the cost is that of the stock."""

from decimal import Decimal

import pytest
from django.test import Client

from crm.margins.models import MarginApproval, MarginFloor
from crm.orders.services import LineChange, amend_order, approve_order_margin, cancel_order
from erp.inventory.selectors import unit_costs
from integration.outbox.sweep import drain
from integration.worklist.selectors import worklist
from tests.factories.base import make_customer, make_product, make_user


@pytest.fixture
def floor(trade):
    """Goods at 20.00 that cost 10.00: a margin of a half, where six tenths are asked."""
    return MarginFloor.objects.create(company=trade.company, min_margin=Decimal("0.6"))


@pytest.fixture
def manager(trade):
    return make_user(trade.company, "manager")


def behind(trade, order):
    return trade.reserved(order), trade.shipments(order), trade.invoices(order)


def test_it_waits_with_nothing_behind_it_and_the_documents_follow_the_approval(trade, floor, manager):
    order = trade.confirm()
    assert (order.status, order.hold_reason) == ("on_hold", "margin")
    assert behind(trade, order) == ({}, [], [])
    assert trade.committed() == Decimal(0)
    assert [(line.cost, line.floor) for line in MarginApproval.objects.get(order=order).judged] == [(Decimal(50), Decimal("0.6"))]

    approve_order_margin(order, actor=manager, reason="first order")
    drain()

    assert behind(trade, order) == ({"firm": Decimal(5)}, [("planned", [Decimal(5)])], [("invoice", "draft", Decimal("110.00"))])
    assert trade.committed() == Decimal("110.00")


def test_approved_beyond_the_credit_limit_still_nothing_follows(trade, floor, manager):
    order = trade.confirm(customer=make_customer(trade.company, credit_limit=Decimal(50)))

    approve_order_margin(order, actor=manager, reason="first order")
    drain()

    assert (trade.fresh(order).status, trade.fresh(order).hold_reason) == ("on_hold", "credit")
    assert behind(trade, order) == ({}, [], [])


def test_an_amendment_below_the_floor_takes_back_what_has_not_left(trade, manager):
    order = trade.confirm()
    MarginFloor.objects.create(company=trade.company, min_margin=Decimal("0.4"))
    line = trade.line(order)

    amend_order(order, actor=trade.boss, changes=[LineChange(line.pk, line.product_id, line.quantity, unit_price=Decimal(12))], reason="haggled")
    drain()
    assert trade.fresh(order).hold_reason == "margin"
    assert (trade.reserved(order), trade.shipments(order)) == ({}, [("cancelled", [Decimal(5)])])

    approve_order_margin(trade.fresh(order), actor=manager, reason="to keep the customer")
    drain()
    assert trade.reserved(order) == {"firm": Decimal(5)}
    assert trade.invoices(order) == [("invoice", "draft", Decimal("66.00"))]


def test_cancelled_while_it_waits_leaves_nothing(trade, floor):
    order = cancel_order(trade.confirm(), actor=trade.boss)
    drain()

    assert behind(trade, order) == ({}, [], [])


def test_cost_is_the_average_of_the_stock_then_the_last_one_then_the_standard(trade):
    trade.receive(trade.product, 100, "20")
    gone = make_product(trade.company, standard_cost=Decimal(3))
    trade.receive(gone, 5, "7")
    trade.dispatch(trade.confirm((gone, 5)))
    planned, unknown = make_product(trade.company, standard_cost=Decimal(3)), make_product(trade.company)

    costs = unit_costs(trade.company.pk, [trade.product.pk, gone.pk, planned.pk, unknown.pk])

    assert costs == {trade.product.pk: Decimal(15), gone.pk: Decimal(7), planned.pk: Decimal(3)}


def test_the_worklist_offers_the_approval_to_who_may_give_it(trade, floor, manager):
    order = trade.confirm()

    def waiting(user):
        return [(item.title, item.detail, [action.label for action in item.actions]) for item in worklist(user, kind="margin")]

    title, detail = f"{order.number} · {trade.customer}", "Priced so low that it needs approval."
    assert waiting(manager) == [(title, detail, ["Approve margin"])]
    assert waiting(make_user(trade.company, "sales")) == [(title, detail, [])]
    assert waiting(trade.boss) == [(title, detail, [])], "who confirmed it does not approve it"
    assert [item for item in worklist(manager, kind="credit") if item.title == title] == []


def test_from_the_worklist_a_manager_approves_it_in_two_pages(trade, floor, manager):
    order = trade.confirm()
    client = Client()
    client.force_login(manager)
    url = worklist(manager, kind="margin")[0].actions[0].url
    assert url in client.get("/integration/worklist/").content.decode()

    asked = client.get(url)
    assert "Why is this margin right here?" in asked.content.decode()
    assert client.post(url, {"reason": ""}).status_code == 422
    assert trade.fresh(order).status == "on_hold"
    assert client.post(url, {"reason": "first order"}).status_code == 302

    assert trade.fresh(order).status == "confirmed"
    drain()
