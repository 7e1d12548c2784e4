"""Tax in detail: what each posted document says of each code, on the day it counts for tax."""

from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from django.db import connection

from erp.ledger.roles import AccountRole
from erp.ledger.selectors import accounts_of

# Output tax as it falls due and input tax as it may be deducted: documents (less what waits for payment), what fell due on payment, advances.
# An invoice or bill counts on its tax date, everything else on its entry's date.
DETAIL = """
    SELECT i.entry_id, 'output' AS side, t.code_id, CASE i.kind WHEN 'credit_note' THEN -1 ELSE 1 END * coalesce(t.books_base, t.base) AS base,
           CASE i.kind WHEN 'credit_note' THEN -1 ELSE 1 END * coalesce(t.books_amount, t.amount) AS tax, i.tax_date AS day, i.customer_id AS party_id
      FROM erp_customerinvoicetax t JOIN erp_customerinvoice i ON i.id = t.invoice_id AND i.status = 'posted'
     WHERE i.company_id = %(company)s AND NOT EXISTS (
           SELECT 1 FROM erp_clearingitem c WHERE c.company_id = i.company_id AND c.role = 'OUTPUT_TAX_TRANSITION'
              AND c.line_key = 'erp.customerinvoicetax:' || t.id)
    UNION ALL
    SELECT e.id, x.side, t.code_id, b.sign * coalesce(t.books_base, t.base),
           b.sign * CASE x.side WHEN 'output' THEN coalesce(t.books_self_assessed, t.self_assessed) ELSE
             coalesce(t.books_amount, t.amount) + coalesce(t.books_self_assessed, t.self_assessed)
             - CASE WHEN t.books_amount IS NULL THEN t.not_deductible ELSE round(t.not_deductible * b.exchange_rate, 2) END END,
           CASE WHEN e.id = b.entry_id THEN b.tax_date ELSE e.ledger_date END, b.supplier_id
      FROM (SELECT s.*, CASE s.kind WHEN 'credit_note' THEN -1 ELSE 1 END * f.factor AS sign, f.factor FROM erp_supplierbill s
              CROSS JOIN (VALUES (1), (-1)) AS f(factor) WHERE s.company_id = %(company)s AND s.status IN ('posted', 'reversed')) b
      JOIN erp_journalentry e ON (b.factor = 1 AND e.id = b.entry_id) OR (b.factor = -1 AND e.reverses_id = b.entry_id)
      JOIN erp_supplierbilltax t ON t.bill_id = b.id CROSS JOIN (VALUES ('output'), ('input')) AS x(side)
     WHERE (x.side = 'input' OR t.self_assessed <> 0) AND (x.side = 'output' OR NOT EXISTS (
           SELECT 1 FROM erp_clearingitem c WHERE c.company_id = b.company_id AND c.role = 'INPUT_TAX_TRANSITION'
              AND c.line_key = 'erp.supplierbilltax:' || t.id))
    UNION ALL
    SELECT c.entry_id, CASE c.role WHEN 'OUTPUT_TAX_TRANSITION' THEN 'output' ELSE 'input' END, coalesce(ti.code_id, tb.code_id),
           CASE c.role WHEN 'OUTPUT_TAX_TRANSITION' THEN c.quantity ELSE -c.quantity END,
           CASE c.role WHEN 'OUTPUT_TAX_TRANSITION' THEN c.amount ELSE -c.amount END, e.ledger_date, coalesce(i.customer_id, b.supplier_id)
      FROM erp_clearingitem c JOIN erp_journalentry e ON e.id = c.entry_id
      LEFT JOIN erp_customerinvoicetax ti ON 'erp.customerinvoicetax:' || ti.id = c.line_key LEFT JOIN erp_customerinvoice i ON i.id = ti.invoice_id
      LEFT JOIN erp_supplierbilltax tb ON 'erp.supplierbilltax:' || tb.id = c.line_key LEFT JOIN erp_supplierbill b ON b.id = tb.bill_id
     WHERE c.company_id = %(company)s AND c.role IN ('OUTPUT_TAX_TRANSITION', 'INPUT_TAX_TRANSITION')
       AND c.entry_id IS DISTINCT FROM coalesce(i.entry_id, b.entry_id) AND (e.reverses_id = b.entry_id) IS NOT TRUE
    UNION ALL
    SELECT a.entry_id, 'output', a.tax_id, a.base, a.amount, e.ledger_date, a.party_id
      FROM erp_advancetax a JOIN erp_journalentry e ON e.id = a.entry_id
     WHERE a.company_id = %(company)s AND NOT EXISTS (SELECT 1 FROM erp_customerinvoice i WHERE i.entry_id = a.entry_id)"""

