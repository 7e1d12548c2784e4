"""What must hold of the allowance; the function names the guilty rows (none when all is well)."""

from collections.abc import Callable

from erp.ledger.invariants import guilty


def check_allowance(company_id: int | None = None) -> list[str]:
    """ALLOWANCE_BAD_DEBT is the sum of its rows, none of which is on the wrong side; a posted allowance is the sum of its lines."""
    return guilty("""
        SELECT 'account ' || a.code || ' differs from the rows of the allowance by ' || sum(x.amount), a.company_id FROM (
            SELECT l.account_id, l.debit - l.credit AS amount FROM erp_journalline l WHERE l.ledger_date IS NOT NULL
            UNION ALL SELECT account_id, -amount FROM erp_clearingitem WHERE role = 'ALLOWANCE_BAD_DEBT'
        ) x JOIN erp_account a ON a.id = x.account_id
         WHERE a.control = 'clearing' AND EXISTS (SELECT 1 FROM erp_accountassignment r WHERE r.account_id = a.id AND r.role = 'ALLOWANCE_BAD_DEBT')
         GROUP BY a.id HAVING sum(x.amount) <> 0
        UNION ALL
        SELECT 'allowance for ' || line_key || ' is ' || -sum(amount), company_id FROM erp_clearingitem WHERE role = 'ALLOWANCE_BAD_DEBT'
         GROUP BY company_id, line_key HAVING sum(amount) > 0 OR (sum(amount) = 0) <> (sum(quantity) = 0)
        UNION ALL
        SELECT 'allowance ' || w.number || ' needs ' || w.target || ', its lines ' || coalesce(sum(l.target), 0), w.company_id
          FROM erp_allowance w LEFT JOIN erp_allowanceline l ON l.allowance_id = w.id WHERE w.status <> 'draft'
         GROUP BY w.id HAVING coalesce(sum(l.target), 0) <> w.target""", company_id)


INVARIANTS: dict[str, Callable[..., list[str]]] = {"allowance": check_allowance}
