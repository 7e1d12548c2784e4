"""Handlers under real threads and sudden death: one effect, whoever runs them, whatever happens meanwhile."""

from decimal import Decimal
from functools import partial
from random import Random

import pytest

from crm.orders.services import LineChange, amend_order, cancel_order, confirm_order
from integration.outbox.models import Delivery
from integration.outbox.run import run_deliveries
from scm.shipping.services import dispatch_shipment
from suite.kernel.companies.models import Company
from suite.kernel.documents.errors import BusinessError
from tests.factories.base import make_product
from tests.factories.journeys import SHIPPED_ON, Trade
from tests.hammer.crossing import REPETITIONS, deadlocks, die_inside, must_be_sound, run_after_death, settle, work_off

pytestmark = [pytest.mark.hammer, pytest.mark.django_db(transaction=True)]
DEATHS = ("before_lock", "after_lock", "after_handler", "before_commit", "after_commit")


def errors_of(outcomes) -> list[BaseException]:
    return [outcome.error for outcome in outcomes if outcome.error is not None]


def deliveries_of(order) -> list[int]:
    return list(Delivery.objects.filter(aggregate_key=order.key).order_by("pk").values_list("pk", flat=True))


def has_its_documents(trade: Trade, order) -> bool:
    return (trade.reserved(order), trade.shipments(order), trade.invoices(order)) == (
        {"firm": Decimal(5)}, [("planned", [Decimal(5)])], [("invoice", "posted", Decimal("110.00"))],
    )


def test_four_workers_with_the_same_deliveries_make_each_document_once(race):
    before = deadlocks()
    for _repetition in range(REPETITIONS):
        trade = Trade(invoice_policy=Company.InvoicePolicy.AT_ORDER)
        order = trade.confirm(settled=False)
        ids = deliveries_of(order)
        outcomes = race(*(partial(run_deliveries, ids if worker % 2 else ids[::-1], is_first=True) for worker in range(4)))
        assert errors_of(outcomes) == []
        told = [outcome.value[pk] for outcome in outcomes for pk in ids]
        assert (told.count("done"), set(told)) == (3, {"done", "taken"})
        settle()
        assert has_its_documents(trade, order)
    must_be_sound(before)


@pytest.mark.parametrize("point", DEATHS)
def test_a_worker_that_is_killed_in_the_middle_leaves_one_effect(point, tmp_path):
    before = deadlocks()
    for repetition in range(REPETITIONS):
        trade = Trade(invoice_policy=Company.InvoicePolicy.AT_ORDER)
        order = trade.confirm(settled=False)
        ids = deliveries_of(order)
        killed = ids[repetition % 3]
        assert die_inside(tmp_path, point, order.key, killed) == 9
        assert run_after_death(killed) == ("taken" if point == "after_commit" else "done")
        settle()
        assert has_its_documents(trade, order)
        assert trade.ledger() == {"AR": Decimal(110), "DEFERRED_REVENUE": Decimal(-100), "OUTPUT_TAX": Decimal(-10)}
    must_be_sound(before)


@pytest.mark.parametrize("policy", [Company.InvoicePolicy.AT_DISPATCH, Company.InvoicePolicy.AT_ORDER])
def test_cancelling_while_the_handlers_run_leaves_nothing(policy, race):
    before = deadlocks()
    for _repetition in range(REPETITIONS):
        trade = Trade(invoice_policy=policy)
        order = trade.confirm(settled=False)
        ids = deliveries_of(order)
        outcomes = race(
            partial(run_deliveries, ids, is_first=True), partial(run_deliveries, ids[::-1], is_first=True),
            partial(cancel_order, order, actor=trade.boss, reason="Changed their mind."),
        )
        assert errors_of(outcomes) == []
        settle()
        assert trade.fresh(order).status == "cancelled"
        assert trade.reserved(order) == {}
        assert {status for status, _lines in trade.shipments(order)} <= {"cancelled"}
        assert {status for _kind, status, _gross in trade.invoices(order)} <= {"posted"}
        assert (trade.ledger(), trade.stock(), trade.committed()) == ({}, (Decimal(100), Decimal(0)), Decimal(0))
    must_be_sound(before)


