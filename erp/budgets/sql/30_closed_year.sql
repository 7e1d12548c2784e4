-- Replaces the function of 10_budgets.sql: year-end entries are found by the year's closing period, not among all entries of the books.
CREATE OR REPLACE FUNCTION erp_year_takes_budgets(p_year bigint) RETURNS boolean LANGUAGE sql STABLE SET search_path = public AS $$
    SELECT EXISTS (SELECT 1 FROM kernel_period WHERE year_id = p_year AND NOT is_closing AND status <> 'closed')
       AND NOT EXISTS (SELECT 1 FROM kernel_period p JOIN erp_journalentry e ON e.period_id = p.id
                        WHERE p.year_id = p_year AND p.is_closing AND e.status = 'posted' AND e.reverses_id IS NULL
                          AND e.source_key LIKE 'kernel.fiscalyear:%/close/%'
                          AND NOT EXISTS (SELECT 1 FROM erp_journalentry m WHERE m.reverses_id = e.id));
$$;
