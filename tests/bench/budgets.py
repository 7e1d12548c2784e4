"""Budget against actual over a million ledger lines, and what control costs a posting."""

import statistics
import time
from datetime import date
from decimal import Decimal
from typing import Any

from erp.budgets.models import Budget
from erp.budgets.reports import budget_variance
from erp.budgets.rules import Cell
from erp.budgets.selectors import accounts_of_kind, periods_of
from erp.budgets.services import activate_budget, approve_budget, draft_budget, save_cells
from erp.budgets.services.control import Look, overruns
from erp.ledger.models import JournalLine
from suite.kernel.calendars.models import FiscalYear
from suite.kernel.documents.work import in_unit_of_work
from tests.bench.ledger import Books
from tests.bench.machine import Machine
from tests.factories.base import make_user


def measure(machine: Machine) -> dict[str, Any]:
    """Milliseconds of the report for income and expense, and of one look at a posting's budget."""
    books = Books(machine, code="BUDGET")
    budget = _budget(books)
    seen = []
    for _ in range(7):
        started = time.perf_counter()
        table = budget_variance(company_id=books.company, budget=budget, on=date(2026, 10, 20))
        seen.append((time.perf_counter() - started) * 1000)
    if not table.totals["year_actual"]:
        raise SystemExit("The report shows no actuals: nothing was measured.")
    entry = JournalLine.objects.filter(company_id=books.company, account__type="expense", debit__gt=0, ledger_date__year=2026).order_by("-ledger_date").first()
    looks = []
    for _ in range(7):
        started = time.perf_counter()
        in_unit_of_work(lambda: overruns(Look(books.company, "bench", "actual", entries=(entry.entry_id,))), actor=books.bench.actor)
        looks.append((time.perf_counter() - started) * 1000)
    return {"budget_variance_1m_ms": round(statistics.median(seen), 1), "budget_look_1m_ms": round(statistics.median(looks), 1)}


def _budget(books: Books) -> Budget:
    company, writer = books.bench.company, books.bench.actor
    year = FiscalYear.objects.get(company=company, code="2026")
    budget = draft_budget(company_id=company.pk, year=year, name="Bench", actor=writer, kind=Budget.Kind.RESULT, control_actual="warn")
    accounts = accounts_of_kind(company.pk, budget.kind).values_list("pk", flat=True)
    save_cells(budget=budget, cells=[Cell(pk, None, period.pk, Decimal(1000)) for pk in accounts for period in periods_of(year.pk)], actor=writer)
    other = make_user(company, "controller")
    return activate_budget(approve_budget(budget, actor=other), actor=other)
