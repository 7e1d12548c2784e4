"""10,000 statement lines against 50,000 open items: how long until every clear line is chosen and posted, by the real job, with all invariants on."""

import os
import random
import time
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg2
from django.db import connection
from django.db.models import Model

from erp.banking.invariants import check_parts
from erp.banking.models import BankAccount, StatementLine
from erp.banking.services import open_bank_account
from erp.banking.services.unaided import match_unaided
from erp.ledger.invariants import INVARIANTS as LEDGER
from erp.ledger.models import JournalEntry, JournalLine
from erp.payables.models import SupplierBill
from erp.receivables.invariants import INVARIANTS as RECEIVABLES
from erp.receivables.models import CustomerInvoice, OpenItem
from suite.kernel.parties.models import Party
from suite.runtime.postgres import SUPERUSER
from tests.bench.company import BenchCompany
from tests.bench.machine import Machine

ITEMS, LINES, PARTIES, OWED_BY_US = 50_000, 10_000, 2_000, 5_000
DAY = "'2026-01-01'::date + (g %% 240)"
AMOUNT = "(1000 + (g::bigint * 7919) %% 900000) / 100.0"


def measure(machine: Machine) -> dict[str, Any]:
    """Seconds for the whole job, the share that was clear, lines per second, and whether the books hold afterwards."""
    bench = BenchCompany(code="MATCH", products=1, customers=1, stock=0)
    _fill(bench, machine)
    bank = open_bank_account(company=bench.company, actor=bench.actor, code="BANK", name="Bank")
    StatementLine.objects.bulk_create(_lines(bank), batch_size=1000)

    backend = _backend()
    started, spent, served, first = time.perf_counter(), time.process_time(), _cpu_of(backend), []
    outcome = match_unaided(
        company_id=bench.company.pk, actor=bench.actor, told=lambda _outcome: first or first.append(time.perf_counter() - started))
    seconds, served = time.perf_counter() - started, _cpu_of(backend) - served
    spent = time.process_time() - spent
    matched = StatementLine.objects.filter(company=bench.company, status="matched").count()
    # The open items were written past the seal: numbers, hashes and balances of their entries are not what is judged here.
    checks = {"bank: parts": check_parts, "I1": LEDGER["I1"], **RECEIVABLES}
    guilty = {name: found[:3] for name, check in checks.items() if (found := check(bench.company.pk))}
    if guilty:
        raise SystemExit(f"The books do not hold after matching: {guilty}")
    return {
        "bank_match_seconds_10k": round(seconds, 1), "bank_match": {
            "lines": LINES, "items": ITEMS, "matched": matched, "matched_share": round(matched / LINES, 3), "refused": len(outcome.refused),
            "until_first_batch": round(first[0], 1), "cpu_seconds": round(spent, 1),
            "database_cpu_seconds": round(served, 1), "lines_per_second": round(matched / seconds, 1),
        },
    }


def _backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def _cpu_of(process: int) -> float:
    """CPU seconds of the database's process for our connection: on a busy machine, what the wall clock hides."""
    used = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(used[11]) + int(used[12])) / os.sysconf("SC_CLK_TCK")


def _fill(bench: BenchCompany, machine: Machine) -> None:
    """Posted invoices and bills with their entries, lines and open items, written in few statements by the owner."""
    company = bench.company.pk
    Party.objects.bulk_create([
        Party(
            company_id=company, number=f"M{number:05d}", name=f"{_name(number)} GmbH", is_customer=number >= PARTIES // 10,
            is_supplier=number < PARTIES // 10,
        ) for number in range(PARTIES)
    ])
    parties = Party.objects.filter(company_id=company, number__startswith="M").order_by("number")
    customers, suppliers = (list(parties.filter(**{side: True}).values_list("pk", flat=True)) for side in ("is_customer", "is_supplier"))
    owner = psycopg2.connect(host=str(machine.services.sockets), user=SUPERUSER, dbname="suite")
    with owner, owner.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        roles = _pairs(cursor, "SELECT role, account_id FROM erp_accountassignment WHERE company_id = %s", company)
        journals = _pairs(cursor, "SELECT kind, id FROM erp_journal WHERE company_id = %s ORDER BY id DESC", company)
        for first, many, model, whose, account, result, journal, sign in (
            (0, ITEMS - OWED_BY_US, CustomerInvoice, customers, "AR", "REVENUE", "sales", 1),
            (ITEMS, OWED_BY_US, SupplierBill, suppliers, "AP", "EXPENSE", "purchase", -1),
        ):
            _posted(
                cursor, bench, first=first, many=many, model=model, whose=whose, account=roles[account], result=roles[result],
                journal=journals[journal], sign=sign,
            )
    owner.autocommit = True
    owner.cursor().execute("VACUUM ANALYZE")
    owner.close()


def _pairs(cursor: Any, sql: str, company: int) -> dict[str, int]:
    cursor.execute(sql, [company])
    return dict(cursor.fetchall())


