-- What posting a document must know, in one round trip and one snapshot: policies, account roles, terms, and what the order's lines have on
-- the clearing accounts, per shipment line or invoice line, oldest first. Text, so that amounts stay decimals.
CREATE OR REPLACE FUNCTION erp_posting_facts(p_company bigint, p_term bigint, p_products bigint[], p_order_lines text[]) RETURNS text
LANGUAGE sql STABLE SET search_path = public AS $$
    SELECT json_build_object(
        'company', (SELECT json_build_object('currency', c.currency_id, 'digits', k.digits, 'cogs_policy', c.cogs_policy,
                                             'revenue_point', c.revenue_point, 'tolerance', c.payment_tolerance)
                      FROM kernel_company c JOIN kernel_currency k ON k.code = c.currency_id WHERE c.id = p_company),
        'term', (SELECT json_build_object('percent', t.discount_percent, 'days', t.discount_days, 'reduces_tax', t.discount_reduces_tax, 'shares',
                    (SELECT coalesce(json_agg(json_build_array(s.percent, s.days, s.end_of_month) ORDER BY s.position, s.id), '[]')
                       FROM kernel_paymenttermshare s WHERE s.term_id = t.id))
                   FROM kernel_paymentterm t WHERE t.id = p_term AND t.company_id = p_company),
        'accounts', (SELECT coalesce(json_agg(json_build_array(a.role, a.account_id, a.product_id, a.category_id, a.warehouse_id)), '[]')
                       FROM erp_accountassignment a
                      WHERE a.company_id = p_company AND (a.product_id IS NULL OR a.product_id = ANY (p_products))),
        'taxes', (SELECT coalesce(json_object_agg(t.id, json_build_array(t.name, t.category, t.valid_from, t.valid_until)), '{}')
                    FROM kernel_tax t WHERE t.company_id = p_company),
        'categories', (SELECT coalesce(json_object_agg(p.id, p.category_id), '{}') FROM kernel_product p
                        WHERE p.id = ANY (p_products) AND p.category_id IS NOT NULL),
        'clearing', (SELECT coalesce(json_agg(json_build_array(x.role, x.order_line_key, x.line_key, x.quantity, x.amount) ORDER BY x.first), '[]')
                       FROM (SELECT role, order_line_key, line_key, sum(quantity) AS quantity, sum(amount) AS amount, min(id) AS first
                               FROM erp_clearingitem
                              WHERE company_id = p_company AND role IN ('GSNI', 'DEFERRED_REVENUE') AND order_line_key = ANY (p_order_lines)
                              GROUP BY 1, 2, 3 HAVING sum(quantity) <> 0 OR sum(amount) <> 0) x)
    )::text;
$$;

-- The credit decision: locks the party's credit account, counts what is open and promised, and keeps the promise when it is granted.
CREATE OR REPLACE FUNCTION erp_check_credit(p_company bigint, p_party bigint, p_source text, p_amount numeric, p_is_forced boolean, p_cause bigint)
RETURNS TABLE (is_within boolean, exposure numeric, credit_limit numeric) LANGUAGE plpgsql AS $$
DECLARE the_account bigint; the_limit numeric; total numeric;
BEGIN
    INSERT INTO erp_creditaccount (company_id, party_id) SELECT p_company, p_party
     WHERE NOT EXISTS (SELECT 1 FROM erp_creditaccount WHERE party_id = p_party) ON CONFLICT DO NOTHING;
    SELECT c.id INTO the_account FROM erp_creditaccount c WHERE c.party_id = p_party FOR NO KEY UPDATE;
    SELECT p.credit_limit INTO the_limit FROM kernel_party p WHERE p.id = p_party AND p.company_id = p_company;
    SELECT p_amount
         + coalesce((SELECT sum(o.open_amount) FROM erp_openitem o
                      WHERE o.company_id = p_company AND o.party_id = p_party AND o.open_amount <> 0 AND o.account_id IN (
                            SELECT a.account_id FROM erp_accountassignment a WHERE a.company_id = p_company AND a.role IN ('AR', 'CUSTOMER_ADVANCES'))), 0)
         + coalesce((SELECT sum(m.amount) FROM erp_creditcommitment m WHERE m.account_id = the_account AND m.source_key <> p_source), 0)
      INTO total;
    IF the_limit IS NULL OR total <= the_limit OR p_is_forced THEN
        INSERT INTO erp_creditcommitment AS m (company_id, cause, account_id, source_key, amount)
        VALUES (p_company, p_cause, the_account, p_source, p_amount)
        ON CONFLICT (company_id, source_key) DO UPDATE SET amount = excluded.amount, account_id = excluded.account_id
         WHERE (m.amount, m.account_id) IS DISTINCT FROM (excluded.amount, excluded.account_id);
    END IF;
    RETURN QUERY SELECT the_limit IS NULL OR total <= the_limit, total, the_limit;
END $$;
