"""A payment proposal over 20,000 open supplier bills of 2,000 suppliers, discounts and credits among them."""

import statistics
import time
from datetime import date
from typing import Any

import psycopg2
from django.db import connection
from django.test.utils import CaptureQueriesContext

from erp.banking.services import open_bank_account
from erp.paymentruns.selectors.proposing import propose
from suite.kernel.parties.models import Party
from suite.runtime.postgres import SUPERUSER
from tests.bench.company import BenchCompany
from tests.bench.machine import Machine

BILLS, SUPPLIERS, ROUNDS = 20_000, 2_000, 5

FILL = """
SET session_replication_role = replica;
INSERT INTO kernel_paymentterm (company_id, code, name, discount_percent, discount_days, discount_reduces_tax) VALUES (%(company)s, 'B2', '2 %%', 2, 14, false);
INSERT INTO erp_journalentry (company_id, status, version, created_at, journal_id, ledger_date, period_id, description, sequence, number, hash, posted_at)
SELECT %(company)s, 'posted', 1, now(), %(journal)s, d.day, p.id, '', 3000000 + g, 'BILL-2026-' || lpad(g::text, 6, '0'), ''::bytea, now()
  FROM generate_series(1, %(bills)s) g CROSS JOIN LATERAL (SELECT '2026-09-01'::date + (g %% 60) AS day) d
  JOIN kernel_period p ON p.company_id = %(company)s AND NOT p.is_closing AND d.day BETWEEN p.starts_on AND p.ends_on;
INSERT INTO erp_supplierbill (company_id, number, status, version, created_at, kind, supplier_id, supplier_reference, issued_on, ledger_date, currency_id,
       payment_term_id, prices_include_tax, tax_rounding, net, tax, gross, entry_id, payment_status, order_key, note)
SELECT e.company_id, e.number, 'posted', 1, now(), CASE WHEN e.sequence %% 50 = 0 THEN 'credit_note' ELSE 'bill' END,
       (%(parties)s::bigint[])[1 + e.sequence %% %(many)s], 'R-' || e.sequence, e.ledger_date, e.ledger_date, 'EUR',
       (SELECT id FROM kernel_paymentterm WHERE company_id = %(company)s AND code = 'B2'), false, 'per_tax_group', 100, 0, 100, e.id, 'unpaid', '', ''
  FROM erp_journalentry e WHERE e.company_id = %(company)s AND e.sequence >= 3000000;
INSERT INTO erp_openitem (company_id, account_id, party_id, entry_id, kind, document_key, issued_on, due_on, amount, open_amount, currency_id,
       amount_currency, open_currency)
SELECT b.company_id, %(account)s, b.supplier_id, b.entry_id, CASE b.kind WHEN 'bill' THEN 'bill' ELSE 'bill_credit' END, 'erp.supplierbill:' || b.id,
       b.issued_on, b.issued_on + 30, s.amount, s.amount, 'EUR', s.amount, s.amount
  FROM erp_supplierbill b CROSS JOIN LATERAL (
       SELECT CASE b.kind WHEN 'bill' THEN -1 ELSE 0.1 END * (1000 + (b.id * 7919) %% 90000) / 100.0 AS amount) s WHERE b.company_id = %(company)s;
INSERT INTO erp_supplierbankaccount (company_id, status, version, created_at, supplier_id, holder, iban, bic, created_by_id, changed_by_id, approved_by_id,
       approved_at)
SELECT %(company)s, 'approved', 1, now(), id, left(name, 70), 'DE89370400440532013000', '', %(actor)s, %(actor)s,
       (SELECT min(id) FROM kernel_user WHERE id <> %(actor)s), now() - interval '90 days' FROM kernel_party WHERE id = ANY (%(parties)s::bigint[]);
"""


def measure(machine: Machine) -> dict[str, Any]:
    """Median ms of the whole proposal, its statements, and how many rows it has."""
    bench = BenchCompany(code="RUNS", products=1, customers=1, stock=0)
    company = bench.company.pk
    Party.objects.bulk_create([
        Party(company_id=company, number=f"Q{number:05d}", name=f"Supplier {number:05d}", is_supplier=True) for number in range(SUPPLIERS)])
    parties = list(Party.objects.filter(company_id=company, number__startswith="Q").order_by("number").values_list("pk", flat=True))
    owner = psycopg2.connect(host=str(machine.services.sockets), user=SUPERUSER, dbname="suite")
    with owner, owner.cursor() as cursor:
        cursor.execute("SELECT account_id FROM erp_accountassignment WHERE company_id = %s AND role = 'AP'", [company])
        account = cursor.fetchone()[0]
        cursor.execute("SELECT id FROM erp_journal WHERE company_id = %s AND kind = 'purchase'", [company])
        journal = cursor.fetchone()[0]
        cursor.execute(FILL, {
            "company": company, "journal": journal, "bills": BILLS, "account": account, "parties": parties, "many": len(parties),
            "actor": bench.actor.pk})
    owner.autocommit = True
    owner.cursor().execute("VACUUM ANALYZE erp_openitem, erp_journalentry, erp_supplierbill")
    owner.close()
    bank = open_bank_account(company=bench.company, actor=bench.actor, code="BANK", name="Bank")
    criteria = {"bank_account": bank, "due_until": date(2026, 12, 31), "execute_on": date(2026, 10, 31), "currency_id": "EUR"}
    with CaptureQueriesContext(connection) as asked:
        proposal = propose(**criteria)
    took = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        propose(**criteria)
        took.append((time.perf_counter() - started) * 1000)
    return {
        "payment_proposal_20k_ms": round(statistics.median(took), 1), "candidates": len(proposal.candidates), "ticked": len(proposal.ticked),
        "statements": len(asked),
    }
