"""Rows R1 to R4: workers, broker and database die while clients order."""

import random
import time
from pathlib import Path

from tests.faults.house import House

CLIENTS = 2
SECONDS = 100.0
TICK = 2.0
HANG = 30.0
HANG_EVERY = 150.0
QUICKEST = 0.25


def pace_of(orders: int) -> float:
    """Seconds between two orders of one client: the orders last as long as the storm, but come no faster than the house can bear."""
    return max(QUICKEST, SECONDS * CLIENTS / orders)


def rage(house: House, rng: random.Random, seed: int, orders: int, *, hang: float = HANG) -> list[Path]:
    """Lets clients place the orders under faults, to the end; returns their diaries."""
    diaries = [house.home / f"diary-{client}.jsonl" for client in range(CLIENTS)]
    clients = [
        house.send_client(
            "--seed", str(seed), "--first", str(first), "--step", str(CLIENTS), "--orders", str(orders), "--pace", f"{pace_of(orders):.3f}",
            "--diary", str(diary),
        )
        for first, diary in enumerate(diaries)
    ]
    if not house.wait(lambda: any(diary.exists() for diary in diaries), 60):
        raise SystemExit("The clients did not start; see their logs.")
    house.wait(lambda: False, 3)
    hung_at, tick, limit = -HANG_EVERY, 0, time.monotonic() + 300 + 2 * orders
    while any(client.poll() is None for client in clients):
        if time.monotonic() > limit:
            raise SystemExit("The clients did not finish in time.")
        tick += 1
        if tick % 6 == 5 and time.monotonic() - hung_at > HANG_EVERY:
            house.hang_broker(hang)
            hung_at = time.monotonic()
        else:
            strike(house, rng, tick)
        house.wait(lambda: False, TICK)
    if any(client.returncode for client in clients):
        raise SystemExit("A client gave up; see its log.")
    return diaries


def strike(house: House, rng: random.Random, tick: int) -> None:
    """One fault: the database and the broker every twelve seconds, else a process of the integration."""
    if tick % 6 == 3:
        house.crash_database(rng)
    elif tick % 6 == 0:
        house.kill_broker(rng)
    elif rng.random() < 0.5:
        house.kill_worker_child(rng)
    else:
        house.kill_group(rng.choice(("worker-1", "worker-2", "worker-1", "worker-2", "sweeper", "beat")))
