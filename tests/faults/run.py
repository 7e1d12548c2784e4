"""python -m tests.faults.run [300] [--seed S] [--r6 2]: drills R1 to R4, R6 and R7 of docs/reliability.md; writes build/faults.json.

Exit status 1 when any promise is broken. The seed is printed and repeats the order book and the choice of faults.
"""

import argparse
import json
import os
import random
import signal
import sys
import time
from pathlib import Path
from typing import Any

from suite.runtime.places import ROOT
from tests.faults.diaries import MOST_STALL, Diaries
from tests.faults.house import House
from tests.faults.storm import HANG, rage

DRAINED_WITHIN = 120.0
RECOVERED_WITHIN = 15.0
BACK_WITHIN = 5.0
# R7: others' p95 stays within 20 %. It is a few hundredths of a second, and on two busy cores varies by more than that from one run to the
# next; an order that went down with the poison and was found again by the sweeper would show as five seconds.
OTHERS_SLOWER = 1.2
OTHERS_NOISE = 0.3
KEYS = (
    "orders", "faults", "lost", "duplicated", "unbalanced", "gaps", "oversold", "acknowledged_missing", "recovered_seconds_max",
    "drained_seconds", "seed",
)


def say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


def drill(house: House, options: argparse.Namespace) -> dict[str, Any]:
    """Everything in order; the report."""
    house.open()
    os.environ.update({name: house.environment[name] for name in (
        "DATABASE_URL", "REDIS_URL", "DATA_DIR", "STATIC_ROOT", "SECRET_KEY")} | {"DJANGO_SETTINGS_MODULE": "suite.settings"})
    os.environ.pop("SUITE_TESTING", None)
    import django

    django.setup()
    from django.db import connections

    from suite.kernel.users.models import User
    from tests.faults import handlers
    from tests.faults.company import found_company
    from tests.faults.promises import examine_company

    company = found_company(options.seed, options.orders)
    connections.close_all()
    say("The house stands. Orders come in, and faults.")
    house.employ()
    diaries = Diaries.read(rage(house, random.Random(options.seed), options.seed, options.orders, hang=options.hang))
    connections.close_all()
    last_fault = house.last_fault
    drained = house.wait(lambda: not handlers.open_deliveries(), 240)
    drained_seconds = round(time.time() - last_fault, 1)
    say(f"{len(diaries.acknowledged)} orders acknowledged, drained {drained_seconds} s after the last of {house.faults.total()} faults.")

    actor = User.objects.get(username="drill")
    killed = handlers.kill_inside(house, actor, options.r6)
    say(f"Handlers killed at every point: all effects {killed['recovered_seconds']:.1f} s after their events.")
    poisoned = handlers.poison(house, actor)
    say(f"Poison: tries {poisoned['tries']}, others p95 {poisoned['others_p95_before']} s before, {poisoned['others_p95_during']} s meanwhile.")
    house.wait(lambda: not handlers.open_deliveries(), 60)
    house.dismiss(*list(house.members))
    acknowledged = [*diaries.acknowledged, *killed.pop("orders"), *poisoned.pop("orders")]
    found = examine_company(company.pk, acknowledged)
    connections.close_all()
    longest_stall, stalls_too_soon = diaries.stalls_in(house.hangs)
    return found | {
        "orders": len(diaries.acknowledged), "faults": house.faults.total(), "seed": options.seed, "drained_seconds": drained_seconds,
        "recovered_seconds_max": round(killed["recovered_seconds"], 2), "drained": drained, "acknowledged": len(acknowledged),
        "faults_by_kind": dict(sorted(house.faults.items())), "confirm_failures": len(diaries.failures_outside(house.outages)),
        "confirm_failure_examples": diaries.failures_outside(house.outages)[:3], "retried_after_crash": len(diaries.failures),
        "confirm_p99_seconds": round(diaries.p99_seconds(), 3), "longest_stall": round(longest_stall, 2), "stalls_too_soon": stalls_too_soon,
        "back_seconds_max": round(diaries.seconds_until_back(house.outages), 2), "killed_handlers": killed, "poison": poisoned,
    }


def broken_promises(report: dict[str, Any], options: argparse.Namespace) -> list[str]:
    """In words, what was promised and did not hold."""
    zero = (
        "lost", "duplicated", "unbalanced", "gaps", "oversold", "acknowledged_missing", "wrong_amount", "open_deliveries", "confirm_failures",
        "stalls_too_soon",
    )
    broken = [f"{name}: {report[name]}" for name in zero if report[name]]
    broken += [f"doctor, {name}: {found}" for name, found in report["doctor"].items()]
    killed, poison = report["killed_handlers"], report["poison"]
    checks = {
        "every order acknowledged": report["orders"] == options.orders,
        "drained in time": report["drained"] and report["drained_seconds"] <= DRAINED_WITHIN + options.orders / 50,
        "backorders happened": report["backorders"] > 0,
        f"no stall above {MOST_STALL} s": report["longest_stall"] <= MOST_STALL,
        "service back after the database": report["back_seconds_max"] <= BACK_WITHIN,
        "killed handlers recovered": killed["recovered_seconds"] <= RECOVERED_WITHIN and not killed["open"] and not killed["not_killed"],
        "poison dead after exactly twelve tries": poison["tries"] == poison["expected_tries"] and poison["hits"] == poison["expected_hits"],
        "others unaffected by poison": not poison["others_open"] and poison["others_p95_during"] <= max(
            poison["others_p95_before"] * OTHERS_SLOWER, poison["others_p95_before"] + OTHERS_NOISE),
        "replay after the cure is done": not poison["replayed_not_done"],
    }
    return broken + [what for what, held in checks.items() if not held]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", nargs="?", type=int, help="orders, as --orders")
    parser.add_argument("--orders", type=int, default=300)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--r6", type=int, default=2, help="orders killed at each of the five points")
    parser.add_argument("--hang", type=float, default=HANG, help="seconds that the broker hangs")
    options = parser.parse_args()
    options.orders = options.count or options.orders
    options.seed = random.SystemRandom().randrange(10**6) if options.seed is None else options.seed
    say(f"Drill with {options.orders} orders, seed {options.seed}.")
    began, house, build = time.time(), House(), ROOT / "build"
    build.mkdir(exist_ok=True)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    signal.signal(signal.SIGALRM, _too_long)
    signal.alarm(900 + 3 * options.orders)
    try:
        report = drill(house, options)
    finally:
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM):
            signal.signal(name, signal.SIG_IGN)
        _save_logs(house, build / "faults-logs")
        house.close()
    report["seconds"] = round(time.time() - began, 1)
    report["broken"] = broken_promises(report, options)
    ordered = {name: report[name] for name in KEYS} | {name: value for name, value in report.items() if name not in KEYS}
    (build / "faults.json").write_text(json.dumps(ordered, indent=2, default=str) + "\n")
    print(json.dumps(ordered, indent=2, default=str))
    for promise in report["broken"]:
        say(f"BROKEN: {promise}")
    return 1 if report["broken"] else 0


def _save_logs(house: House, place: Path) -> None:
    try:
        house.keep_logs(place)
    except OSError as error:
        say(f"The logs could not be kept: {error}")


def _too_long(*_: Any) -> None:
    raise TimeoutError("The drill took too long.")


if __name__ == "__main__":
    sys.exit(main())
