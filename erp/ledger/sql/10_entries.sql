-- Lines belong to an entry and an account of their own company.
ALTER TABLE erp_journalline ADD CONSTRAINT line_entry_of_company
    FOREIGN KEY (entry_id, company_id) REFERENCES erp_journalentry (id, company_id);
ALTER TABLE erp_journalline ADD CONSTRAINT line_account_of_company
    FOREIGN KEY (account_id, company_id) REFERENCES erp_account (id, company_id);

-- I3. The period of a date, held so that closing waits for this posting and this posting waits for a closing under way.
CREATE OR REPLACE FUNCTION erp_hold_period(p_company bigint, p_date date, p_closing_period bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE period kernel_period;
BEGIN
    IF p_closing_period IS NULL THEN
        SELECT * INTO period FROM kernel_period
         WHERE company_id = p_company AND NOT is_closing AND daterange(starts_on, ends_on, '[]') @> p_date FOR SHARE;
    ELSE
        SELECT * INTO period FROM kernel_period
         WHERE id = p_closing_period AND company_id = p_company AND daterange(starts_on, ends_on, '[]') @> p_date FOR SHARE;
    END IF;
    IF period.id IS NULL THEN
        RAISE EXCEPTION 'The books have no period for %', p_date USING ERRCODE = '23514', CONSTRAINT = 'period_exists';
    ELSIF period.status = 'closed' THEN
        RAISE EXCEPTION 'The period of % is closed', p_date USING ERRCODE = '23514', CONSTRAINT = 'period_open';
    ELSIF period.status = 'soft_closed' AND coalesce(current_setting('suite.closer', true), '') <> 'on' THEN
        RAISE EXCEPTION 'The period of % is open to closers only', p_date USING ERRCODE = '23514', CONSTRAINT = 'period_soft_closed';
    END IF;
    RETURN period.id;
END $$;

-- An entry is born a draft in an open period and gets number, hash and status from the seal alone. A posted one never changes (I2).
CREATE OR REPLACE FUNCTION erp_guard_entry() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE closing bigint;
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.status = 'posted' THEN
            RAISE EXCEPTION 'Entry % is posted: it is never deleted', OLD.number USING ERRCODE = '23514', CONSTRAINT = 'entry_posted_is_final';
        END IF;
        RETURN OLD;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF OLD.status = 'posted' THEN
            IF to_jsonb(NEW) - 'version' IS DISTINCT FROM to_jsonb(OLD) - 'version' THEN
                RAISE EXCEPTION 'Entry % is posted: it never changes', OLD.number USING ERRCODE = '23514', CONSTRAINT = 'entry_posted_is_final';
            END IF;
            RETURN NEW;
        END IF;
        IF NEW.id <> OLD.id OR NEW.company_id <> OLD.company_id THEN
            RAISE EXCEPTION 'An entry stays in its company' USING ERRCODE = '23514', CONSTRAINT = 'entry_of_its_company';
        END IF;
    END IF;
    IF NEW.status = 'posted' THEN
        -- Only the seal moves a journal's tail, so a number and hash that equal the tail come from it.
        IF TG_OP = 'INSERT' OR NOT EXISTS (
            SELECT 1 FROM erp_journaltail t JOIN kernel_period p ON p.year_id = t.year_id
             WHERE t.journal_id = NEW.journal_id AND p.id = NEW.period_id AND t.last_number = NEW.sequence AND t.last_hash = NEW.hash
        ) OR (NEW.journal_id, NEW.ledger_date, NEW.period_id) IS DISTINCT FROM (OLD.journal_id, OLD.ledger_date, OLD.period_id) THEN
            RAISE EXCEPTION 'An entry is posted by erp_seal_entries only' USING ERRCODE = '23514', CONSTRAINT = 'entry_posted_by_seal';
        END IF;
        RETURN NEW;
    END IF;
    IF num_nonnulls(NEW.number, NEW.sequence, NEW.hash, NEW.posted_at) > 0 THEN
        RAISE EXCEPTION 'A draft entry has no number' USING ERRCODE = '23514', CONSTRAINT = 'entry_draft_has_no_number';
    END IF;
    IF NOT EXISTS (SELECT 1 FROM erp_journal WHERE id = NEW.journal_id AND company_id = NEW.company_id) THEN
        RAISE EXCEPTION 'The journal belongs to another company' USING ERRCODE = '23514', CONSTRAINT = 'entry_journal_of_company';
    END IF;
    IF TG_OP = 'INSERT' OR (NEW.ledger_date, NEW.period_id) IS DISTINCT FROM (OLD.ledger_date, OLD.period_id) THEN
        SELECT id INTO closing FROM kernel_period WHERE id = NEW.period_id AND is_closing;
        NEW.period_id := erp_hold_period(NEW.company_id, NEW.ledger_date, closing);
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_entry BEFORE INSERT OR UPDATE OR DELETE ON erp_journalentry FOR EACH ROW EXECUTE FUNCTION erp_guard_entry();

-- Lines and sub-ledger rows join draft entries only. The lock makes a rival's seal wait, or this row see what it sealed.
CREATE OR REPLACE FUNCTION erp_guard_entry_row() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE entry_status text; subject bigint;
BEGIN
    subject := CASE WHEN TG_OP = 'INSERT' THEN NEW.entry_id ELSE OLD.entry_id END;
    SELECT status INTO entry_status FROM erp_journalentry WHERE id = subject FOR SHARE;
    IF entry_status = 'posted' THEN
        RAISE EXCEPTION 'The entry is posted: % rows of it never change', TG_TABLE_NAME
            USING ERRCODE = '23514', CONSTRAINT = 'entry_posted_is_final';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    IF TG_OP = 'UPDATE' AND NEW.entry_id <> OLD.entry_id THEN
        RAISE EXCEPTION 'A row stays in its entry' USING ERRCODE = '23514', CONSTRAINT = 'row_stays_in_its_entry';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_line BEFORE INSERT OR UPDATE OR DELETE ON erp_journalline FOR EACH ROW EXECUTE FUNCTION erp_guard_entry_row();

-- A dated line counts in every report, so at commit its entry must be posted; likewise each sub-ledger row's.
CREATE OR REPLACE FUNCTION erp_require_posted_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM erp_journalentry WHERE id = NEW.entry_id AND status = 'posted' AND company_id = NEW.company_id) THEN
        RAISE EXCEPTION 'A row of % belongs to no posted entry of its company', TG_TABLE_NAME
            USING ERRCODE = '23514', CONSTRAINT = 'row_has_posted_entry';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER line_has_posted_entry AFTER INSERT OR UPDATE ON erp_journalline DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.ledger_date IS NOT NULL) EXECUTE FUNCTION erp_require_posted_entry();

