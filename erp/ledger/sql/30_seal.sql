-- What an entry's hash covers, as text. Verifying the chain calls it again.
CREATE OR REPLACE FUNCTION erp_entry_text(p_entry bigint, p_number text) RETURNS text LANGUAGE sql STABLE SET search_path = public AS $$
    SELECT concat_ws('|', p_number, e.ledger_date, e.journal_id, e.company_id,
        (SELECT string_agg(concat_ws(',', l.account_id, to_char(l.debit, 'FM999999999999999990.000'), to_char(l.credit, 'FM999999999999999990.000'),
                                     coalesce(l.party_id::text, ''), coalesce(l.currency_id, '')), ';' ORDER BY l.id)
           FROM erp_journalline l WHERE l.entry_id = e.id))
      FROM erp_journalentry e WHERE e.id = p_entry;
$$;

CREATE OR REPLACE FUNCTION erp_guard_tail() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.id, NEW.journal_id, NEW.year_id, NEW.company_id, NEW.last_number)
       = (OLD.id, OLD.journal_id, OLD.year_id, OLD.company_id, OLD.last_number + 1) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'The tail of a journal moves one number at a time' USING ERRCODE = '23514', CONSTRAINT = 'journal_tail_is_sealed';
END $$;

CREATE TRIGGER guard_tail BEFORE UPDATE OR DELETE ON erp_journaltail FOR EACH ROW EXECUTE FUNCTION erp_guard_tail();

-- I4, I5. The last statement of a posting transaction: periods held again, then each journal's tail in key order gives number and hash.
CREATE OR REPLACE FUNCTION erp_seal_entries(p_entries bigint[])
RETURNS TABLE (id bigint, number text, sequence int, hash bytea, posted_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
#variable_conflict use_column
DECLARE e record; tail erp_journaltail; new_number int; new_name text; new_hash bytea; at timestamptz;
BEGIN
    UPDATE erp_journalline l SET ledger_date = e.ledger_date FROM erp_journalentry e
     WHERE l.entry_id = e.id AND e.id = ANY (p_entries) AND e.status = 'draft' AND l.ledger_date IS DISTINCT FROM e.ledger_date;
    PERFORM erp_hold_period(e.company_id, e.ledger_date, CASE WHEN p.is_closing THEN p.id END)
       FROM erp_journalentry e JOIN kernel_period p ON p.id = e.period_id WHERE e.id = ANY (p_entries) AND e.status = 'draft';
    FOR e IN
        SELECT e.id, e.company_id, e.journal_id, e.ledger_date, j.code AS journal_code, p.year_id, y.code AS year_code
          FROM erp_journalentry e JOIN erp_journal j ON j.id = e.journal_id JOIN kernel_period p ON p.id = e.period_id
          JOIN kernel_fiscalyear y ON y.id = p.year_id
         WHERE e.id = ANY (p_entries) AND e.status = 'draft' ORDER BY e.journal_id, p.year_id, e.id FOR NO KEY UPDATE OF e
    LOOP
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
