"""What must hold of deferrals and scheduled reversals; each function names the guilty rows (none when all is well)."""

from collections.abc import Callable

from erp.ledger.invariants import guilty


def check_deferrals(company_id: int | None = None) -> list[str]:
    """The parts of a deferral make up the whole; deferred revenue still waiting equals its parts not posted; a mirror lies on its day."""
    return guilty("""
        SELECT 'deferral ' || d.id || ': its parts make ' || coalesce(sum(p.amount), 0) || ', not ' || d.amount, d.company_id
          FROM erp_deferral d LEFT JOIN erp_deferralinstalment p ON p.deferral_id = d.id WHERE d.status <> 'draft'
         GROUP BY d.id HAVING coalesce(sum(p.amount), 0) <> d.amount
        UNION ALL
        SELECT 'deferral ' || d.id || ' has ' || -coalesce(c.amount, 0) || ' waiting, its parts not posted are ' || coalesce(p.amount, 0), d.company_id
          FROM erp_deferral d
          LEFT JOIN (SELECT line_key, sum(amount) AS amount FROM erp_clearingitem WHERE line_key LIKE 'erp.deferral:%%' GROUP BY 1) c
            ON c.line_key = 'erp.deferral:' || d.id
          LEFT JOIN (SELECT deferral_id, sum(amount) AS amount FROM erp_deferralinstalment WHERE entry_id IS NULL GROUP BY 1) p ON p.deferral_id = d.id
         WHERE d.kind = 'revenue' AND d.status <> 'draft' AND -coalesce(c.amount, 0) <> coalesce(p.amount, 0)
        UNION ALL
        SELECT 'entry ' || e.number || ' is mirrored on ' || m.ledger_date || ', scheduled for ' || s.reverse_on, s.company_id
          FROM erp_scheduledreversal s JOIN erp_journalentry e ON e.id = s.entry_id JOIN erp_journalentry m ON m.reverses_id = e.id
         WHERE m.ledger_date <> s.reverse_on AND m.source_key = 'erp.scheduledreversal:' || s.id""", company_id)


INVARIANTS: dict[str, Callable[..., list[str]]] = {"deferrals": check_deferrals}
