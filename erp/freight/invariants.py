"""What must hold of freight accruals against the ledger; each function names the guilty rows (none when all is well)."""

from collections.abc import Callable

from erp.ledger.invariants import guilty


def check_freight(company_id: int | None = None) -> list[str]:
    """The account of freight accruals is what open accruals make; each has open what its items say; the guards stand."""
    return guilty("""
        SELECT 'account ' || c.code || ': ledger and open freight accruals differ by ' || sum(x.amount), c.company_id FROM (
            SELECT l.account_id, l.debit - l.credit AS amount FROM erp_journalline l WHERE l.ledger_date IS NOT NULL
            UNION ALL
            SELECT r.account_id, a.open_amount FROM erp_freightaccrual a JOIN erp_accountassignment r
                ON r.company_id = a.company_id AND r.role = 'FREIGHT_ACCRUAL' AND num_nonnulls(r.product_id, r.category_id, r.warehouse_id) = 0
        ) x JOIN erp_account c ON c.id = x.account_id
         WHERE c.control = 'clearing' AND EXISTS (SELECT 1 FROM erp_accountassignment r WHERE r.account_id = c.id AND r.role = 'FREIGHT_ACCRUAL')
         GROUP BY c.id HAVING sum(x.amount) <> 0
        UNION ALL
        SELECT 'freight accrual ' || a.number || ' has ' || a.open_amount || ' open, its items make ' || -coalesce(sum(i.amount), 0), a.company_id
          FROM erp_freightaccrual a LEFT JOIN erp_clearingitem i ON i.company_id = a.company_id AND i.role = 'FREIGHT_ACCRUAL'
           AND i.line_key = 'erp.freightaccrual:' || a.id GROUP BY a.id HAVING a.open_amount <> -coalesce(sum(i.amount), 0)
        UNION ALL
        SELECT 'trigger ' || g.name || ' of ' || g.relation || ' is missing or off', NULL::bigint
          FROM (VALUES ('touch_freight', 'erp_clearingitem'), ('keep_freight', 'erp_freightaccrual'), ('check_freight', 'erp_freightaccrual'))
               AS g(name, relation)
         WHERE NOT EXISTS (SELECT 1 FROM pg_trigger t WHERE t.tgname = g.name AND t.tgrelid = g.relation::regclass AND t.tgenabled IN ('O', 'A'))
        """, company_id)


INVARIANTS: dict[str, Callable[..., list[str]]] = {"freight accruals": check_freight}