def _posted(
    cursor: Any, bench: BenchCompany, *, first: int, many: int, model: type[Model], whose: list[int], account: int, result: int, journal: int, sign: int,
) -> None:
    company, place = bench.company.pk, {"from": first + 1, "to": first + many, "whose": whose, "journal": journal, "company": bench.company.pk}
    series = "FROM generate_series(%(from)s, %(to)s) g"
    party = f"(%(whose)s::bigint[])[1 + g %% {len(whose)}]"
    number = f"'{'INV' if sign > 0 else 'BILL'}-2026-' || lpad(g::text, 6, '0')"
    _copy(cursor, JournalEntry(company_id=company, status="posted", description="", hash=b""), {
        "journal": "%(journal)s", "ledger_date": DAY, "sequence": "2000000 + g", "number": number, "created_at": "now()", "posted_at": "now()",
        "period": f"(SELECT id FROM kernel_period p WHERE p.company_id = %(company)s AND NOT p.is_closing AND {DAY} BETWEEN p.starts_on AND p.ends_on)",
    }, series, place)
    entries = f"{series} JOIN erp_journalentry e ON e.journal_id = %(journal)s AND e.sequence = 2000000 + g"
    of_party = {"customer": party} if sign > 0 else {"supplier": party, "supplier_reference": "'R' || lpad(g::text, 7, '0')", "ledger_date": DAY}
    _copy(cursor, model(company_id=company, status="posted", currency_id=bench.company.currency_id, payment_status="unpaid"), {
        "number": number, "entry": "e.id", "issued_on": DAY, "tax_date": DAY, "due_on": f"{DAY} + 30", "net": AMOUNT, "gross": AMOUNT,
        "created_at": "now()", **of_party,
    }, entries, place)
    documents = f"{entries} JOIN {model._meta.db_table} d ON d.entry_id = e.id"
    _copy(cursor, OpenItem(
        company_id=company, account_id=account, kind="invoice" if sign > 0 else "bill", currency_id=bench.company.currency_id,
    ), {
        "party": party, "entry": "e.id", "document_key": f"'{model._meta.label_lower}:' || d.id", "issued_on": DAY, "due_on": f"{DAY} + 30",
        **dict.fromkeys(("amount", "open_amount", "amount_currency", "open_currency"), f"{sign} * {AMOUNT}"),
    }, documents, place)
    for on, side, whom in ((account, sign > 0, party), (result, sign < 0, "NULL")):
        _copy(cursor, JournalLine(company_id=company, account_id=on), {
            "entry": "e.id", "ledger_date": DAY, "party": whom, "debit": AMOUNT if side else "0", "credit": "0" if side else AMOUNT,
        }, entries, place)


def _copy(cursor: Any, like: Model, expressions: Mapping[str, str], source: str, values: Mapping[str, Any]) -> None:
    """Many rows like this one, but for what the expressions say."""
    fields = [field for field in like._meta.concrete_fields if not field.primary_key]
    given = dict(values)
    shown = []
    for field in fields:
        if field.name in expressions:
            shown.append(expressions[field.name])
        else:
            given[f"own_{field.column}"] = field.get_db_prep_save(getattr(like, field.attname), connection)
            shown.append(f"%(own_{field.column})s::{field.db_type(connection)}")
    columns = ", ".join(f'"{field.column}"' for field in fields)
    cursor.execute(f"INSERT INTO {like._meta.db_table} ({columns}) SELECT {', '.join(shown)} {source}", given)  # noqa: S608 - our own names


def _name(number: int) -> str:
    """A name of two words; 45 first words, so that words are shared as in life."""
    first = ("Alder", "Birch", "Cedar", "Elm", "Fir", "Hazel", "Ivy", "Larch", "Maple")[number % 9] + ("", "mann", "er", "son", "feld")[number % 5]
    letters = "".join("abcdefghij"[int(digit)] for digit in f"{number:04d}")
    return f"{first} {letters.capitalize()}"


def _lines(bank: BankAccount) -> list[StatementLine]:
    chance = random.Random(5)
    items = list(OpenItem.objects.filter(company_id=bank.company_id).order_by("pk").values_list(
        "amount", "entry__number", "entry__bill__supplier_reference", "party__name"))
    made = []
    for place, (amount, number, reference, name) in enumerate(chance.sample(items, LINES)):
        style = chance.random()
        text = f"Invoice {reference or number}" if style < 0.7 else f"RE {(reference or number).replace('-', ' ')}" if style < 0.9 else "as agreed"
        made.append(StatementLine(
            company_id=bank.company_id, bank_account=bank, booked_on=date(2026, 9, 1) + timedelta(days=place % 25), amount=Decimal(amount), text=text,
            counterparty_name=name if style < 0.97 else "", external_id=f"bench-{place}",
        ))
    return made
