"""What must hold of the ledger, computed from the data; each function names the guilty rows (none when all is well)."""

from collections.abc import Callable

from django.db import connection

LIMIT = 1000


def guilty(query: str, company_id: int | None = None) -> list[str]:
    """The texts a query gives, at most 1,000. It filters by `%(company)s` where that is not null."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT text FROM ({query}) q(text, company_id) WHERE %(company)s::bigint IS NULL OR company_id = %(company)s LIMIT {LIMIT}",  # noqa: S608
                       {"company": company_id})
        return [row[0] for row in cursor.fetchall()]


def check_i1(company_id: int | None = None) -> list[str]:
    """Posted entries balance and have two lines; each line is on one side."""
    return guilty("""
        SELECT 'entry ' || coalesce(e.number, e.id::text) || ': debits ' || coalesce(sum(l.debit), 0) || ', credits ' || coalesce(sum(l.credit), 0)
               || ', lines ' || count(l.id), e.company_id
          FROM erp_journalentry e LEFT JOIN erp_journalline l ON l.entry_id = e.id
         WHERE e.status = 'posted' GROUP BY e.id
        HAVING coalesce(sum(l.debit), 0) <> coalesce(sum(l.credit), 0) OR count(l.id) = 1
            OR (count(l.id) = 0 AND NOT EXISTS (SELECT 1 FROM erp_stockvalue v WHERE v.entry_id = e.id)
                AND NOT EXISTS (SELECT 1 FROM erp_customerinvoice i WHERE i.entry_id = e.id AND i.gross = 0))
        UNION ALL
        SELECT 'line ' || id || ': debit ' || debit || ', credit ' || credit, company_id FROM erp_journalline
         WHERE debit < 0 OR credit < 0 OR (debit <> 0 AND credit <> 0)""", company_id)


def check_i2(company_id: int | None = None) -> list[str]:
    """The guards stand, dated lines belong to posted entries of the same day and company, posted documents bear their entry's number."""
    return guilty("""
        SELECT 'trigger ' || g.name || ' of ' || g.relation || ' is missing or off', NULL::bigint
          FROM (VALUES ('guard_entry', 'erp_journalentry'), ('check_entry', 'erp_journalentry'), ('guard_line', 'erp_journalline'),
                       ('line_has_posted_entry', 'erp_journalline'), ('guard_tail', 'erp_journaltail'), ('keep_open_amount', 'erp_openitem'),
                       ('guard_item', 'erp_openitem'), ('guard_clearing', 'erp_clearingitem'), ('guard_allocation', 'erp_allocation'),
                       ('guard_invoice', 'erp_customerinvoice'), ('guard_row', 'erp_customerinvoiceline'), ('guard_payment', 'erp_customerpayment'))
               AS g(name, relation)
         WHERE NOT EXISTS (SELECT 1 FROM pg_trigger t WHERE t.tgname = g.name AND t.tgrelid = g.relation::regclass AND t.tgenabled IN ('O', 'A'))
        UNION ALL
        SELECT 'line ' || l.id || ' does not agree with its entry ' || coalesce(e.number, e.id::text), l.company_id
          FROM erp_journalline l JOIN erp_journalentry e ON e.id = l.entry_id
         WHERE l.company_id <> e.company_id
            OR (l.ledger_date IS NOT NULL) <> (e.status = 'posted') OR (l.ledger_date IS NOT NULL AND l.ledger_date <> e.ledger_date)
        UNION ALL
        SELECT 'invoice ' || i.id || ' has number ' || coalesce(i.number, '-') || ', its entry ' || coalesce(e.number, '-'), i.company_id
          FROM erp_customerinvoice i LEFT JOIN erp_journalentry e ON e.id = i.entry_id
         WHERE i.number IS DISTINCT FROM e.number OR (i.status = 'posted') <> (e.status IS NOT DISTINCT FROM 'posted')
        UNION ALL
        SELECT 'payment ' || p.id || ' has number ' || coalesce(p.number, '-') || ', its entry ' || coalesce(e.number, '-'), p.company_id
          FROM erp_customerpayment p LEFT JOIN erp_journalentry e ON e.id = p.entry_id WHERE p.number IS DISTINCT FROM e.number""", company_id)


def check_i3(company_id: int | None = None) -> list[str]:
    """Every entry lies in its period, and none was posted after its period was closed."""
    return guilty("""
        SELECT 'entry ' || coalesce(e.number, e.id::text) || ' of ' || e.ledger_date || ' lies outside its period ' || p.number, e.company_id
          FROM erp_journalentry e JOIN kernel_period p ON p.id = e.period_id
         WHERE e.ledger_date NOT BETWEEN p.starts_on AND p.ends_on OR p.company_id <> e.company_id
        UNION ALL
        SELECT 'entry ' || e.number || ' was posted after period ' || p.number || ' was closed', e.company_id
          FROM erp_journalentry e JOIN kernel_period p ON p.id = e.period_id
          JOIN LATERAL (SELECT max(s.at) AS at FROM kernel_statuschange s JOIN django_content_type t ON t.id = s.content_type_id
                         WHERE t.app_label = 'kernel' AND t.model = 'period' AND s.object_id = p.id AND s.after = 'closed') c ON true
         WHERE p.status = 'closed' AND e.posted_at > c.at""", company_id)


