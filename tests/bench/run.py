"""python -m tests.bench.run [section …]: measures, prints, writes build/bench.json; exit code 1 when a bar is missed."""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.bench.machine import ROOT, Machine

SECTIONS = (
    "order_to_cash",
    "http",
    "order_list",
    "ledger",
    "budgets",
    "closing_day",
    "dunning",
    "bank_matching",
    "payment_runs",
    "trace",
    "northwind",
)


def main(wanted: list[str]) -> int:
    """Runs the sections named (all by default)."""
    machine = Machine()
    try:
        os.environ.update(machine.environment, DJANGO_SETTINGS_MODULE="suite.settings")
        (machine.home / "counts").mkdir()
        os.environ["BENCH_COUNTS"] = str(machine.home / "counts")
        machine.migrate()
        from tests.bench.sections import run_sections

        results = run_sections(machine, [name for name in SECTIONS if not wanted or name in wanted])
    finally:
        machine.close()
    target = ROOT / "build" / "bench.json"
    target.parent.mkdir(exist_ok=True)
    kept = json.loads(target.read_text()) if wanted and target.exists() else {}
    target.write_text(json.dumps({**kept, **results}, indent=2))
    print(json.dumps(results, indent=2))
    missed = judge(results)
    for line in missed:
        print(f"MISSED {line}")
    return 1 if missed else 0


BARS: list[tuple[str, Callable[[dict[str, Any]], bool]]] = [
    ("order_to_cash.cpu_ms_per_order at most 60", lambda r: r["order_to_cash"]["cpu_ms_per_order"] <= 60),
    ("order_to_cash.cpu_ratio at most 15", lambda r: r["order_to_cash"]["cpu_ratio"] <= 15),
    ("order_to_cash.floor_cpu_ms_per_order at most 6", lambda r: r["order_to_cash"]["floor_cpu_ms_per_order"] <= 6),
    ("order_to_cash.statements_per_order at most 60", lambda r: r["order_to_cash"]["statements_per_order"] <= 60),
    ("confirm_p95_ms below 150", lambda r: r["confirm_p95_ms"] < 150),
    ("all_documents_p95_ms below 1000", lambda r: r["all_documents_p95_ms"] < 1000),
    ("order_list.ms_100k below 100", lambda r: r["order_list"]["ms_100k"] < 100),
    ("order_list: same queries", lambda r: r["order_list"]["queries_100"] == r["order_list"]["queries_100k"]),
    ("trial_balance_1m_ms below 50", lambda r: r["trial_balance_1m_ms"] < 50),
    ("balance_sheet_1m_ms below 300", lambda r: r["balance_sheet_1m_ms"] < 300),
    ("balance_sheet_known_at_1m_ms below 1000", lambda r: r["balance_sheet_known_at_1m_ms"] < 1000),
    ("aged_receivables_1m_ms below 300", lambda r: r["aged_receivables_1m_ms"] < 300),
    ("aged_receivables_known_at_1m_ms below 1000", lambda r: r["aged_receivables_known_at_1m_ms"] < 1000),
    ("manual entries one by one at least 200 per second and core", lambda r: r["manual_entries"]["single"]["per_core_second"] >= 200),
    ("manual entries in bulk at least 200 per second and core", lambda r: r["manual_entries"]["bulk"]["per_core_second"] >= 200),
    ("budget_variance_1m_ms below 1500", lambda r: r["budget_variance_1m_ms"] < 1500),
    ("trial_balance_differences 0", lambda r: r["trial_balance_differences"] == 0),
    ("posting at least 85 % of the rate without balances", lambda r: r["posting"]["per_second"] >= 0.85 * r["posting"]["per_second_without_balances"]),
    ("dunning preview of 100,000 items takes as many statements as of one customer's",
     lambda r: r["dunning"]["statements"] == r["dunning"]["statements_of_one_customer"]),
    ("payment_runs.payment_proposal_20k_ms below 2000", lambda r: r["payment_runs"]["payment_proposal_20k_ms"] < 2000),
    ("payment_runs: statements at most 12", lambda r: r["payment_runs"]["statements"] <= 12),
    ("bank_match_seconds_10k (10,000 lines against 50,000 items, chosen and posted) below 60", lambda r: r["bank_match_seconds_10k"] < 60),
    ("trace_ms below 200", lambda r: r["trace_ms"] < 200),
    ("northwind_seconds below 180", lambda r: r["northwind_seconds"] is None or r["northwind_seconds"] < 180),
]


def judge(results: dict[str, Any]) -> list[str]:
    """The bars that the results miss; those of sections that did not run are left out."""
    missed = []
    for name, holds in BARS:
        try:
            if not holds(results):
                missed.append(name)
        except KeyError:
            continue
    return missed


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    sys.exit(main(sys.argv[1:]))