-- I1, and I8 to I10 by induction: what an entry puts on a control account equals what it puts into the sub-ledger.
CREATE OR REPLACE FUNCTION erp_check_entry() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE lines int; debits numeric; credits numeric; is_coherent boolean; guilty record;
BEGIN
    SELECT count(*), sum(debit), sum(credit), bool_and(ledger_date IS NOT DISTINCT FROM NEW.ledger_date)
      INTO lines, debits, credits, is_coherent FROM erp_journalline WHERE entry_id = NEW.id;
    -- Goods without a cost and invoices of nothing move quantities and take a number, but no amount.
    IF lines = 0 AND (EXISTS (SELECT 1 FROM erp_stockvalue WHERE entry_id = NEW.id)
                      OR EXISTS (SELECT 1 FROM erp_customerinvoice WHERE entry_id = NEW.id AND gross = 0)) THEN
        NULL;
    ELSIF lines < 2 THEN
        RAISE EXCEPTION 'Entry % has % lines: it needs at least two', NEW.number, lines
            USING ERRCODE = '23514', CONSTRAINT = 'entry_has_two_lines';
    ELSIF debits <> credits THEN
        RAISE EXCEPTION 'Entry % does not balance: debits %, credits %', NEW.number, debits, credits
            USING ERRCODE = '23514', CONSTRAINT = 'entry_balances';
    ELSIF NOT is_coherent THEN
        RAISE EXCEPTION 'Lines of entry % carry another date', NEW.number USING ERRCODE = '23514', CONSTRAINT = 'line_date_is_entry_date';
    END IF;
    SELECT a.code, x.kind, sum(x.amount) AS difference INTO guilty FROM (
        SELECT a.control AS kind, l.account_id, CASE WHEN a.control = 'item' THEN l.party_id END AS party_id, l.debit - l.credit AS amount
          FROM erp_journalline l JOIN erp_account a ON a.id = l.account_id WHERE l.entry_id = NEW.id AND a.control <> ''
        UNION ALL SELECT 'item', account_id, party_id, -amount FROM erp_openitem WHERE entry_id = NEW.id
        UNION ALL SELECT 'clearing', account_id, NULL, -amount FROM erp_clearingitem WHERE entry_id = NEW.id
        UNION ALL SELECT 'stock', account_id, NULL, -value FROM erp_stockvalue WHERE entry_id = NEW.id
    ) x JOIN erp_account a ON a.id = x.account_id GROUP BY a.code, x.kind, x.account_id, x.party_id HAVING sum(x.amount) <> 0 LIMIT 1;
    IF guilty.code IS NOT NULL THEN
        RAISE EXCEPTION 'Entry %: account % differs by % from its sub-ledger (%)', NEW.number, guilty.code, guilty.difference, guilty.kind
            USING ERRCODE = '23514', CONSTRAINT = 'control_account_equals_subledger';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER check_entry AFTER INSERT OR UPDATE OF status ON erp_journalentry DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.status = 'posted') EXECUTE FUNCTION erp_check_entry();

-- Which sub-ledger an account belongs to is settled by its first line.
CREATE OR REPLACE FUNCTION erp_guard_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.control, NEW.company_id, NEW.type) IS DISTINCT FROM (OLD.control, OLD.company_id, OLD.type)
       AND EXISTS (SELECT 1 FROM erp_journalline WHERE account_id = OLD.id) THEN
        RAISE EXCEPTION 'Account % has lines: its type and control stay', OLD.code USING ERRCODE = '23514', CONSTRAINT = 'account_kind_is_settled';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_account BEFORE UPDATE ON erp_account FOR EACH ROW EXECUTE FUNCTION erp_guard_account();

CREATE OR REPLACE FUNCTION erp_refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME USING ERRCODE = '23514', CONSTRAINT = 'books_are_never_emptied';
END $$;

CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON erp_journalentry EXECUTE FUNCTION erp_refuse_truncate();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON erp_journalline EXECUTE FUNCTION erp_refuse_truncate();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON erp_journaltail EXECUTE FUNCTION erp_refuse_truncate();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON erp_unrolledentry EXECUTE FUNCTION erp_refuse_truncate();
