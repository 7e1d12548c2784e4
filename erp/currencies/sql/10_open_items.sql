-- Open items in their document's currency as well. An item that names no currency is in the company's.
CREATE OR REPLACE FUNCTION erp_keep_open_amount() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE books text; less numeric; less_currency numeric;
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT currency_id INTO books FROM kernel_company WHERE id = NEW.company_id;
        IF NEW.currency_id IS NULL THEN
            NEW.currency_id := books;
            NEW.amount_currency := NEW.amount;
        ELSIF NEW.currency_id = books AND NEW.amount_currency IS DISTINCT FROM NEW.amount THEN
            RAISE EXCEPTION 'An item in company currency has one amount, not % and %', NEW.amount, NEW.amount_currency
                USING ERRCODE = '23514', CONSTRAINT = 'open_item_in_company_currency';
        END IF;
        NEW.open_amount := NEW.amount;
        NEW.open_currency := NEW.amount_currency;
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW.company_id, NEW.account_id, NEW.party_id, NEW.entry_id, NEW.kind, NEW.document_key, NEW.issued_on, NEW.amount, NEW.currency_id,
        NEW.amount_currency)
       IS DISTINCT FROM
       (OLD.id, OLD.company_id, OLD.account_id, OLD.party_id, OLD.entry_id, OLD.kind, OLD.document_key, OLD.issued_on, OLD.amount, OLD.currency_id,
        OLD.amount_currency) THEN
        RAISE EXCEPTION 'An open item never changes; allocate it' USING ERRCODE = '23514', CONSTRAINT = 'open_item_is_final';
    END IF;
    SELECT coalesce(sum(x.amount), 0), coalesce(sum(x.amount_currency), 0) INTO less, less_currency FROM (
        SELECT amount, amount_currency FROM erp_allocation WHERE debit_item_id = OLD.id
        UNION ALL SELECT -amount, -amount_currency FROM erp_allocation WHERE credit_item_id = OLD.id
    ) x;
    NEW.open_amount := OLD.amount - less;
    NEW.open_currency := OLD.amount_currency - less_currency;
    RETURN NEW;
END $$;

-- Both items are locked in key order before an allocation is judged. One that names no amount of its own in currency is in the company's.
CREATE OR REPLACE FUNCTION erp_guard_allocation() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE debit erp_openitem; credit erp_openitem; original erp_allocation; books text;
BEGIN
    PERFORM 1 FROM erp_openitem WHERE id IN (NEW.debit_item_id, NEW.credit_item_id) ORDER BY id FOR NO KEY UPDATE;
    SELECT * INTO debit FROM erp_openitem WHERE id = NEW.debit_item_id;
    SELECT * INTO credit FROM erp_openitem WHERE id = NEW.credit_item_id;
    IF debit.amount < 0 OR credit.amount > 0 OR debit.amount_currency < 0 OR credit.amount_currency > 0
       OR (debit.company_id, debit.account_id, debit.party_id, debit.currency_id)
          IS DISTINCT FROM (credit.company_id, credit.account_id, credit.party_id, credit.currency_id) OR debit.company_id <> NEW.company_id THEN
        RAISE EXCEPTION 'An allocation sets a debit against a credit of the same party, account and currency'
            USING ERRCODE = '23514', CONSTRAINT = 'allocation_matches_its_items';
    END IF;
    SELECT currency_id INTO books FROM kernel_company WHERE id = NEW.company_id;
    IF NEW.amount_currency IS NULL AND debit.currency_id = books THEN
        NEW.amount_currency := NEW.amount;
    ELSIF debit.currency_id = books AND NEW.amount_currency IS DISTINCT FROM NEW.amount THEN
        RAISE EXCEPTION 'An allocation in company currency has one amount' USING ERRCODE = '23514', CONSTRAINT = 'allocation_in_company_currency';
    END IF;
    IF NEW.undoes_id IS NOT NULL THEN
        SELECT * INTO original FROM erp_allocation WHERE id = NEW.undoes_id;
        IF (original.debit_item_id, original.credit_item_id, original.amount, original.amount_currency)
           IS DISTINCT FROM (NEW.debit_item_id, NEW.credit_item_id, -NEW.amount, -NEW.amount_currency) OR original.undoes_id IS NOT NULL THEN
            RAISE EXCEPTION 'An allocation is undone whole, once' USING ERRCODE = '23514', CONSTRAINT = 'allocation_undone_whole';
        END IF;
    END IF;
    RETURN NEW;
END $$;

