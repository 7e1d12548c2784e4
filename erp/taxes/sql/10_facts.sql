-- What posting must know about tax beyond the codes themselves: when it falls due, what groups are made of, what is withheld of a party's
-- documents. Only codes that differ from the company's rule are named.
CREATE OR REPLACE FUNCTION erp_tax_facts(p_company bigint, p_party bigint) RETURNS text
LANGUAGE sql STABLE SET search_path = public AS $$
    SELECT json_build_object(
        'is_checked', c.einvoice_check, 'tax_point', c.tax_point, 'advance_tax', c.advance_tax_id,
        'taxes', (SELECT coalesce(json_object_agg(t.id, json_build_object('point', t.tax_point, 'parts', (
                        SELECT json_agg(json_build_array(p.tax_id, x.rate, p.is_on_earlier) ORDER BY p.position, p.id)
                          FROM kernel_taxpart p JOIN kernel_tax x ON x.id = p.tax_id WHERE p.group_id = t.id))), '{}')
                    FROM kernel_tax t WHERE t.company_id = p_company AND (t.tax_point <> '' OR t.kind = 'group')),
        'has_position_accounts', EXISTS (SELECT 1 FROM erp_fiscalpositionaccount f WHERE f.company_id = p_company),
        'has_deposits', p_party IS NOT NULL AND EXISTS (
            SELECT 1 FROM erp_openitem o WHERE o.company_id = p_company AND o.party_id = p_party AND o.kind = 'deposit' AND o.open_currency <> 0),
        'withholding', (SELECT json_build_array(t.id, t.rate) FROM kernel_party p JOIN kernel_tax t ON t.id = p.withholding_tax_id
                         WHERE p.id = p_party AND p.company_id = p_company AND t.rate > 0)
    )::text FROM kernel_company c WHERE c.id = p_company;
$$;
