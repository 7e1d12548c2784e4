-- An amount in company currency at the rate of a day: what no currency or the company's own has is the amount itself.
CREATE OR REPLACE FUNCTION erp_in_books(p_company bigint, p_currency text, p_amount numeric, p_on date) RETURNS numeric
LANGUAGE plpgsql STABLE SET search_path = public AS $$
DECLARE books record; the_rate numeric;
BEGIN
    SELECT c.currency_id AS code, k.digits INTO books FROM kernel_company c JOIN kernel_currency k ON k.code = c.currency_id WHERE c.id = p_company;
    IF p_currency IS NULL OR p_currency = books.code OR p_amount = 0 THEN
        RETURN p_amount;
    END IF;
    SELECT r.rate INTO the_rate FROM kernel_exchangerate r
     WHERE r.company_id = p_company AND r.currency_id = p_currency AND r.valid_from <= coalesce(p_on, current_date) ORDER BY r.valid_from DESC LIMIT 1;
    IF the_rate IS NULL THEN
        RAISE EXCEPTION 'There is no exchange rate of % for %', p_currency, coalesce(p_on, current_date)
            USING ERRCODE = '23514', CONSTRAINT = 'rate_missing';
    END IF;
    RETURN round(p_amount * the_rate, books.digits);
END $$;
