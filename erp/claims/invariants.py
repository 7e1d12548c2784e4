"""What must hold of claims and advances against the ledger; each function names the guilty rows (none when all is well)."""

from collections.abc import Callable

from erp.ledger.invariants import guilty


def check_claims(company_id: int | None = None) -> list[str]:
    """What advances and claims have open makes up the accounts of employees, row by row and in all; four eyes; the guards stand."""
    return guilty("""
        SELECT 'account ' || c.code || ': ledger ' || sum(x.amount) || ' apart from open advances and claims', c.company_id FROM (
            SELECT l.account_id, l.debit - l.credit AS amount FROM erp_journalline l WHERE l.ledger_date IS NOT NULL
            UNION ALL
            SELECT r.account_id, -a.open_amount FROM erp_employeeadvance a JOIN erp_accountassignment r
                ON r.company_id = a.company_id AND r.role = 'EMPLOYEE_ADVANCES' AND num_nonnulls(r.product_id, r.category_id, r.warehouse_id) = 0
            UNION ALL
            SELECT r.account_id, e.open_amount FROM erp_expenseclaim e JOIN erp_accountassignment r
                ON r.company_id = e.company_id AND r.role = 'EMPLOYEE_PAYABLE' AND num_nonnulls(r.product_id, r.category_id, r.warehouse_id) = 0
        ) x JOIN erp_account c ON c.id = x.account_id
         WHERE c.control = 'clearing' AND EXISTS (SELECT 1 FROM erp_accountassignment r WHERE r.account_id = c.id
                                                   AND r.role IN ('EMPLOYEE_ADVANCES', 'EMPLOYEE_PAYABLE'))
         GROUP BY c.id HAVING sum(x.amount) <> 0
        UNION ALL
        SELECT x.what || ' ' || x.number || ' has ' || x.open_amount || ' open, its items make ' || x.items, x.company_id FROM (
            SELECT 'advance' AS what, a.number, a.company_id, a.open_amount, coalesce(sum(i.amount), 0) AS items
              FROM erp_employeeadvance a LEFT JOIN erp_clearingitem i ON i.company_id = a.company_id AND i.role = 'EMPLOYEE_ADVANCES'
               AND i.line_key = 'erp.employeeadvance:' || a.id GROUP BY a.id
            UNION ALL
            SELECT 'claim', e.number, e.company_id, e.open_amount, -coalesce(sum(i.amount), 0)
              FROM erp_expenseclaim e LEFT JOIN erp_clearingitem i ON i.company_id = e.company_id AND i.role = 'EMPLOYEE_PAYABLE'
               AND i.line_key = 'erp.expenseclaim:' || e.id GROUP BY e.id
        ) x WHERE x.open_amount <> x.items
        UNION ALL
        SELECT 'claim ' || e.number || ' is over ' || e.gross || ', its lines make ' || coalesce(sum(l.gross), 0), e.company_id
          FROM erp_expenseclaim e LEFT JOIN erp_expenseclaimline l ON l.claim_id = e.id GROUP BY e.id HAVING e.gross <> coalesce(sum(l.gross), 0)
        UNION ALL
        SELECT 'claim ' || e.number || ' was approved by its claimant', e.company_id
          FROM erp_expenseclaim e JOIN erp_employeeuser u ON u.party_id = e.claimant_id AND u.user_id = e.approved_by_id
        UNION ALL
        SELECT 'trigger ' || g.name || ' of ' || g.relation || ' is missing or off', NULL::bigint
          FROM (VALUES ('touch_claim', 'erp_clearingitem'), ('keep_advance', 'erp_employeeadvance'), ('keep_claim', 'erp_expenseclaim'),
                       ('check_claim', 'erp_expenseclaim'), ('guard_row', 'erp_expenseclaimline'), ('guard_row', 'erp_expensereceipt'),
                       ('guard_employee_payment', 'erp_employeepayment'), ('check_employee_payment', 'erp_employeepayment')) AS g(name, relation)
         WHERE NOT EXISTS (SELECT 1 FROM pg_trigger t WHERE t.tgname = g.name AND t.tgrelid = g.relation::regclass AND t.tgenabled IN ('O', 'A'))
        """, company_id)


INVARIANTS: dict[str, Callable[..., list[str]]] = {"claims and advances": check_claims}
