"""What must hold of foreign currency; each function names the guilty rows (none when all is well)."""

from collections.abc import Callable

from erp.ledger.invariants import guilty


def check_currencies(company_id: int | None = None) -> list[str]:
    """Item accounts equal the open items per party and currency; what is settled in its currency is settled in the company's; items and
    allocations in company currency have one amount; a revaluation of items is reversed on the next day."""
    return guilty("""
        SELECT 'account ' || a.code || ', party ' || coalesce(x.party_id::text, '-') || ': ledger and open items differ by '
               || x.currency_id || ' ' || sum(x.amount), a.company_id FROM (
            SELECT l.account_id, l.party_id, coalesce(l.currency_id, c.currency_id) AS currency_id, coalesce(l.amount_currency, l.debit - l.credit) AS amount
              FROM erp_journalline l JOIN kernel_company c ON c.id = l.company_id WHERE l.ledger_date IS NOT NULL
            UNION ALL SELECT account_id, party_id, currency_id, -open_currency FROM erp_openitem
        ) x JOIN erp_account a ON a.id = x.account_id WHERE a.control = 'item' GROUP BY a.id, x.party_id, x.currency_id HAVING sum(x.amount) <> 0
        UNION ALL
        SELECT 'open item ' || o.id || ' has ' || o.currency_id || ' ' || o.open_currency || ' open and ' || o.open_amount || ' in the books', o.company_id
          FROM erp_openitem o WHERE o.open_currency = 0 AND o.open_amount <> 0 AND o.amount_currency <> 0
        UNION ALL
        SELECT 'open item ' || o.id || ' has ' || o.currency_id || ' ' || o.open_currency || ' open, its allocations leave '
               || o.amount_currency - coalesce(d.amount, 0) + coalesce(c.amount, 0), o.company_id
          FROM erp_openitem o
          LEFT JOIN (SELECT debit_item_id, sum(amount_currency) AS amount FROM erp_allocation GROUP BY 1) d ON d.debit_item_id = o.id
          LEFT JOIN (SELECT credit_item_id, sum(amount_currency) AS amount FROM erp_allocation GROUP BY 1) c ON c.credit_item_id = o.id
         WHERE o.open_currency <> o.amount_currency - coalesce(d.amount, 0) + coalesce(c.amount, 0)
        UNION ALL
        SELECT 'open item ' || o.id || ' is in company currency and has two amounts', o.company_id
          FROM erp_openitem o JOIN kernel_company c ON c.id = o.company_id AND c.currency_id = o.currency_id WHERE o.amount <> o.amount_currency
        UNION ALL
        SELECT 'revaluation ' || r.number || ' is not reversed on the next day', r.company_id
          FROM erp_revaluation r JOIN erp_journalentry e ON e.id = r.entry_id LEFT JOIN erp_journalentry b ON b.id = r.reversal_id
         WHERE b.reverses_id IS DISTINCT FROM e.id OR b.ledger_date <> e.ledger_date + 1""", company_id)


INVARIANTS: dict[str, Callable[..., list[str]]] = {"currencies": check_currencies}
