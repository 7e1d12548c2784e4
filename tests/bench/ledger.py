"""Reports over a million ledger lines, beside clients that post at the same time."""

import random
import statistics
import threading
import time
from datetime import date, datetime
from typing import Any

import psycopg2

from erp.ledger.reports import balance_sheet
from suite.runtime.postgres import APPLICATION, SUPERUSER
from tests.bench.company import BenchCompany
from tests.bench.machine import Machine

ENTRIES, CLIENTS, SECONDS = 250_000, 4, 6.0

FILL = """
SET session_replication_role = replica;
INSERT INTO erp_journalentry (company_id, status, version, created_at, journal_id, ledger_date, period_id, description, sequence, number, hash, posted_at)
SELECT %(company)s, 'posted', 1, now(), %(journal)s, d.day, p.id, '', 1000000 + g, 'FILL-' || g, ''::bytea, now()
  FROM generate_series(1, %(entries)s) g CROSS JOIN LATERAL (SELECT %(first)s::date + (g %% 680) AS day) d
  JOIN kernel_period p ON p.company_id = %(company)s AND NOT p.is_closing AND d.day BETWEEN p.starts_on AND p.ends_on;
INSERT INTO erp_journalline (company_id, entry_id, position, account_id, ledger_date, debit, credit, description)
SELECT e.company_id, e.id, v.position, (%(accounts)s::bigint[])[1 + (e.id * v.position) %% %(many)s], e.ledger_date, v.debit, v.credit, ''
  FROM erp_journalentry e CROSS JOIN (VALUES (1, 100.00, 0.00), (2, 10.00, 0.00), (3, 0.00, 70.00), (4, 0.00, 40.00)) v(position, debit, credit)
 WHERE e.company_id = %(company)s AND e.number LIKE 'FILL-%%';
INSERT INTO erp_accountbalance (company_id, account_id, month, is_closing, debit, credit)
SELECT l.company_id, l.account_id, date_trunc('month', l.ledger_date)::date, false, sum(l.debit), sum(l.credit)
  FROM erp_journalline l JOIN erp_journalentry e ON e.id = l.entry_id WHERE e.company_id = %(company)s AND e.number LIKE 'FILL-%%' GROUP BY 1, 2, 3
ON CONFLICT (company_id, account_id, month, is_closing) DO UPDATE
   SET debit = erp_accountbalance.debit + excluded.debit, credit = erp_accountbalance.credit + excluded.credit;
"""

ENTRY = """
INSERT INTO erp_journalentry (company_id, status, version, created_at, journal_id, ledger_date, description)
VALUES (%s, 'draft', 1, now(), %s, %s, '') RETURNING id"""
LINES = """
INSERT INTO erp_journalline (company_id, entry_id, position, account_id, ledger_date, debit, credit, description)
VALUES (%(company)s, %(entry)s, 1, %(debtor)s, %(day)s, 110, 0, ''), (%(company)s, %(entry)s, 2, %(income)s, %(day)s, 0, 100, ''),
       (%(company)s, %(entry)s, 3, %(tax)s, %(day)s, 0, 10, '')"""
KNOWN = """
INSERT INTO erp_knownentry (company_id, entry_id, known_at)
SELECT company_id, id, timestamptz '2025-01-01 12:00Z' + row_number() OVER (ORDER BY id) * interval '1 minute' FROM erp_journalentry
 WHERE company_id = %s"""
# Half of the entries were known at this time.
HALF_KNOWN = "SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY known_at) FROM erp_knownentry WHERE company_id = %s"
RAW = """
SELECT account_id, sum(debit), sum(credit) FROM erp_journalline WHERE company_id = %s AND ledger_date <= %s GROUP BY 1 ORDER BY 1"""


class Books:
    """A company whose ledger has a million lines."""

    def __init__(self, machine: Machine, *, code: str = "LINES") -> None:
        self.machine = machine
        self.bench = BenchCompany(code=code, products=1, customers=1, stock=0)
        self.company = self.bench.company.pk
        owner = self.connect(SUPERUSER)
        with owner, owner.cursor() as cursor:
            cursor.execute("SELECT id FROM erp_account WHERE company_id = %s AND control = '' ORDER BY code", [self.company])
            self.accounts = [row[0] for row in cursor.fetchall()]
            cursor.execute("SELECT id FROM erp_journal WHERE company_id = %s AND kind = 'general'", [self.company])
            self.journal = cursor.fetchone()[0]
            cursor.execute(FILL, {
                "company": self.company, "journal": self.journal, "entries": ENTRIES, "first": "2025-01-01",
                "accounts": self.accounts, "many": len(self.accounts),
            })
            cursor.execute(KNOWN, [self.company])
            cursor.execute(HALF_KNOWN, [self.company])
            self.half_known = cursor.fetchone()[0]
        owner.autocommit = True
        owner.cursor().execute("VACUUM ANALYZE erp_journalline, erp_journalentry, erp_accountbalance, erp_knownentry")
        owner.close()

    def connect(self, user: str = "") -> Any:
        """A connection of its own, as the application's role unless another is named."""
        return psycopg2.connect(host=str(self.machine.services.sockets), user=user or APPLICATION, dbname="suite")