-- An invoice's payment status follows from its items, in the currency it is owed in.
CREATE OR REPLACE FUNCTION erp_derive_payment_status() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    UPDATE erp_customerinvoice i SET payment_status = s.derived
      FROM (SELECT CASE
                WHEN sum(abs(o.open_currency)) = sum(abs(o.amount_currency)) THEN 'unpaid'
                WHEN sum(abs(o.open_currency)) > 0 THEN 'partial'
                WHEN EXISTS (SELECT 1 FROM erp_allocation a JOIN erp_openitem c ON c.id = a.credit_item_id JOIN erp_openitem d ON d.id = a.debit_item_id
                              WHERE d.entry_id = NEW.entry_id AND c.kind = 'write_off' GROUP BY d.entry_id HAVING sum(a.amount_currency) > 0) THEN 'written_off'
                ELSE 'paid' END AS derived
              FROM erp_openitem o WHERE o.entry_id = NEW.entry_id) s
     WHERE i.entry_id = NEW.entry_id AND i.payment_status IS DISTINCT FROM s.derived;
    RETURN NULL;
END $$;

DROP TRIGGER derive_payment_status ON erp_openitem;
CREATE TRIGGER derive_payment_status AFTER UPDATE ON erp_openitem FOR EACH ROW
    WHEN (OLD.open_currency IS DISTINCT FROM NEW.open_currency AND NEW.kind IN ('invoice', 'credit_note'))
    EXECUTE FUNCTION erp_derive_payment_status();

-- I10 per currency: what an entry puts on an item account in a foreign currency equals what it puts into open items of that currency.
CREATE OR REPLACE FUNCTION erp_check_entry_currencies() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE books text; guilty record;
BEGIN
    SELECT currency_id INTO books FROM kernel_company WHERE id = NEW.company_id;
    IF NEW.currency_id = books THEN
        IF TG_TABLE_NAME = 'erp_journalline' THEN
            RAISE EXCEPTION 'A line in company currency names no other' USING ERRCODE = '23514', CONSTRAINT = 'line_in_company_currency';
        END IF;
        RETURN NULL;
    END IF;
    SELECT a.code, x.currency_id, sum(x.amount) AS difference, sum(x.amount_currency) AS difference_currency INTO guilty FROM (
        SELECT l.account_id, l.party_id, coalesce(l.currency_id, books) AS currency_id, l.debit - l.credit AS amount,
               coalesce(l.amount_currency, l.debit - l.credit) AS amount_currency
          FROM erp_journalline l WHERE l.entry_id = NEW.entry_id
        UNION ALL SELECT account_id, party_id, currency_id, -amount, -amount_currency FROM erp_openitem WHERE entry_id = NEW.entry_id
    ) x JOIN erp_account a ON a.id = x.account_id AND a.control = 'item' GROUP BY a.code, x.account_id, x.party_id, x.currency_id
    HAVING sum(x.amount) <> 0 OR sum(x.amount_currency) <> 0 LIMIT 1;
    IF guilty.code IS NOT NULL THEN
        RAISE EXCEPTION 'Account % differs by % % (% in company currency) from its open items', guilty.code, guilty.currency_id,
            guilty.difference_currency, guilty.difference USING ERRCODE = '23514', CONSTRAINT = 'control_account_equals_subledger';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER item_agrees_in_its_currency AFTER INSERT ON erp_openitem DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION erp_check_entry_currencies();
CREATE CONSTRAINT TRIGGER line_agrees_in_its_currency AFTER INSERT OR UPDATE ON erp_journalline DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.currency_id IS NOT NULL AND NEW.ledger_date IS NOT NULL) EXECUTE FUNCTION erp_check_entry_currencies();

-- The hash covers the foreign amount where there is one; the text of lines without one stays what it was.
CREATE OR REPLACE FUNCTION erp_entry_text(p_entry bigint, p_number text) RETURNS text LANGUAGE sql STABLE SET search_path = public AS $$
    SELECT concat_ws('|', p_number, e.ledger_date, e.journal_id, e.company_id,
        (SELECT string_agg(concat_ws(',', l.account_id, to_char(l.debit, 'FM999999999999999990.000'), to_char(l.credit, 'FM999999999999999990.000'),
                                     coalesce(l.party_id::text, ''), coalesce(l.currency_id, ''),
                                     to_char(l.amount_currency, 'FM999999999999999990.000')), ';' ORDER BY l.id)
           FROM erp_journalline l WHERE l.entry_id = e.id))
      FROM erp_journalentry e WHERE e.id = p_entry;
$$;
