"""The measurements in order; imported after Django knows its database."""

from typing import Any

import django

django.setup()

from tests.bench import ledger, order_to_cash  # noqa: E402
from tests.bench.company import BenchCompany  # noqa: E402
from tests.bench.machine import Machine  # noqa: E402


def run_sections(machine: Machine, names: list[str]) -> dict[str, Any]:
    """Results of the named sections, in the keys of build/bench.json."""
    results: dict[str, Any] = {}
    if {"order_to_cash"} & set(names):
        bench = BenchCompany()
        order_to_cash.start_workers(machine)
        results["order_to_cash"] = order_to_cash.measure(machine, bench)
        machine.end("worker")
    if "ledger" in names:
        results.update(ledger.measure(machine))
    return results