def measure(machine: Machine) -> dict[str, Any]:
    """Milliseconds of the trial balance, its differences from the raw sum while others post, and posting rates with and without balances."""
    books = Books(machine)
    quiet = [_trial_balance(books, "2026-10-20")[0] for _ in range(15)]
    sheet = [_balance_sheet(books, None) for _ in range(9)]
    then = [_balance_sheet(books, books.half_known) for _ in range(5)]
    with_balances, differences, busy = _post_and_compare(books)
    again, _differences, _busy = _post_and_compare(books, compare=False)
    without = _rate_without_balances(books)  # last: what it posts never reaches the balances of these books
    return {
        "trial_balance_1m_ms": round(statistics.median(quiet), 1), "trial_balance_busy_ms": round(statistics.median(busy), 1),
        "trial_balance_differences": differences, "balance_sheet_1m_ms": round(statistics.median(sheet), 1),
        "balance_sheet_known_at_1m_ms": round(statistics.median(then), 1),
        "posting": {"per_second": round((with_balances + again) / 2), "per_second_without_balances": round(without)},
    }


def _balance_sheet(books: Books, known_at: datetime | None) -> float:
    """Milliseconds of the report that the page shows; as known at a time, half of a million lines do not count."""
    started = time.perf_counter()
    table = balance_sheet(company_id=books.company, on=date(2026, 10, 20), known_at=known_at)
    took = (time.perf_counter() - started) * 1000
    if table.totals["amount"]:
        raise SystemExit(f"The balance sheet does not balance by {table.totals['amount']}: nothing was measured.")
    return took


def _trial_balance(books: Books, day: str) -> tuple[float, int]:
    """(milliseconds, accounts that differ from the raw sum in the same snapshot)."""
    connection = books.connect()
    connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM erp_account LIMIT 1")
        started = time.perf_counter()
        cursor.execute("SELECT account_id, debit, credit FROM erp_account_totals(%s, %s, true) ORDER BY 1", [books.company, day])
        found = [row for row in cursor.fetchall() if row[1] or row[2]]
        took = (time.perf_counter() - started) * 1000
        cursor.execute(RAW, [books.company, day])
        raw = cursor.fetchall()
    connection.close()
    return took, len(set(found) ^ set(raw))


def _post_and_compare(books: Books, *, compare: bool = True) -> tuple[float, int, list[float]]:
    """Posts with four clients while balances are rolled up and read; entries per second, differences, read times."""
    stop, counts = threading.Event(), [0] * CLIENTS
    threads = [threading.Thread(target=_client, args=(books, number, stop, counts)) for number in range(CLIENTS)]
    threads.append(threading.Thread(target=_roller, args=(books, stop)))
    differences, times = 0, [0.0]
    for thread in threads:
        thread.start()
    end = time.perf_counter() + SECONDS
    while time.perf_counter() < end:
        if compare and time.perf_counter() > end - 2:
            took, wrong = _trial_balance(books, "2026-11-15")
            times.append(took)
            differences += wrong
        time.sleep(0.2)
    stop.set()
    for thread in threads:
        thread.join()
    return sum(counts) / SECONDS, differences, times[1:] or times


def _client(books: Books, number: int, stop: threading.Event, counts: list[int]) -> None:
    connection, rng = books.connect(), random.Random(number)
    with connection.cursor() as cursor:
        while not stop.is_set():
            day = f"2026-{rng.randint(1, 11):02d}-10"
            cursor.execute(ENTRY, [books.company, books.journal, day])
            entry = cursor.fetchone()[0]
            chosen = rng.sample(books.accounts, 3)
            cursor.execute(LINES, {
                "company": books.company, "entry": entry, "day": day, "debtor": chosen[0], "income": chosen[1], "tax": chosen[2],
            })
            cursor.execute("SELECT * FROM erp_seal_entries(%s)", [[entry]])
            connection.commit()
            counts[number] += 1
    connection.close()


def _roller(books: Books, stop: threading.Event) -> None:
    connection = books.connect()
    while not stop.wait(1):
        with connection, connection.cursor() as cursor:
            cursor.execute("SELECT erp_roll_up_balances(5000)")
    connection.close()


def _rate_without_balances(books: Books) -> float:
    """The same posting with the queue of unrolled entries taken out of the seal, put back afterwards."""
    owner = books.connect(SUPERUSER)
    with owner, owner.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef('erp_seal_entries(bigint[])'::regprocedure)")
        source = cursor.fetchone()[0]
        line = next(line for line in source.splitlines() if "INSERT INTO erp_unrolledentry" in line)
        cursor.execute(source.replace(line, ""))
    try:
        stop, counts = threading.Event(), [0] * CLIENTS
        threads = [threading.Thread(target=_client, args=(books, number, stop, counts)) for number in range(CLIENTS)]
        for thread in threads:
            thread.start()
        time.sleep(SECONDS)
        stop.set()
        for thread in threads:
            thread.join()
        return sum(counts) / SECONDS
    finally:
        with owner, owner.cursor() as cursor:
            cursor.execute(source)
        owner.close()
