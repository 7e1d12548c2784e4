"""What must hold of bank statements against the ledger; each function names the guilty rows (none when all is well)."""

from collections.abc import Callable

from erp.ledger.invariants import guilty


def check_parts(company_id: int | None = None) -> list[str]:
    """The parts of matched lines make up their amounts, open lines have none, and every part stands on the bank's ledger account."""
    return guilty("""
        SELECT 'statement line ' || l.id || ' of ' || l.booked_on || ': ' || l.amount || ', its parts make ' || coalesce(sum(p.amount), 0),
               l.company_id
          FROM erp_statementline l LEFT JOIN erp_statementmatch p ON p.line_id = l.id
         GROUP BY l.id HAVING (l.status = 'matched' AND coalesce(sum(p.amount), 0) <> l.amount) OR (l.status <> 'matched' AND count(p.id) > 0)
        UNION ALL
        SELECT 'entry ' || coalesce(e.number, e.id::text) || ': statements show ' || x.amount || ', it puts ' || b.amount
               || ' on the bank account',
               e.company_id
          FROM (SELECT p.entry_id, p.account_id, sum(abs(p.amount)) AS amount, min(p.amount) AS least, max(p.amount) AS most FROM (
                    SELECT m.entry_id, k.account_id, m.line_id, sum(m.amount) AS amount FROM erp_statementmatch m
                      JOIN erp_statementline l ON l.id = m.line_id JOIN erp_bankaccount k ON k.id = l.bank_account_id GROUP BY 1, 2, 3
                ) p GROUP BY 1, 2) x
          JOIN erp_journalentry e ON e.id = x.entry_id
          LEFT JOIN LATERAL (SELECT coalesce(sum(debit - credit), 0) AS amount FROM erp_journalline
                              WHERE entry_id = x.entry_id AND account_id = x.account_id) b ON true
         WHERE x.least * b.amount < 0 OR x.most * b.amount < 0 OR x.amount > abs(b.amount)""", company_id)


def check_proofs(company_id: int | None = None) -> list[str]:
    """Reconciled statements have no open line, and their closing balance is still the ledger's bank account at that date."""
    return guilty("""
        SELECT 'statement ' || coalesce(s.number, s.id::text) || ' closes with ' || s.closing_balance || ' on ' || s.ends_on || ', the ledger shows '
               || erp_statement_ledger_balance(s.id), s.company_id
          FROM erp_bankstatement s WHERE s.status = 'reconciled' AND erp_statement_ledger_balance(s.id) IS DISTINCT FROM s.closing_balance
        UNION ALL
        SELECT 'statement ' || coalesce(s.number, s.id::text) || ' is reconciled with an open line of ' || l.booked_on, s.company_id
          FROM erp_bankstatement s JOIN erp_statementline l ON l.statement_id = s.id AND l.status <> 'matched' WHERE s.status = 'reconciled'""", company_id)


INVARIANTS: dict[str, Callable[..., list[str]]] = {"bank: parts": check_parts, "bank: proofs": check_proofs}
