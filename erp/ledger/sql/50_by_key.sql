-- These replace functions of 10_entries.sql, 30_seal.sql and receivables/20_invoices.sql. They ask for an entry by its key alone and look
-- at the rest afterwards: asked for key, status and company together, a planner that knows few rows takes the wrong index.

CREATE OR REPLACE FUNCTION erp_require_posted_entry() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE its_status text; its_company bigint;
BEGIN
    SELECT status, company_id INTO its_status, its_company FROM erp_journalentry WHERE id = NEW.entry_id;
    IF its_status IS DISTINCT FROM 'posted' OR its_company IS DISTINCT FROM NEW.company_id THEN
        RAISE EXCEPTION 'A row of % belongs to no posted entry of its company', TG_TABLE_NAME
            USING ERRCODE = '23514', CONSTRAINT = 'row_has_posted_entry';
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION erp_guard_invoice() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE its_number text; its_company bigint;
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.number IS NOT NULL THEN
        IF TG_OP = 'DELETE' OR to_jsonb(OLD) - 'version' - 'payment_status' IS DISTINCT FROM to_jsonb(NEW) - 'version' - 'payment_status' THEN
            RAISE EXCEPTION 'Invoice % is issued: it never changes, a credit note corrects it', OLD.number
                USING ERRCODE = '23514', CONSTRAINT = 'invoice_issued_is_final';
        END IF;
        -- The payment status follows from the items, by their trigger; what a program saves with the row does not count.
        IF pg_trigger_depth() = 1 THEN
            NEW.payment_status := OLD.payment_status;
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    IF NEW.number IS NOT NULL THEN
        SELECT number, company_id INTO its_number, its_company FROM erp_journalentry WHERE id = NEW.entry_id;
        IF its_number IS DISTINCT FROM NEW.number OR its_company IS DISTINCT FROM NEW.company_id THEN
            RAISE EXCEPTION 'The number of an invoice is its entry''s' USING ERRCODE = '23514', CONSTRAINT = 'invoice_number_is_entry_number';
        END IF;
    END IF;
    RETURN NEW;
END $$;

-- I4, I5. The last statement of a posting transaction: periods held again, then each journal's tail in key order gives number and hash.
CREATE OR REPLACE FUNCTION erp_seal_entries(p_entries bigint[])
RETURNS TABLE (id bigint, number text, sequence int, hash bytea, posted_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
#variable_conflict use_column
DECLARE e record; tail erp_journaltail; new_number int; new_name text; new_hash bytea; at timestamptz;
BEGIN
    PERFORM erp_hold_period(e.company_id, e.ledger_date, CASE WHEN p.is_closing THEN p.id END)
       FROM erp_journalentry e JOIN kernel_period p ON p.id = e.period_id WHERE e.id = ANY (p_entries) AND e.status = 'draft';
    FOR e IN
        SELECT e.id, e.company_id, e.journal_id, e.ledger_date, j.code AS journal_code, p.year_id, y.code AS year_code
          FROM erp_journalentry e JOIN erp_journal j ON j.id = e.journal_id JOIN kernel_period p ON p.id = e.period_id
          JOIN kernel_fiscalyear y ON y.id = p.year_id
         WHERE e.id = ANY (p_entries) AND e.status = 'draft' ORDER BY e.journal_id, p.year_id, e.id FOR NO KEY UPDATE OF e
    LOOP
        UPDATE erp_journalline l SET ledger_date = e.ledger_date WHERE l.entry_id = e.id AND l.ledger_date IS DISTINCT FROM e.ledger_date;
        SELECT * INTO tail FROM erp_journaltail t WHERE t.journal_id = e.journal_id AND t.year_id = e.year_id FOR NO KEY UPDATE;
        IF tail.id IS NULL THEN
            INSERT INTO erp_journaltail (company_id, journal_id, year_id, last_number, last_hash)
            VALUES (e.company_id, e.journal_id, e.year_id, 0, '') ON CONFLICT DO NOTHING;
            SELECT * INTO tail FROM erp_journaltail t WHERE t.journal_id = e.journal_id AND t.year_id = e.year_id FOR NO KEY UPDATE;
        END IF;
        new_number := tail.last_number + 1;
        new_name := e.journal_code || '-' || e.year_code || '-' || lpad(new_number::text, greatest(5, length(new_number::text)), '0');
        new_hash := sha256(tail.last_hash || convert_to(erp_entry_text(e.id, new_name), 'UTF8'));
        at := clock_timestamp();
        UPDATE erp_journaltail t SET last_number = new_number, last_hash = new_hash WHERE t.id = tail.id;
        UPDATE erp_journalentry x SET status = 'posted', number = new_name, sequence = new_number, hash = new_hash, posted_at = at
         WHERE x.id = e.id;
        INSERT INTO erp_unrolledentry (company_id, entry_id) VALUES (e.company_id, e.id);
        UPDATE erp_customerinvoice d SET number = new_name WHERE d.entry_id = e.id;
        UPDATE erp_customerpayment d SET number = new_name WHERE d.entry_id = e.id;
        UPDATE erp_stockadjustment d SET number = new_name WHERE d.entry_id = e.id;
        RETURN QUERY SELECT e.id, new_name, new_number, new_hash, at;
    END LOOP;
END $$;
