"""The measurements in order; imported after Django knows its database."""

import json
import os
import random
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import django

django.setup()

from crm.orders.services import confirm_order  # noqa: E402
from integration.outbox.sweep import drain  # noqa: E402
from integration.trace.selectors import trace_of  # noqa: E402
from tests.bench import (  # noqa: E402
    bank_matching,
    budgets,
    closing_day,
    dunning,
    ledger,
    order_to_cash,
    pages,
    payment_runs,
)
from tests.bench.company import BenchCompany  # noqa: E402
from tests.bench.machine import ROOT, Machine  # noqa: E402


def run_sections(machine: Machine, names: list[str]) -> dict[str, Any]:
    """Results of the named sections, in the keys of build/bench.json."""
    results: dict[str, Any] = {}
    bench = BenchCompany() if {"order_to_cash", "http", "order_list", "trace"} & set(names) else None
    if "order_to_cash" in names:
        order_to_cash.start_workers(machine)
        results["order_to_cash"] = order_to_cash.measure(machine, bench)
    if "http" in names:
        results.update(pages.confirm_over_http(machine, bench))
    if "trace" in names:
        results["trace_ms"] = _trace(bench)
    if "order_list" in names:
        results.update(pages.order_list(machine, bench))
    if "ledger" in names:
        results.update(ledger.measure(machine))
    if "closing_day" in names:
        results.update(closing_day.measure(machine))
    if "dunning" in names:
        results["dunning"] = dunning.measure(machine)
        results["dunning_run_100k_items_s"] = results["dunning"]["seconds"]
    if "bank_matching" in names:
        results.update(bank_matching.measure(machine))
    if "budgets" in names:
        results.update(budgets.measure(machine))
    if "payment_runs" in names:
        results["payment_runs"] = payment_runs.measure(machine)
    if "northwind" in names:
        results["northwind_seconds"] = _northwind(machine)
    return results


def _trace(bench: BenchCompany) -> float:
    """Median ms of the whole trace of an order with its documents."""
    order = confirm_order(bench.draft(random.Random(4)), actor=bench.actor)
    drain()
    took = []
    for _ in range(10):
        started = time.perf_counter()
        found = trace_of(order.key, user=bench.actor)
        took.append((time.perf_counter() - started) * 1000)
    if not found.ledger:
        raise SystemExit("The trace reached no ledger line: nothing was measured.")
    return round(statistics.median(took), 1)


def _northwind(machine: Machine) -> float | None:
    """Seconds of the whole load; None where the data set is not on this machine."""
    folder = Path(os.environ.get("SHARED_DATA", ROOT.parent / "shared" / "data")) / "northwind"
    if not folder.exists():
        return None
    done = subprocess.run(
        [sys.executable, "manage.py", "load_profile", "northwind", str(folder), "--json"], cwd=ROOT, env={**os.environ, **machine.environment},
        capture_output=True, text=True,
    )
    if done.returncode:
        raise SystemExit(f"Northwind did not load:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout)["seconds"]
