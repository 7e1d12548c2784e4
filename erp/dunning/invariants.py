"""What must hold of dunning; the function names the guilty rows (none when all is well)."""

from collections.abc import Callable

from erp.ledger.invariants import guilty


def check_dunning(company_id: int | None = None) -> list[str]:
    """Letters say what their lines say, their charges are open items, no item skipped or repeated a level, levels have no gap."""
    return guilty("""
        SELECT 'dunning letter ' || n.number || ' says ' || n.overdue || ' overdue, its lines ' || coalesce(sum(l.open_amount), 0), n.company_id
          FROM erp_dunningnotice n LEFT JOIN erp_dunningnoticeline l ON l.notice_id = n.id AND l.is_issued
         WHERE n.status IN ('issued', 'waived') GROUP BY n.id HAVING coalesce(sum(l.open_amount), 0) <> n.overdue
        UNION ALL
        SELECT 'dunning letter ' || n.number || ' charges ' || n.fee + n.interest || ', its open items are '
               || coalesce(sum(o.amount_currency), 0), n.company_id
          FROM erp_dunningnotice n
          LEFT JOIN erp_openitem o ON o.document_key = 'erp.dunningnotice:' || n.id AND o.kind IN ('dunning_fee', 'interest')
         WHERE n.status IN ('issued', 'waived') GROUP BY n.id
        HAVING coalesce(sum(o.amount_currency), 0) <> CASE n.status WHEN 'waived' THEN 0 ELSE n.fee + n.interest END
        UNION ALL
        SELECT 'open item ' || item_id || ' was dunned ' || count(*) || ' times, up to level ' || max(level), company_id
          FROM erp_dunningnoticeline WHERE is_issued GROUP BY company_id, item_id HAVING count(*) <> max(level) OR count(*) <> count(DISTINCT level)
        UNION ALL
        SELECT 'dunning levels end at ' || max(position) || ' and are ' || count(*), company_id
          FROM erp_dunninglevel GROUP BY company_id HAVING max(position) <> count(*)""", company_id)


INVARIANTS: dict[str, Callable[..., list[str]]] = {"dunning": check_dunning}
