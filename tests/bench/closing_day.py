"""What a controller waits for: who owes what over a million ledger lines, and entries posted by hand."""

import os
import statistics
import time
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from erp.ledger.models import Account, Journal, JournalEntry, JournalLine
from erp.ledger.rules import EntryLine
from erp.ledger.services import post_entry, post_manual_entry
from erp.receivables.reports import aged_receivables
from suite.kernel.documents.work import in_unit_of_work
from suite.kernel.parties.models import Party
from suite.kernel.users.service_user import recorded_id
from suite.runtime.postgres import SUPERUSER
from tests.bench.ledger import Books
from tests.bench.machine import Machine

ON = date(2026, 10, 20)
CUSTOMERS, BATCH, SINGLES = 2_000, 100, 300

# Of the 250,000 entries four in ten are invoices, four in ten their payments; one invoice in twenty is still open. Payments come about 40 days later.
ITEMS = """
SET session_replication_role = replica;
INSERT INTO erp_openitem (company_id, account_id, party_id, entry_id, kind, document_key, issued_on, due_on, amount, open_amount, currency_id,
                          amount_currency, open_currency)
SELECT e.company_id, %(account)s, (%(parties)s::bigint[])[1 + (e.sequence / 5) %% %(many)s], e.id,
       CASE WHEN e.sequence %% 5 < 2 THEN 'invoice' ELSE 'payment' END, 'bench:' || e.id, e.ledger_date, e.ledger_date + 30,
       v.amount, v.open, 'EUR', v.amount, v.open
  FROM erp_journalentry e CROSS JOIN LATERAL (
       SELECT CASE WHEN e.sequence %% 5 < 2 THEN 110.00 ELSE -110.00 END AS amount,
              CASE WHEN (e.sequence / 5) %% 20 = 0 AND e.sequence %% 5 < 2 THEN 110.00 ELSE 0 END AS open) v
 WHERE e.company_id = %(company)s AND e.number LIKE 'FILL-%%' AND e.sequence %% 5 < 4 AND NOT (e.sequence %% 5 >= 2 AND (e.sequence / 5) %% 20 = 0);
INSERT INTO erp_allocation (company_id, debit_item_id, credit_item_id, amount, amount_currency, allocated_on, created_at)
SELECT d.company_id, d.id, c.id, 110, 110, greatest(d.issued_on, c.issued_on) + 10, now()
  FROM erp_openitem d JOIN erp_journalentry e ON e.id = d.entry_id JOIN erp_journalentry f ON f.company_id = e.company_id AND f.journal_id = e.journal_id
       AND f.sequence = e.sequence + 2
  JOIN erp_openitem c ON c.entry_id = f.id AND c.amount < 0
 WHERE d.company_id = %(company)s AND d.amount > 0 AND d.open_amount = 0;
INSERT INTO erp_knownallocation (company_id, allocation_id, known_at)
SELECT a.company_id, a.id, k.known_at + interval '1 minute' FROM erp_allocation a JOIN erp_openitem c ON c.id = a.credit_item_id
  JOIN erp_knownentry k ON k.entry_id = c.entry_id WHERE a.company_id = %(company)s;
"""


def measure(machine: Machine) -> dict[str, Any]:
    """Milliseconds of aged receivables, now and as known when half of the books were; entries posted by hand per second of processor time."""
    books = Books(machine, code="AGED")
    _fill(books)
    now = [_aged(books, None) for _ in range(7)]
    then = [_aged(books, books.half_known) for _ in range(5)]
    return {
        "aged_receivables_1m_ms": round(statistics.median(now), 1), "aged_receivables_known_at_1m_ms": round(statistics.median(then), 1),
        "manual_entries": {**_by_hand(books), **_from_lines(books)},
    }


