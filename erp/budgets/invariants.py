"""What must hold of budgets; each function names the guilty rows (none when all is well)."""

from collections.abc import Callable

from erp.ledger.invariants import guilty


def check_budgets(company_id: int | None = None) -> list[str]:
    """Lines lie in the year and on accounts of their budget's kind; one version is active; nobody approved their own; commitments are not below zero."""
    return guilty("""
        SELECT 'budget ' || b.name || ' v' || b.edition || ' has a line on ' || a.code, b.company_id
          FROM erp_budgetline l JOIN erp_budget b ON b.id = l.budget_id JOIN erp_account a ON a.id = l.account_id JOIN kernel_period p ON p.id = l.period_id
         WHERE p.year_id <> b.year_id OR p.is_closing
            OR NOT (CASE b.kind WHEN 'expense' THEN a.type = 'expense' WHEN 'result' THEN a.type IN ('income', 'expense') ELSE a.type = 'asset' END)
        UNION ALL
        SELECT 'budget ' || min(name) || ' has ' || count(*) || ' active versions', company_id FROM erp_budget WHERE status = 'active'
         GROUP BY company_id, year_id, kind, scope_id HAVING count(*) > 1
        UNION ALL
        SELECT 'budget ' || name || ' v' || edition || ' was approved by who wrote it', company_id FROM erp_budget
         WHERE approved_by_id IN (created_by_id, edited_by_id)
        UNION ALL
        SELECT 'commitment ' || c.source_key || ' is ' || sum(l.amount), c.company_id
          FROM erp_budgetcommitment c JOIN erp_budgetcommitmentline l ON l.commitment_id = c.id
         GROUP BY c.id, l.account_id, l.value_ids, l.expected_on HAVING sum(l.amount) < 0""", company_id)


INVARIANTS: dict[str, Callable[..., list[str]]] = {"budgets": check_budgets}
