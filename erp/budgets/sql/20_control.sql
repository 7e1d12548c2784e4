-- How many steps the nearest of some values lies below a value of their tree; NULL where none does.
CREATE OR REPLACE FUNCTION erp_steps_below(p_values bigint[], p_above bigint) RETURNS int LANGUAGE sql STABLE SET search_path = public AS $$
    WITH RECURSIVE up(id, steps) AS (
        SELECT v, 0 FROM unnest(p_values) v
        UNION SELECT v.parent_id, up.steps + 1 FROM up JOIN erp_dimensionvalue v ON v.id = up.id WHERE v.parent_id IS NOT NULL AND up.id <> p_above
    ) SELECT min(steps) FROM up WHERE id = p_above;
$$;

-- What counts for a budget from a day to a day, as known at a time: per account, value of its lines (the nearest one above what a posting bears,
-- else the line without a value) and period. `is_budgeted` false: no line of the budget covers it. Natural side above zero.
CREATE OR REPLACE FUNCTION erp_budget_facts(p_budget bigint, p_from date, p_to date, p_known timestamptz, p_accounts bigint[])
RETURNS TABLE (account_id bigint, value_id bigint, is_budgeted boolean, period_id bigint, actual numeric, requested numeric, ordered numeric)
LANGUAGE sql STABLE SET search_path = public AS $$
    WITH RECURSIVE b AS (SELECT * FROM erp_budget WHERE id = p_budget),
    up(value_id, above_id, steps) AS (
        SELECT v.id, v.id, 0 FROM erp_dimensionvalue v, b
         WHERE v.dimension_id = b.dimension_id OR v.dimension_id = (SELECT s.dimension_id FROM erp_dimensionvalue s WHERE s.id = b.scope_id)
        UNION ALL SELECT up.value_id, v.parent_id, up.steps + 1 FROM up JOIN erp_dimensionvalue v ON v.id = up.above_id WHERE v.parent_id IS NOT NULL
    ),
    in_scope AS (SELECT up.value_id FROM up, b WHERE up.above_id = b.scope_id),
    of_lines AS (SELECT v.id FROM erp_dimensionvalue v, b WHERE v.dimension_id = b.dimension_id),
    accounts AS (
        SELECT a.id, CASE a.type WHEN 'income' THEN -1 ELSE 1 END AS side FROM erp_account a, b
         WHERE a.company_id = b.company_id AND (p_accounts IS NULL OR a.id = ANY (p_accounts))
           AND CASE b.kind WHEN 'expense' THEN a.type = 'expense' WHEN 'result' THEN a.type IN ('income', 'expense') ELSE a.type = 'asset' AND a.control = '' END
    ),
    year_ends AS (
        SELECT e.id FROM b JOIN kernel_period p ON p.company_id = b.company_id AND p.is_closing JOIN erp_journalentry e ON e.period_id = p.id
    ),
    posted AS (
        SELECT l.account_id, d.value_id, l.ledger_date AS day, sum((l.debit - l.credit) * a.side) AS actual, 0::numeric AS requested, 0::numeric AS ordered
          FROM b CROSS JOIN accounts a JOIN erp_journalline l ON l.account_id = a.id AND l.ledger_date BETWEEN p_from AND p_to
          LEFT JOIN erp_journallinedimension d ON d.line_id = l.id AND d.dimension_id = b.dimension_id
         WHERE l.company_id = b.company_id AND l.entry_id NOT IN (SELECT id FROM year_ends)
           AND (b.scope_id IS NULL OR EXISTS (SELECT 1 FROM erp_journallinedimension s JOIN in_scope i ON i.value_id = s.value_id WHERE s.line_id = l.id))
           AND (p_known IS NULL OR NOT EXISTS (SELECT 1 FROM erp_knownentry k WHERE k.entry_id = l.entry_id AND k.known_at > p_known))
         GROUP BY 1, 2, 3
    ),
    committed AS (
        SELECT c.account_id, (SELECT min(o.id) FROM of_lines o WHERE o.id = ANY (c.value_ids)) AS value_id, c.expected_on AS day, 0::numeric AS actual,
               sum(c.amount * a.side) FILTER (WHERE h.level = 'request') AS requested, sum(c.amount * a.side) FILTER (WHERE h.level = 'order') AS ordered
          FROM b CROSS JOIN accounts a JOIN erp_budgetcommitmentline c ON c.account_id = a.id AND c.expected_on BETWEEN p_from AND p_to
          JOIN erp_budgetcommitment h ON h.id = c.commitment_id
         WHERE c.company_id = b.company_id AND (p_known IS NULL OR c.made_at <= p_known)
           AND (b.scope_id IS NULL OR EXISTS (SELECT 1 FROM in_scope i WHERE i.value_id = ANY (c.value_ids)))
         GROUP BY 1, 2, 3
    ),
    facts AS (
        SELECT x.account_id, x.value_id, p.id AS period_id, sum(x.actual) AS actual, sum(x.requested) AS requested, sum(x.ordered) AS ordered
          FROM (SELECT * FROM posted UNION ALL SELECT * FROM committed) x
          JOIN b ON true JOIN kernel_period p ON p.company_id = b.company_id AND NOT p.is_closing AND x.day BETWEEN p.starts_on AND p.ends_on
         GROUP BY 1, 2, 3
    ),
    keys AS (SELECT DISTINCT l.account_id, l.value_id FROM erp_budgetline l WHERE l.budget_id = p_budget),
    placed AS (
        SELECT DISTINCT ON (c.account_id, c.value_id) c.account_id, c.value_id, k.account_id IS NOT NULL AS is_budgeted, k.value_id AS key_value
          FROM (SELECT DISTINCT f.account_id, f.value_id FROM facts f) c
          LEFT JOIN (keys k LEFT JOIN up u ON u.above_id = k.value_id)
            ON k.account_id = c.account_id AND (k.value_id IS NULL OR u.value_id = c.value_id)
         ORDER BY c.account_id, c.value_id, k.value_id IS NULL, u.steps
    )
    SELECT f.account_id, p.key_value, p.is_budgeted, f.period_id, sum(f.actual), coalesce(sum(f.requested), 0), coalesce(sum(f.ordered), 0)
      FROM facts f JOIN placed p ON p.account_id = f.account_id AND p.value_id IS NOT DISTINCT FROM f.value_id
     GROUP BY 1, 2, 3, 4;
