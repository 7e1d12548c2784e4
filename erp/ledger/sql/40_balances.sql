-- Adds the lines of up to `p_limit` unrolled entries to the month balances. Several may run at once; each takes other entries.
CREATE OR REPLACE FUNCTION erp_roll_up_balances(p_limit int) RETURNS int
LANGUAGE sql SECURITY DEFINER SET search_path = public AS $$
    WITH gone AS (
        DELETE FROM erp_unrolledentry WHERE entry_id IN (
            SELECT entry_id FROM erp_unrolledentry ORDER BY entry_id LIMIT p_limit FOR UPDATE SKIP LOCKED
        ) RETURNING entry_id
    ), added AS (
        INSERT INTO erp_accountbalance AS b (company_id, account_id, month, is_closing, debit, credit)
        SELECT l.company_id, l.account_id, date_trunc('month', l.ledger_date)::date, p.is_closing, sum(l.debit), sum(l.credit)
          FROM gone g JOIN erp_journalentry e ON e.id = g.entry_id JOIN kernel_period p ON p.id = e.period_id
          JOIN erp_journalline l ON l.entry_id = e.id
         GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
        ON CONFLICT (company_id, account_id, month, is_closing) DO UPDATE SET debit = b.debit + excluded.debit, credit = b.credit + excluded.credit
    )
    SELECT count(*)::int FROM gone;
$$;

-- Debits and credits per account up to and including a date, in one snapshot: whole months from balances, entries not rolled up yet, and
-- the part of a month from its lines: added from its first day, or taken off to its last, whichever is shorter. Closing entries only when asked.
CREATE OR REPLACE FUNCTION erp_account_totals(p_company bigint, p_date date, p_with_closing boolean)
RETURNS TABLE (account_id bigint, debit numeric, credit numeric) LANGUAGE sql STABLE SET search_path = public AS $$
    WITH cut AS (
        SELECT (date_trunc('month', p_date + 1) + CASE WHEN extract(day FROM p_date + 1) > 16 THEN interval '1 month' ELSE interval '0' END)::date AS month
    )
    SELECT x.account_id, sum(x.debit), sum(x.credit) FROM (
        SELECT b.account_id, b.debit, b.credit FROM erp_accountbalance b, cut
         WHERE b.company_id = p_company AND b.month < cut.month AND (p_with_closing OR NOT b.is_closing)
        UNION ALL
        SELECT l.account_id, sum(l.debit), sum(l.credit) FROM erp_journalline l, cut
         WHERE l.company_id = p_company AND l.ledger_date >= cut.month AND l.ledger_date <= p_date GROUP BY 1
        UNION ALL
        SELECT l.account_id, -sum(l.debit), -sum(l.credit) FROM erp_journalline l, cut
         WHERE l.company_id = p_company AND l.ledger_date > p_date AND l.ledger_date < cut.month GROUP BY 1
        UNION ALL
        -- The lines just taken off include closing entries, which balances without them never held.
        SELECT l.account_id, sum(l.debit), sum(l.credit)
          FROM kernel_period p JOIN erp_journalentry e ON e.period_id = p.id AND e.status = 'posted' JOIN erp_journalline l ON l.entry_id = e.id, cut
         WHERE NOT p_with_closing AND p.company_id = p_company AND p.is_closing AND e.ledger_date > p_date AND e.ledger_date < cut.month GROUP BY 1
        UNION ALL
        SELECT l.account_id, sum(l.debit), sum(l.credit)
          FROM erp_unrolledentry u JOIN erp_journalentry e ON e.id = u.entry_id JOIN kernel_period p ON p.id = e.period_id
          JOIN erp_journalline l ON l.entry_id = u.entry_id, cut
         WHERE u.company_id = p_company AND e.ledger_date < cut.month AND (p_with_closing OR NOT p.is_closing) GROUP BY 1
    ) x GROUP BY 1 HAVING sum(x.debit) <> 0 OR sum(x.credit) <> 0;
$$;
