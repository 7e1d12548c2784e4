"""The preview of a dunning run over 100,000 open items: how long it takes, and how many statements, whatever their number."""

import time
from datetime import date
from typing import Any

import psycopg2
from django.db import connection
from django.test.utils import CaptureQueriesContext

from erp.dunning.models import BaseRate
from erp.dunning.selectors import proposed_letters
from erp.dunning.services import set_up_levels
from suite.kernel.parties.models import Party
from suite.runtime.postgres import SUPERUSER
from tests.bench.company import BenchCompany
from tests.bench.machine import Machine

ITEMS, CUSTOMERS, ON = 100_000, 10_000, date(2026, 11, 1)

FILL = """
SET session_replication_role = replica;
INSERT INTO erp_journalentry (company_id, status, version, created_at, journal_id, ledger_date, period_id, description, sequence, number, hash, posted_at)
SELECT %(company)s, 'posted', 1, now(), %(journal)s, d.day, p.id, '', 3000000 + g, 'INV-D-' || lpad(g::text, 6, '0'), ''::bytea, now()
  FROM generate_series(1, %(items)s) g CROSS JOIN LATERAL (SELECT '2026-01-01'::date + (g %% 250) AS day) d
  JOIN kernel_period p ON p.company_id = %(company)s AND NOT p.is_closing AND d.day BETWEEN p.starts_on AND p.ends_on;
INSERT INTO erp_openitem (company_id, account_id, party_id, entry_id, kind, document_key, issued_on, due_on, amount, open_amount, currency_id,
                          amount_currency, open_currency)
SELECT e.company_id, %(account)s, (%(parties)s::bigint[])[1 + e.sequence %% %(many)s], e.id, 'invoice', 'bench:' || e.id, e.ledger_date, e.ledger_date + 30,
       a.amount, a.amount, %(currency)s, a.amount, a.amount
  FROM erp_journalentry e CROSS JOIN LATERAL (SELECT (1000 + (e.sequence::bigint * 7919) %% 900000) / 100.0 AS amount) a
 WHERE e.company_id = %(company)s AND e.sequence >= 3000000;
"""


def measure(machine: Machine) -> dict[str, Any]:
    """Seconds of the preview, letters it found, statements it took for one customer and for all."""
    bench = BenchCompany(code="DUN", products=1, customers=1, stock=0)
    company = bench.company.pk
    Party.objects.bulk_create([Party(company_id=company, number=f"D{number:05d}", name=f"Debtor {number}", is_customer=True) for number in range(CUSTOMERS)])
    parties = list(Party.objects.filter(company_id=company, number__startswith="D").order_by("number").values_list("pk", flat=True))
    set_up_levels(company_id=company, actor=bench.actor)
    BaseRate.objects.create(company_id=company, valid_from=date(2026, 1, 1), rate="1.27")
    owner = psycopg2.connect(host=str(machine.services.sockets), user=SUPERUSER, dbname="suite")
    with owner, owner.cursor() as cursor:
        cursor.execute("SELECT account_id FROM erp_accountassignment WHERE company_id = %s AND role = 'AR'", [company])
        account = cursor.fetchone()[0]
        cursor.execute("SELECT id FROM erp_journal WHERE company_id = %s AND kind = 'sales'", [company])
        cursor.execute(FILL, {
            "company": company, "journal": cursor.fetchone()[0], "items": ITEMS, "account": account, "parties": parties, "many": len(parties),
            "currency": bench.company.currency_id,
        })
    owner.autocommit = True
    owner.cursor().execute("VACUUM ANALYZE erp_openitem, erp_journalentry")
    owner.close()

    with CaptureQueriesContext(connection) as few:
        proposed_letters(company, ON, customer_id=parties[0])
    started = time.perf_counter()
    with CaptureQueriesContext(connection) as many:
        letters = proposed_letters(company, ON)
    seconds = time.perf_counter() - started
    items = sum(len(letter.lines) for letter in letters)
    if items != ITEMS:
        raise SystemExit(f"The preview found {items} items of {ITEMS}: nothing was measured.")
    return {"seconds": round(seconds, 2), "items": items, "letters": len(letters), "statements": len(many), "statements_of_one_customer": len(few)}