_KNOWN = "AND NOT EXISTS (SELECT 1 FROM erp_knownentry k WHERE k.entry_id = e.id AND k.known_at > %(known)s)"
_REPORT = f"""
    SELECT d.side, d.code_id, t.code, t.name, t.category, t.rate, sum(d.base), sum(d.tax), count(DISTINCT d.entry_id)
      FROM ({DETAIL}) d JOIN erp_journalentry e ON e.id = d.entry_id AND e.status = 'posted' JOIN kernel_tax t ON t.id = d.code_id
     WHERE d.day BETWEEN %(since)s AND %(until)s {_KNOWN}
     GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1 DESC, 3"""  # noqa: S608 - made of constants
_DOCUMENTS = f"""
    SELECT d.day, e.id, e.number, e.description, coalesce(p.name, ''), d.side, t.code, sum(d.base), sum(d.tax)
      FROM ({DETAIL}) d JOIN erp_journalentry e ON e.id = d.entry_id AND e.status = 'posted' JOIN kernel_tax t ON t.id = d.code_id
      LEFT JOIN kernel_party p ON p.id = d.party_id
     WHERE d.day BETWEEN %(since)s AND %(until)s AND (%(code)s::bigint IS NULL OR d.code_id = %(code)s) AND (%(side)s = '' OR d.side = %(side)s) {_KNOWN}
     GROUP BY 1, 2, 3, 4, 5, 6, 7 HAVING sum(d.base) <> 0 OR sum(d.tax) <> 0 ORDER BY 1, 2, 6"""  # noqa: S608 - made of constants
# What tax accounts moved by entries: documents on their tax date. Settlements of returns (TAX-1) are no tax of their own.
_LEDGER = f"""
    SELECT CASE WHEN l.account_id = ANY (%(output)s) THEN 'output' ELSE 'input' END, sum(l.credit - l.debit)
      FROM erp_journalentry e JOIN erp_journalline l ON l.entry_id = e.id AND l.account_id = ANY (%(output)s || %(input)s)
      LEFT JOIN erp_customerinvoice i ON i.entry_id = e.id LEFT JOIN erp_supplierbill b ON b.entry_id = e.id
     WHERE e.company_id = %(company)s AND e.status = 'posted' AND coalesce(i.tax_date, b.tax_date, e.ledger_date) BETWEEN %(since)s AND %(until)s
       AND NOT EXISTS (SELECT 1 FROM erp_taxreturn r WHERE r.entry_id = e.id) {_KNOWN}
     GROUP BY 1"""  # noqa: S608 - made of constants
_BASES = f"""
    SELECT t.category, sum(d.base) FROM ({DETAIL}) d JOIN kernel_tax t ON t.id = d.code_id
     WHERE d.entry_id = ANY (%(entries)s) AND d.side = 'output' AND NOT EXISTS (SELECT 1 FROM erp_supplierbill b WHERE b.entry_id = d.entry_id)
     GROUP BY 1"""  # noqa: S608 - made of constants


class TaxLine(NamedTuple):
    """Base and tax of a code on one side, in company currency, of how many entries."""

    side: str
    code_id: int
    code: str
    name: str
    category: str
    rate: Decimal
    base: Decimal
    tax: Decimal
    entries: int


class TaxDocument(NamedTuple):
    """What an entry says of a code on the day it counts."""

    day: date
    entry_id: int
    number: str
    description: str
    party: str
    side: str
    code: str
    base: Decimal
    tax: Decimal


def _all(sql: str, **values) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def taxes_between(company_id: int, since: date, until: date, *, known_at: datetime) -> list[TaxLine]:
    """Per side and code what fell due (or may be deducted) from a day to a day, as known at a time."""
    return [TaxLine(*row) for row in _all(_REPORT, company=company_id, since=since, until=until, known=known_at)]


def tax_documents(
    company_id: int, since: date, until: date, *, known_at: datetime, code_id: int | None = None, side: str = "",
) -> list[TaxDocument]:
    """The entries behind the same, of one code or all, of one side or both."""
    rows = _all(_DOCUMENTS, company=company_id, since=since, until=until, known=known_at, code=code_id, side=side)
    return [TaxDocument(*row) for row in rows]


def tax_in_ledger(company_id: int, since: date, until: date, *, known_at: datetime) -> dict[str, Decimal]:
    """What the accounts of output tax (credit above zero) and input tax (debit above zero) moved in the same time."""
    assigned = accounts_of(company_id).assigned
    found = dict(_all(
        _LEDGER, company=company_id, since=since, until=until, known=known_at,
        output=[row.account_id for row in assigned if row.role == AccountRole.OUTPUT_TAX],
        input=[row.account_id for row in assigned if row.role == AccountRole.INPUT_TAX],
    ))
    return {"output": found.get("output", Decimal(0)), "input": -found.get("input", Decimal(0))}


def sales_bases(company_id: int, entry_ids: Collection[int]) -> dict[str, Decimal]:
    """Per category of EN 16931 the base of sales that these entries report: on payment what was paid, less what deposits reported before."""
    return dict(_all(_BASES, company=company_id, entries=list(entry_ids)))
