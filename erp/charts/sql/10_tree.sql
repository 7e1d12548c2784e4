-- I15. An account is no part of itself, and its parent is of the same company. Who rebuilds a tree takes turns, so that two halves of a
-- ring never meet.
CREATE OR REPLACE FUNCTION erp_guard_account_tree() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('erp.account_tree', NEW.company_id));
    IF NOT EXISTS (SELECT 1 FROM erp_account WHERE id = NEW.parent_id AND company_id = NEW.company_id) OR EXISTS (
        WITH RECURSIVE above(id, parent_id) AS (
            SELECT id, parent_id FROM erp_account WHERE id = NEW.parent_id
            UNION SELECT a.id, a.parent_id FROM above JOIN erp_account a ON a.id = above.parent_id
        ) SELECT 1 FROM above WHERE id = NEW.id
    ) THEN
        RAISE EXCEPTION 'Account % would be part of itself, or of another company''s account', NEW.code
            USING ERRCODE = '23514', CONSTRAINT = 'account_tree_acyclic';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER account_tree AFTER UPDATE OF parent_id ON erp_account FOR EACH ROW WHEN (NEW.parent_id IS NOT NULL)
    EXECUTE FUNCTION erp_guard_account_tree();

-- A new account is nobody's parent yet: it makes no ring, but its parent is of its company.
CREATE OR REPLACE FUNCTION erp_guard_new_accounts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM made m LEFT JOIN erp_account a ON a.id = m.parent_id
                WHERE m.parent_id IS NOT NULL AND (a.company_id IS DISTINCT FROM m.company_id OR m.parent_id = m.id)) THEN
        RAISE EXCEPTION 'An account would be part of itself, or of another company''s account'
            USING ERRCODE = '23514', CONSTRAINT = 'account_tree_acyclic';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER account_tree_new AFTER INSERT ON erp_account REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION erp_guard_new_accounts();

-- Headings only add up: no entry with a line on one is posted.
CREATE OR REPLACE FUNCTION erp_refuse_headings() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE heading text;
BEGIN
    SELECT a.code INTO heading FROM erp_journalline l JOIN erp_account a ON a.id = l.account_id WHERE l.entry_id = NEW.id AND a.is_heading LIMIT 1;
    IF heading IS NOT NULL THEN
        RAISE EXCEPTION 'Account % is a heading: it takes no lines', heading USING ERRCODE = '23514', CONSTRAINT = 'account_is_heading';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER refuse_headings AFTER UPDATE OF status ON erp_journalentry FOR EACH ROW
    WHEN (NEW.status = 'posted' AND OLD.status <> 'posted') EXECUTE FUNCTION erp_refuse_headings();

CREATE OR REPLACE FUNCTION erp_guard_heading() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM erp_journalline WHERE account_id = NEW.id) THEN
        RAISE EXCEPTION 'Account % has lines: it becomes no heading', NEW.code USING ERRCODE = '23514', CONSTRAINT = 'account_kind_is_settled';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER guard_heading AFTER UPDATE OF is_heading ON erp_account FOR EACH ROW WHEN (NEW.is_heading AND NOT OLD.is_heading)
    EXECUTE FUNCTION erp_guard_heading();
