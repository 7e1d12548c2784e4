"""10,000 statement lines against 50,000 open items: how long until every line has its proposals, and how fast what is clear is posted."""

import random
import time
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import psycopg2

from erp.banking.models import BankAccount, StatementLine
from erp.banking.services import open_bank_account
from erp.banking.services.matching import match_statement_line
from erp.banking.services.unaided import choose, open_lines
from suite.kernel.parties.models import Party
from suite.runtime.postgres import SUPERUSER
from tests.bench.company import BenchCompany
from tests.bench.machine import Machine

ITEMS, LINES, CUSTOMERS, POSTED = 50_000, 10_000, 2_000, 300

FILL = """
SET session_replication_role = replica;
INSERT INTO erp_journalentry (company_id, status, version, created_at, journal_id, ledger_date, period_id, description, sequence, number, hash, posted_at)
SELECT %(company)s, 'posted', 1, now(), %(journal)s, d.day, p.id, '', 2000000 + g, 'INV-2026-' || lpad(g::text, 6, '0'), ''::bytea, now()
  FROM generate_series(1, %(items)s) g CROSS JOIN LATERAL (SELECT '2026-01-01'::date + (g %% 250) AS day) d
  JOIN kernel_period p ON p.company_id = %(company)s AND NOT p.is_closing AND d.day BETWEEN p.starts_on AND p.ends_on;
INSERT INTO erp_openitem (company_id, account_id, party_id, entry_id, kind, document_key, issued_on, due_on, amount, open_amount)
SELECT e.company_id, %(account)s, (%(parties)s::bigint[])[1 + e.sequence %% %(many)s], e.id, 'invoice', 'bench:' || e.id, e.ledger_date, e.ledger_date + 30,
       (1000 + (e.sequence::bigint * 7919) %% 900000) / 100.0, (1000 + (e.sequence::bigint * 7919) %% 900000) / 100.0
  FROM erp_journalentry e WHERE e.company_id = %(company)s AND e.sequence >= 2000000;
"""


def measure(machine: Machine) -> dict[str, Any]:
    """Seconds for the choice over all lines, how many were clear, and lines posted per second."""
    bench = BenchCompany(code="MATCH", products=1, customers=1, stock=0)
    company = bench.company.pk
    Party.objects.bulk_create([
        Party(company_id=company, number=f"M{number:05d}", name=f"{_name(number)} GmbH", is_customer=True) for number in range(CUSTOMERS)
    ])
    parties = list(Party.objects.filter(company_id=company, number__startswith="M").order_by("number").values_list("pk", flat=True))
    owner = psycopg2.connect(host=str(machine.services.sockets), user=SUPERUSER, dbname="suite")
    with owner, owner.cursor() as cursor:
        cursor.execute("SELECT account_id FROM erp_accountassignment WHERE company_id = %s AND role = 'AR'", [company])
        account = cursor.fetchone()[0]
        cursor.execute("SELECT id FROM erp_journal WHERE company_id = %s AND kind = 'sales'", [company])
        journal = cursor.fetchone()[0]
        cursor.execute(FILL, {
            "company": company, "journal": journal, "items": ITEMS, "account": account, "parties": parties, "many": len(parties),
        })
        cursor.execute(
            "SELECT o.party_id, o.amount, e.number, p.name FROM erp_openitem o JOIN erp_journalentry e ON e.id = o.entry_id"
            " JOIN kernel_party p ON p.id = o.party_id WHERE o.company_id = %s ORDER BY o.id", [company],
        )
        items = cursor.fetchall()
    owner.autocommit = True
    owner.cursor().execute("VACUUM ANALYZE erp_openitem, erp_journalentry")
    owner.close()
    bank = open_bank_account(company=bench.company, actor=bench.actor, code="BANK", name="Bank")
    StatementLine.objects.bulk_create(_lines(bank, items), batch_size=1000)

    lines = open_lines(company)
    started = time.perf_counter()
    chosen = choose(company_id=company, lines=lines)
    seconds = time.perf_counter() - started
    return {
        "seconds": round(seconds, 1), "lines": len(lines), "items": len(items), "clear_share": round(len(chosen) / len(lines), 3),
        "posted_per_second": _post(bench, chosen[:POSTED]),
    }


def _name(number: int) -> str:
    """A name of two words; 45 first words, so that words are shared as in life."""
    first = ("Alder", "Birch", "Cedar", "Elm", "Fir", "Hazel", "Ivy", "Larch", "Maple")[number % 9] + ("", "mann", "er", "son", "feld")[number % 5]
    letters = "".join("abcdefghij"[int(digit)] for digit in f"{number:04d}")
    return f"{first} {letters.capitalize()}"


def _lines(bank: BankAccount, items: list[tuple]) -> list[StatementLine]:
    chance = random.Random(5)
    made = []
    for place, (_party, amount, number, name) in enumerate(chance.sample(items, LINES)):
        style = chance.random()
        text = f"Invoice {number}" if style < 0.7 else f"RE {number.replace('-', ' ')}" if style < 0.9 else "as agreed"
        made.append(StatementLine(
            company_id=bank.company_id, bank_account=bank, booked_on=date(2026, 9, 1) + timedelta(days=place % 25), amount=Decimal(amount), text=text,
            counterparty_name=name if style < 0.97 else "", external_id=f"bench-{place}",
        ))
    return made


def _post(bench: BenchCompany, chosen: list) -> float:
    started = time.perf_counter()
    for line, proposal in chosen:
        match_statement_line(line, actor=bench.actor, parts=[_on_account(part) for part in proposal.parts], unaided=True)
    return round(len(chosen) / (time.perf_counter() - started), 1)


def _on_account(part: Any) -> Any:
    """The items of this company stand without invoices behind them: money goes on account, the rest of the posting is the same."""
    return type(part)(part.amount, party_id=part.party_id, allocations=())
