-- Whether an open item of the party has reached a dunning level that stops delivery.
CREATE OR REPLACE FUNCTION erp_delivery_is_stopped(p_company bigint, p_party bigint) RETURNS boolean LANGUAGE sql STABLE SET search_path = public AS $$
    SELECT EXISTS (
        SELECT 1 FROM erp_openitem o JOIN erp_dunningnoticeline l ON l.item_id = o.id AND l.is_issued
          JOIN erp_dunninglevel v ON v.company_id = o.company_id AND v.position = l.level AND v.stops_delivery
         WHERE o.company_id = p_company AND o.party_id = p_party AND o.open_currency > 0);
$$;

-- The credit decision of before, and no longer within while delivery is stopped (asked only where the company has such a level).
CREATE OR REPLACE FUNCTION erp_check_credit(p_company bigint, p_party bigint, p_source text, p_amount numeric, p_is_forced boolean, p_cause bigint)
RETURNS TABLE (is_within boolean, exposure numeric, credit_limit numeric) LANGUAGE plpgsql AS $$
DECLARE the_account bigint; the_limit numeric; total numeric; is_stopped boolean := false;
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
    IF EXISTS (SELECT 1 FROM erp_dunninglevel WHERE company_id = p_company AND stops_delivery) THEN
        is_stopped := erp_delivery_is_stopped(p_company, p_party);
    END IF;
    IF (NOT is_stopped AND (the_limit IS NULL OR total <= the_limit)) OR p_is_forced THEN
        INSERT INTO erp_creditcommitment AS m (company_id, cause, account_id, source_key, amount)
        VALUES (p_company, p_cause, the_account, p_source, p_amount)
        ON CONFLICT (company_id, source_key) DO UPDATE SET amount = excluded.amount, account_id = excluded.account_id
         WHERE (m.amount, m.account_id) IS DISTINCT FROM (excluded.amount, excluded.account_id);
    END IF;
    RETURN QUERY SELECT NOT is_stopped AND (the_limit IS NULL OR total <= the_limit), total, the_limit;
END $$;
