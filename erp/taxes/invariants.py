"""What must hold of taxes between documents and the ledger; each function names the guilty rows (none when all is well)."""

from collections.abc import Callable

from erp.ledger.invariants import guilty


def tax_waits_with_its_document(company_id: int | None = None) -> list[str]:
    """A document settled whole has no tax waiting, one not settled at all has all of its tax waiting."""
    return guilty("""
        SELECT 'document ' || d.document_key || ': ' || d.left_open || ' of ' || d.whole || ' open, tax waiting ' || w.waiting || ' of ' || w.booked,
               d.company_id
          FROM (SELECT company_id, document_key, sum(amount_currency) AS whole, sum(open_currency) AS left_open FROM erp_openitem
                 WHERE is_taxed_on_payment GROUP BY 1, 2) d
          JOIN (SELECT c.company_id, c.order_line_key, sum(c.amount) AS waiting, sum(c.amount) FILTER (WHERE e.first) AS booked
                  FROM erp_clearingitem c JOIN (SELECT id, id = min(id) OVER (PARTITION BY company_id, line_key, role) AS first
                       FROM erp_clearingitem WHERE role IN ('OUTPUT_TAX_TRANSITION', 'INPUT_TAX_TRANSITION')) e ON e.id = c.id
                 GROUP BY 1, 2) w ON w.company_id = d.company_id AND w.order_line_key = d.document_key
         WHERE (d.left_open = 0 AND w.waiting <> 0) OR (d.left_open = d.whole AND w.waiting <> w.booked)""", company_id)


def withheld_equals_ledger(company_id: int | None = None) -> list[str]:
    """Every entry of withheld tax puts on its account what the register says."""
    return guilty("""
        SELECT 'entry ' || w.entry_id || ' withholds ' || sum(w.amount) || ', its items say ' || coalesce(sum(i.amount), 0), w.company_id
          FROM (SELECT entry_id, company_id, sum(amount) AS amount FROM erp_withheldtax GROUP BY 1, 2) w
          LEFT JOIN (SELECT entry_id, abs(sum(amount)) AS amount FROM erp_openitem WHERE kind = 'withholding' GROUP BY 1) i ON i.entry_id = w.entry_id
         GROUP BY w.entry_id, w.company_id HAVING abs(sum(w.amount)) <> coalesce(sum(i.amount), 0)""", company_id)


INVARIANTS: dict[str, Callable[..., list[str]]] = {
    "taxes: tax waits with its document": tax_waits_with_its_document, "taxes: withheld tax equals the ledger": withheld_equals_ledger,
}