$$;

-- The budget beside what became of it; one row per account, value and period that either of them has.
CREATE OR REPLACE FUNCTION erp_budget_variance(p_budget bigint, p_from date, p_to date, p_known timestamptz)
RETURNS TABLE (account_id bigint, value_id bigint, is_budgeted boolean, period_id bigint, budgeted numeric, actual numeric, requested numeric, ordered numeric)
LANGUAGE sql STABLE SET search_path = public AS $$
    SELECT x.account_id, x.value_id, bool_or(x.is_budgeted), x.period_id, sum(x.budgeted), sum(x.actual), sum(x.requested), sum(x.ordered) FROM (
        SELECT l.account_id, l.value_id, true AS is_budgeted, l.period_id, l.amount AS budgeted, 0::numeric AS actual, 0::numeric AS requested, 0::numeric AS ordered
          FROM erp_budgetline l JOIN kernel_period p ON p.id = l.period_id WHERE l.budget_id = p_budget AND p.starts_on <= p_to AND p.ends_on >= p_from
        UNION ALL
        SELECT f.account_id, f.value_id, f.is_budgeted, f.period_id, 0, f.actual, f.requested, f.ordered
          FROM erp_budget_facts(p_budget, p_from, p_to, p_known, NULL) f
    ) x GROUP BY 1, 2, 4;
$$;

