"""Rows R6 and R7: handlers that die in the middle, once or always."""

import time
from decimal import Decimal
from typing import Any

from django.db import connection

from crm.orders.models import Order
from crm.orders.services import OrderLineInput, confirm_order, draft_order
from integration.outbox.faults import POINTS
from integration.outbox.models import Delivery
from integration.outbox.replay import replay_deliveries
from integration.outbox.rules import MAX_TRIES
from suite.kernel.users.models import User
from tests.faults.company import ORDER_DATE, customers, products
from tests.faults.house import House
from tests.faults.story import PRODUCTS, SCARCE

POISON_POINT = "after_lock"
SHORT = {"OUTBOX_LEASE_SECONDS": "1.5", "OUTBOX_LONGEST_WAIT_SECONDS": "1"}
OTHERS = 40
OTHERS_PACE = 0.3


def place_draft(actor: User, number: int) -> Order:
    """A draft of two products of which there is plenty."""
    goods = products(actor.company_id)[SCARCE:PRODUCTS]
    return draft_order(
        company_id=actor.company_id, customer_id=customers(actor.company_id)[0].pk, order_date=ORDER_DATE, actor=actor,
        source_key=f"drill/handlers/{number}",
        lines=[OrderLineInput(goods[(number + place) % len(goods)].pk, Decimal(1 + place)) for place in range(2)],
    )


def kill_inside(house: House, actor: User, per_point: int) -> dict[str, Any]:
    """R6: handlers killed at each point at the same moment. How long until all effects were there, and what the doctor of orders says."""
    orders = [place_draft(actor, number) for number in range(per_point * len(POINTS))]
    planned = [house.order_to_fail(POINTS[place % len(POINTS)], order.key, "kill") for place, order in enumerate(orders)]
    for order in orders:
        confirm_order(order, actor=actor)
    house.faults["R6 handler killed"] += len(orders)
    house.last_fault = time.time()
    ids = [order.pk for order in orders]
    house.wait(lambda: not open_deliveries(), 90)
    return {
        "orders": ids, "not_killed": sum(place.exists() for place in planned), "open": open_deliveries(),
        "recovered_seconds": max(seconds_to_done(ids), default=0.0),
    }


def poison(house: House, actor: User) -> dict[str, Any]:
    """R7: one order whose deliveries always raise, one whose deliveries always end the process; others meanwhile; then replay.

    Others are watched at production's waits; so that twelve tries do not take half an hour, the waits are shortened afterwards.
    """
    house.wait(lambda: len(house.members) == 4 and _workers_answer(house, actor), 60)
    before = _others(house, actor, 10_000)
    bad = {action: place_draft(actor, 20_000 + place) for place, action in enumerate(("raise", "exit"))}
    orders_to_fail = [house.order_to_fail(POISON_POINT, order.key, action) for action, order in bad.items()]
    for order in bad.values():
        confirm_order(order, actor=actor)
    house.faults["R7 poison"] += len(bad)
    during = _others(house, actor, 30_000)
    house.dismiss(*list(house.members))
    house.employ(**SHORT)
    keys = [order.key for order in bad.values()]
    sick = Delivery.objects.filter(aggregate_key__in=keys)
    house.wait(lambda: sick.filter(status=Delivery.Status.DEAD).count() == sick.count(), 120)
    tries = {action: sorted(sick.filter(aggregate_key=order.key, status=2).values_list("attempts", flat=True)) for action, order in bad.items()}
    hits = {action: house.hits(POISON_POINT, order.key) for action, order in bad.items()}
    for place in orders_to_fail:
        place.unlink()
    house.last_fault = time.time()
    dead = list(sick.filter(status=Delivery.Status.DEAD).values_list("pk", flat=True))
    replay_deliveries(dead, actor=actor, reason="The cause was removed.")
    house.wait(lambda: not open_deliveries(), 60)
    per_order = sick.count() // len(bad)
    return {
        "orders": [order.pk for order in bad.values()] + before["orders"] + during["orders"], "tries": tries, "hits": hits,
        "expected_tries": {action: [MAX_TRIES] * per_order for action in bad},
        # One message carries all deliveries of an event: the first one's death takes the others' first try with it.
        "expected_hits": {"raise": MAX_TRIES * per_order, "exit": MAX_TRIES * per_order - (per_order - 1)},
        "replayed_not_done": sick.exclude(status=Delivery.Status.DONE).count(),
        "others_open": before["open"] + during["open"], "others_p95_before": before["p95"], "others_p95_during": during["p95"],
    }


def _others(house: House, actor: User, first: int) -> dict[str, Any]:
    """Orders that nothing is wrong with, at a steady pace: their p95 from event to the last effect, and how many were not finished."""
    ids = []
    for number in range(first, first + OTHERS):
        order = place_draft(actor, number)
        confirm_order(order, actor=actor)
        ids.append(order.pk)
        house.wait(lambda: False, OTHERS_PACE)
    keys = [f"crm.order:{pk}" for pk in ids]
    house.wait(lambda: not Delivery.objects.filter(aggregate_key__in=keys, status=0).exists(), 30)
    seconds = sorted(seconds_to_done(ids))
    return {
        "orders": ids, "p95": round(seconds[int(len(seconds) * 0.95)], 2) if seconds else 0.0,
        "open": Delivery.objects.filter(aggregate_key__in=keys).exclude(status=Delivery.Status.DONE).count(),
    }


def _workers_answer(house: House, actor: User) -> bool:
    """Whether a message sent now is worked off: the workers are up."""
    _workers_answer.number = getattr(_workers_answer, "number", 40_000) + 1
    order = place_draft(actor, _workers_answer.number)
    confirm_order(order, actor=actor)
    return house.wait(lambda: not Delivery.objects.filter(aggregate_key=order.key, status=0).exists(), 3)


def open_deliveries() -> int:
    """Deliveries that wait."""
    return Delivery.objects.filter(status=Delivery.Status.PENDING).count()


def seconds_to_done(order_ids: list[int]) -> list[float]:
    """Per order the seconds from its event to the last of its own deliveries that is done."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT extract(epoch FROM max(d.done_at) - min(e.created)) FROM integration_event e"
            " JOIN integration_delivery d ON d.event_id = e.id WHERE e.type = 'crm.order.confirmed' AND e.aggregate_id = ANY(%s)"
            " GROUP BY e.aggregate_id", [order_ids],
        )
        return [float(row[0]) for row in cursor.fetchall()]