def check_i4(company_id: int | None = None) -> list[str]:
    """Numbers of a journal and year run from 1 to its tail without gaps or doubles."""
    return guilty("""
        SELECT 'journal ' || j.code || ' ' || y.code || ': numbers up to ' || coalesce(max(e.sequence), 0) || ', ' || count(e.id)
               || ' entries, tail ' || coalesce(t.last_number, 0), j.company_id
          FROM erp_journal j JOIN kernel_fiscalyear y ON y.company_id = j.company_id
          LEFT JOIN erp_journaltail t ON t.journal_id = j.id AND t.year_id = y.id
          LEFT JOIN (erp_journalentry e JOIN kernel_period p ON p.id = e.period_id) ON e.journal_id = j.id AND p.year_id = y.id AND e.status = 'posted'
         GROUP BY j.id, y.id, t.last_number
        HAVING coalesce(max(e.sequence), 0) <> count(e.id) OR count(DISTINCT e.sequence) <> count(e.id) OR coalesce(t.last_number, 0) <> count(e.id)
        """, company_id)


def check_i5(company_id: int | None = None) -> list[str]:
    """Each hash covers its entry and the hash before; the last one is the tail's."""
    return guilty("""
        SELECT 'entry ' || c.number || ' does not match its hash', c.company_id FROM (
            SELECT e.id, e.number, e.company_id, e.hash,
                   coalesce(lag(e.hash) OVER (PARTITION BY e.journal_id, p.year_id ORDER BY e.sequence), ''::bytea) AS before
              FROM erp_journalentry e JOIN kernel_period p ON p.id = e.period_id WHERE e.status = 'posted'
        ) c WHERE c.hash IS DISTINCT FROM sha256(c.before || convert_to(erp_entry_text(c.id, c.number), 'UTF8'))
        UNION ALL
        SELECT 'tail of journal ' || j.code || ' ' || y.code || ' does not match its last entry', t.company_id
          FROM erp_journaltail t JOIN erp_journal j ON j.id = t.journal_id JOIN kernel_fiscalyear y ON y.id = t.year_id
         WHERE NOT EXISTS (SELECT 1 FROM erp_journalentry e JOIN kernel_period p ON p.id = e.period_id
                            WHERE e.journal_id = t.journal_id AND p.year_id = t.year_id AND e.sequence = t.last_number AND e.hash = t.last_hash)
        """, company_id)


def check_balances(company_id: int | None = None) -> list[str]:
    """Month balances and unrolled entries together equal the lines."""
    return guilty("""
        SELECT 'account ' || a.code || ' in ' || x.month || ': balance differs from its lines by ' || sum(x.amount), a.company_id FROM (
            SELECT account_id, month, debit - credit AS amount FROM erp_accountbalance
            UNION ALL
            SELECT l.account_id, date_trunc('month', l.ledger_date)::date, l.debit - l.credit
              FROM erp_unrolledentry u JOIN erp_journalline l ON l.entry_id = u.entry_id
            UNION ALL
            SELECT account_id, date_trunc('month', ledger_date)::date, credit - debit FROM erp_journalline WHERE ledger_date IS NOT NULL
        ) x JOIN erp_account a ON a.id = x.account_id GROUP BY a.id, x.month HAVING sum(x.amount) <> 0""", company_id)


def check_i18(company_id: int | None = None) -> list[str]:
    """Every posted entry and every allocation is known since a time, drafts are not, and the guards of that stand."""
    return guilty("""
        SELECT 'entry ' || coalesce(e.number, e.id::text) || CASE WHEN k.entry_id IS NULL THEN ' is known since no time' ELSE ' is a draft and known' END,
               e.company_id
          FROM erp_journalentry e LEFT JOIN erp_knownentry k ON k.entry_id = e.id AND k.company_id = e.company_id
         WHERE (e.status = 'posted') <> (k.entry_id IS NOT NULL)
        UNION ALL
        SELECT 'allocation ' || a.id || ' is known since no time', a.company_id
          FROM erp_allocation a LEFT JOIN erp_knownallocation k ON k.allocation_id = a.id AND k.company_id = a.company_id WHERE k.allocation_id IS NULL
        UNION ALL
        SELECT 'trigger ' || g.name || ' of ' || g.relation || ' is missing or off', NULL::bigint
          FROM (VALUES ('know_entry', 'erp_journalentry'), ('know_allocation', 'erp_allocation'), ('refuse_change', 'erp_knownentry'),
                       ('refuse_change', 'erp_knownallocation')) AS g(name, relation)
         WHERE NOT EXISTS (SELECT 1 FROM pg_trigger t WHERE t.tgname = g.name AND t.tgrelid = g.relation::regclass AND t.tgenabled IN ('O', 'A'))
        """, company_id)


INVARIANTS: dict[str, Callable[..., list[str]]] = {
    "I1": check_i1, "I2": check_i2, "I3": check_i3, "I4": check_i4, "I5": check_i5, "I18": check_i18, "balances": check_balances,
}