-- The budget lines that entries, or new lines of commitments, take beyond their amount. Holds the lines of each key, keys in order, before it
-- adds up, so of two that take the last of a budget the second sees the first. Each statement in here reads what is committed by then.
CREATE OR REPLACE FUNCTION erp_budget_overruns(p_company bigint, p_level text, p_entries bigint[], p_commitment_lines bigint[])
RETURNS TABLE (budget_id bigint, account_id bigint, value_id bigint, period_id bigint, control text, span text, budgeted numeric, used numeric, added numeric)
LANGUAGE plpgsql SET search_path = public AS $$
#variable_conflict use_column
DECLARE k record; the_budget numeric; the_use numeric;
BEGIN
    IF NOT EXISTS (SELECT 1 FROM erp_budget b WHERE b.company_id = p_company AND b.status = 'active' AND 'none' <> CASE p_level
            WHEN 'request' THEN b.control_request WHEN 'order' THEN b.control_order ELSE b.control_actual END) THEN
        RETURN;
    END IF;
    FOR k IN
        WITH touched AS (
            SELECT l.account_id, e.ledger_date AS day, l.debit - l.credit AS amount,
                   ARRAY(SELECT d.value_id FROM erp_journallinedimension d WHERE d.line_id = l.id) AS value_ids
              FROM erp_journalline l JOIN erp_journalentry e ON e.id = l.entry_id WHERE l.entry_id = ANY (p_entries) AND e.company_id = p_company
            UNION ALL
            SELECT c.account_id, c.expected_on, c.amount, c.value_ids FROM erp_budgetcommitmentline c
             WHERE c.id = ANY (p_commitment_lines) AND c.company_id = p_company
        )
        SELECT b.id AS budget_id, t.account_id, best.value_id, p.id AS period_id, p.starts_on, p.ends_on, y.starts_on AS year_starts, b.control_span,
               CASE p_level WHEN 'request' THEN b.control_request WHEN 'order' THEN b.control_order ELSE b.control_actual END AS control, sum(t.amount) AS added
          FROM touched t JOIN erp_account a ON a.id = t.account_id AND a.type IN ('expense', 'asset')
          JOIN erp_budget b ON b.company_id = p_company AND b.status = 'active'
          JOIN kernel_fiscalyear y ON y.id = b.year_id AND t.day BETWEEN y.starts_on AND y.ends_on
          JOIN kernel_period p ON p.year_id = y.id AND NOT p.is_closing AND t.day BETWEEN p.starts_on AND p.ends_on
          JOIN LATERAL (
              SELECT l.value_id FROM erp_budgetline l WHERE l.budget_id = b.id AND l.account_id = t.account_id
                 AND (l.value_id IS NULL OR erp_steps_below(t.value_ids, l.value_id) IS NOT NULL)
               ORDER BY l.value_id IS NULL, erp_steps_below(t.value_ids, l.value_id) LIMIT 1
          ) best ON true
         WHERE b.scope_id IS NULL OR erp_steps_below(t.value_ids, b.scope_id) IS NOT NULL
         GROUP BY b.id, t.account_id, best.value_id, p.id, y.starts_on HAVING sum(t.amount) > 0
         ORDER BY b.id, t.account_id, best.value_id NULLS FIRST, p.starts_on
    LOOP
        CONTINUE WHEN k.control = 'none';
        PERFORM 1 FROM erp_budget b WHERE b.id = k.budget_id AND b.status = 'active' FOR SHARE;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'The budget was superseded meanwhile' USING ERRCODE = '40001';
        END IF;
        PERFORM 1 FROM erp_budgetline l WHERE l.budget_id = k.budget_id AND l.account_id = k.account_id AND l.value_id IS NOT DISTINCT FROM k.value_id
          ORDER BY l.id FOR NO KEY UPDATE;
        SELECT coalesce(sum(l.amount), 0) INTO the_budget FROM erp_budgetline l JOIN kernel_period p ON p.id = l.period_id
         WHERE l.budget_id = k.budget_id AND l.account_id = k.account_id AND l.value_id IS NOT DISTINCT FROM k.value_id
           AND CASE k.control_span WHEN 'year' THEN p.starts_on <= k.starts_on ELSE p.id = k.period_id END;
        SELECT coalesce(sum(f.actual + f.requested + f.ordered), 0) INTO the_use
          FROM erp_budget_facts(k.budget_id, CASE k.control_span WHEN 'year' THEN k.year_starts ELSE k.starts_on END, k.ends_on, NULL, ARRAY[k.account_id]) f
         WHERE f.is_budgeted AND f.value_id IS NOT DISTINCT FROM k.value_id;
        IF the_use > the_budget THEN
            budget_id := k.budget_id; account_id := k.account_id; value_id := k.value_id; period_id := k.period_id;
            control := k.control; span := k.control_span; budgeted := the_budget; used := the_use; added := k.added;
            RETURN NEXT;
        END IF;
    END LOOP;
END $$;

-- Two versions of a budget beside each other: the lines that are not the same in both.
CREATE OR REPLACE FUNCTION erp_budget_changes(p_before bigint, p_after bigint)
RETURNS TABLE (account_id bigint, value_id bigint, period_id bigint, before numeric, after numeric) LANGUAGE sql STABLE SET search_path = public AS $$
    SELECT account_id, value_id, period_id, sum(amount) FILTER (WHERE budget_id = p_before), sum(amount) FILTER (WHERE budget_id = p_after)
      FROM erp_budgetline WHERE budget_id IN (p_before, p_after) GROUP BY 1, 2, 3
    HAVING sum(amount) FILTER (WHERE budget_id = p_before) IS DISTINCT FROM sum(amount) FILTER (WHERE budget_id = p_after);
$$;