def test_a_shipment_leaves_or_the_order_is_cancelled_never_both(race):
    before = deadlocks()
    seen = set()
    for _repetition in range(REPETITIONS):
        trade = Trade()
        order = trade.confirm()
        shipment = trade.open_shipment(order)
        left, cancelled = race(
            partial(dispatch_shipment, shipment, actor=trade.boss, dispatched_on=SHIPPED_ON),
            partial(cancel_order, order, actor=trade.boss, reason="Too late?"),
        )
        settle()
        assert [isinstance(error, BusinessError) for error in errors_of([left, cancelled])] == [True]
        if left.error is None:
            assert trade.statuses(order) == ("completed", "full", "full")
            assert trade.ledger()["AR"] == Decimal(110)
            assert trade.stock() == (Decimal(95), Decimal(0))
        else:
            assert trade.fresh(order).status == "cancelled"
            assert (trade.ledger(), trade.stock()) == ({}, (Decimal(100), Decimal(0)))
        seen.add(left.error is None)
    must_be_sound(before)


@pytest.mark.parametrize("policy", [Company.InvoicePolicy.AT_DISPATCH, Company.InvoicePolicy.AT_ORDER])
def test_an_amendment_beside_a_dispatch_and_the_handlers_ships_and_invoices_the_amended_order_once(policy, race):
    before = deadlocks()
    for _repetition in range(REPETITIONS):
        trade = Trade(invoice_policy=policy)
        order = trade.confirm()
        shipment, line = trade.open_shipment(order), trade.line(order)
        piece = shipment.lines.get()
        outcomes = race(
            partial(dispatch_shipment, shipment, actor=trade.boss, quantities={piece.pk: Decimal(2)}, dispatched_on=SHIPPED_ON),
            partial(amend_order, order, actor=trade.boss, changes=[LineChange(line.pk, None, Decimal(8))], reason="More, please."),
            partial(work_off, trade.company), partial(work_off, trade.company),
        )
        assert errors_of(outcomes) == []
        settle()
        assert trade.shipments(order) == [("dispatched", [Decimal(2)]), ("planned", [Decimal(6)])]
        assert trade.reserved(order) == {"consumed": Decimal(2), "firm": Decimal(6)}
        assert sum(gross for _kind, _status, gross in trade.invoices(order)) == Decimal("176.00")
        assert trade.stock() == (Decimal(98), Decimal(6))
    must_be_sound(before)


def test_sixteen_orders_for_the_last_ten_units_get_ten_and_six_wait(race):
    before = deadlocks()
    for _repetition in range(REPETITIONS):
        trade = Trade(stock=10)
        orders = [trade.draft((trade.product, 1)) for _ in range(16)]

        def sell(order, trade: Trade = trade) -> None:
            confirm_order(order, actor=trade.boss)
            run_deliveries(deliveries_of(order), is_first=True)

        assert errors_of(race(*(partial(sell, order) for order in orders))) == []
        settle()
        kept = [trade.reserved(order) for order in orders]
        assert kept.count({"firm": Decimal(1)}) == 10
        assert kept.count({"planned": Decimal(1)}) == 6
        assert trade.stock() == (Decimal(10), Decimal(10))
    must_be_sound(before)


def test_whole_orders_with_the_same_items_in_any_order_never_lock_each_other_out(race):
    """8 threads x 5 orders x 8 repetitions of confirm, handlers, dispatch and invoice: 320 orders."""
    before = deadlocks()
    for repetition in range(8):
        trade = Trade()
        goods = [trade.product, *(make_product(trade.company) for _ in range(3))]
        for product in goods[1:]:
            trade.receive(product, 100)
        settle()
        drafts = [
            [trade.draft(*((product, 1) for product in Random(f"{repetition}/{thread}/{number}").sample(goods, 4))) for number in range(5)]
            for thread in range(8)
        ]

        def trade_all(orders, trade: Trade = trade) -> None:
            for order in orders:
                confirm_order(order, actor=trade.boss)
                run_deliveries(deliveries_of(order), is_first=True)
                dispatch_shipment(trade.open_shipment(order), actor=trade.boss, dispatched_on=SHIPPED_ON)
            work_off(trade.company)

        assert errors_of(race(*(partial(trade_all, orders) for orders in drafts), timeout=120)) == []
        settle()
        assert {trade.statuses(order) for orders in drafts for order in orders} == {("completed", "full", "full")}
        assert [trade.stock(product) for product in goods] == [(Decimal(60), Decimal(0))] * 4
    must_be_sound(before)
