"""What must hold of receivables against the ledger; each function names the guilty rows (none when all is well)."""

from collections.abc import Callable

from erp.ledger.invariants import guilty


def check_i9(company_id: int | None = None) -> list[str]:
    """Clearing accounts equal their items; an item line without units has no amount."""
    return guilty("""
        SELECT 'account ' || a.code || ' differs from its clearing items by ' || sum(x.amount), a.company_id FROM (
            SELECT l.account_id, l.debit - l.credit AS amount FROM erp_journalline l WHERE l.ledger_date IS NOT NULL
            UNION ALL SELECT account_id, -amount FROM erp_clearingitem
        ) x JOIN erp_account a ON a.id = x.account_id WHERE a.control = 'clearing' GROUP BY a.id HAVING sum(x.amount) <> 0
        UNION ALL
        SELECT role || ' of ' || line_key || ' has no units and ' || sum(amount), company_id
          FROM erp_clearingitem GROUP BY company_id, role, line_key HAVING sum(quantity) = 0 AND sum(amount) <> 0""", company_id)


def check_i10(company_id: int | None = None) -> list[str]:
    """Receivable and advance accounts equal the open items per party; what an item has open is its amount less its allocations."""
    return guilty("""
        SELECT 'account ' || a.code || ', party ' || coalesce(x.party_id::text, '-') || ': ledger and open items differ by ' || sum(x.amount),
               a.company_id FROM (
            SELECT l.account_id, l.party_id, l.debit - l.credit AS amount FROM erp_journalline l WHERE l.ledger_date IS NOT NULL
            UNION ALL SELECT account_id, party_id, -open_amount FROM erp_openitem
        ) x JOIN erp_account a ON a.id = x.account_id WHERE a.control = 'item' GROUP BY a.id, x.party_id HAVING sum(x.amount) <> 0
        UNION ALL
        SELECT 'open item ' || o.id || ' has ' || o.open_amount || ' open, its allocations leave '
               || o.amount - coalesce(d.amount, 0) + coalesce(c.amount, 0), o.company_id
          FROM erp_openitem o
          LEFT JOIN (SELECT debit_item_id, sum(amount) AS amount FROM erp_allocation GROUP BY 1) d ON d.debit_item_id = o.id
          LEFT JOIN (SELECT credit_item_id, sum(amount) AS amount FROM erp_allocation GROUP BY 1) c ON c.credit_item_id = o.id
         WHERE o.open_amount <> o.amount - coalesce(d.amount, 0) + coalesce(c.amount, 0)""", company_id)


def check_i11(company_id: int | None = None) -> list[str]:
    """No shipment line has more units invoiced than it shipped, no invoice line more units deferred or credited than it has."""
    return guilty("""
        SELECT 'invoice line ' || o.id || ': ' || o.quantity || ' invoiced, ' || sum(c.quantity) || ' credited', o.company_id
          FROM erp_customerinvoiceline o JOIN erp_customerinvoiceline c ON c.corrects_id = o.id
          JOIN erp_customerinvoice n ON n.id = c.invoice_id AND n.status = 'posted' AND n.reason <> 'goodwill'
         GROUP BY o.id HAVING abs(sum(c.quantity)) > abs(o.quantity)
        UNION ALL
        SELECT 'invoice line ' || line_key || ' has ' || sum(quantity) || ' units deferred', company_id FROM erp_clearingitem
         WHERE role = 'DEFERRED_REVENUE' GROUP BY company_id, line_key HAVING sum(quantity) < 0""", company_id)


def check_i12(company_id: int | None = None) -> list[str]:
    """One goods issue per shipment, one draft per order, one payment per id of a provider."""
    return guilty("""
        SELECT 'source ' || source_key || ' has ' || count(*) || ' entries', company_id FROM erp_journalentry
         WHERE source_key IS NOT NULL GROUP BY company_id, source_key HAVING count(*) > 1
        UNION ALL
        SELECT 'shipment line ' || line_key || ' was issued in ' || count(DISTINCT entry_id) || ' entries', company_id FROM erp_clearingitem
         WHERE role = 'GSNI' AND quantity > 0 AND invoice_line_key = '' AND amount >= 0
           AND entry_id IN (SELECT id FROM erp_journalentry WHERE source_key NOT LIKE '%%/%%')
         GROUP BY company_id, line_key HAVING count(DISTINCT entry_id) > 1
        UNION ALL
        SELECT 'order ' || order_key || ' has ' || count(*) || ' drafts', company_id FROM erp_customerinvoice
         WHERE status = 'draft' AND kind = 'invoice' AND order_key <> '' GROUP BY company_id, order_key HAVING count(*) > 1
        UNION ALL
        SELECT 'payment of provider ' || provider_id || ' was recorded ' || count(*) || ' times', company_id FROM erp_customerpayment
         WHERE provider_id IS NOT NULL GROUP BY company_id, method, provider_id HAVING count(*) > 1""", company_id)


INVARIANTS: dict[str, Callable[..., list[str]]] = {"I9": check_i9, "I10": check_i10, "I11": check_i11, "I12": check_i12}