def _fill(books: Books) -> None:
    Party.objects.bulk_create([
        Party(company_id=books.company, number=f"A{number:05d}", name=f"Customer {number}", is_customer=True) for number in range(CUSTOMERS)
    ])
    parties = list(Party.objects.filter(company_id=books.company, number__startswith="A").order_by("number").values_list("pk", flat=True))
    owner = books.connect(SUPERUSER)
    with owner, owner.cursor() as cursor:
        cursor.execute("SELECT account_id FROM erp_accountassignment WHERE company_id = %s AND role = 'AR'", [books.company])
        values = {"company": books.company, "account": cursor.fetchone()[0], "parties": parties, "many": len(parties)}
        cursor.execute(ITEMS, values)
    owner.autocommit = True
    owner.cursor().execute("VACUUM ANALYZE erp_openitem, erp_allocation, erp_knownallocation, kernel_party")
    owner.close()


def _aged(books: Books, known_at: datetime | None) -> float:
    """Milliseconds of the report that the page shows."""
    started = time.perf_counter()
    table = aged_receivables(company_id=books.company, on=ON, known_at=known_at)
    took = (time.perf_counter() - started) * 1000
    if not table.totals["total"]:
        raise SystemExit("Nobody owes anything: nothing was measured.")
    return took


def _by_hand(books: Books) -> dict[str, Any]:
    """Drafts as a clerk types them, posted one by one by the service of the page; per second of this process and of the wall clock."""
    accounts = list(Account.objects.filter(company_id=books.company, pk__in=books.accounts).order_by("code"))[:3]
    journal = Journal.objects.get(pk=books.journal)

    def draft() -> JournalEntry:
        entry = JournalEntry.objects.create(company_id=books.company, journal=journal, ledger_date=ON, description="By hand",
                                            created_by_id=recorded_id(books.bench.actor))
        JournalLine.objects.bulk_create(
            JournalLine(company_id=books.company, entry=entry, position=place, account=account, debit=debit, credit=credit)
            for place, (account, debit, credit) in enumerate(zip(accounts, (110, 0, 0), (0, 100, 10), strict=True), 1)
        )
        return entry

    drafts = [in_unit_of_work(draft, actor=books.bench.actor) for _ in range(SINGLES + 20)]
    for entry in drafts[:20]:
        post_manual_entry(entry, actor=books.bench.actor)
    statements = []
    single = _rate(SINGLES, lambda: [post_manual_entry(entry, actor=books.bench.actor) for entry in drafts[20:]])
    for _again in range(2):
        entry = in_unit_of_work(draft, actor=books.bench.actor)
        with CaptureQueriesContext(connection) as seen:
            post_manual_entry(entry, actor=books.bench.actor)
        statements.append(len(seen))
    return {"single": {**single, "statements": statements[-1]}}


def _from_lines(books: Books) -> dict[str, Any]:
    """The same from their lines: one transaction each, and a hundred in one."""
    accounts = books.accounts[:3]
    lines = [EntryLine(account_id=pk, amount=Decimal(amount)) for pk, amount in zip(accounts, (110, -100, -10), strict=True)]

    def post() -> None:
        post_entry(company_id=books.company, journal_id=books.journal, ledger_date=ON, description="From lines", lines=lines, actor=books.bench.actor)

    for _warm in range(10):
        post()
    return {
        "from_lines": _rate(SINGLES, lambda: [post() for _number in range(SINGLES)]),
        "bulk": _rate(10 * BATCH, lambda: [
            in_unit_of_work(lambda: [post() for _number in range(BATCH)], actor=books.bench.actor) for _batch in range(10)]),
    }


def _rate(count: int, work: Callable[[], Any]) -> dict[str, float]:
    """How many per second of one core (this process and its database connection together), and per second of the clock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        server = Path(f"/proc/{cursor.fetchone()[0]}/stat")
    clock, client, before = time.perf_counter(), time.process_time(), _ticks(server)
    work()
    clock, client, spent = time.perf_counter() - clock, time.process_time() - client, _ticks(server) - before
    return {
        "per_core_second": round(count / (client + spent)), "per_second": round(count / clock), "client_cpu_ms": round(client / count * 1000, 2),
        "server_cpu_ms": round(spent / count * 1000, 2),
    }


def _ticks(stat: Path) -> float:
    """Seconds of processor time a process has used."""
    fields = stat.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
