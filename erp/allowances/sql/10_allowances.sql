-- Companies that are there already: the allowance is kept by its own documents from now on, where nothing was posted to it yet.
UPDATE erp_account a SET control = 'clearing'
 WHERE a.control = '' AND EXISTS (SELECT 1 FROM erp_accountassignment r WHERE r.account_id = a.id AND r.role = 'ALLOWANCE_BAD_DEBT')
   AND NOT EXISTS (SELECT 1 FROM erp_accountassignment r WHERE r.account_id = a.id AND r.role <> 'ALLOWANCE_BAD_DEBT')
   AND NOT EXISTS (SELECT 1 FROM erp_journalline l WHERE l.account_id = a.id);

CREATE TRIGGER guard_settled BEFORE UPDATE OR DELETE ON erp_allowance FOR EACH ROW EXECUTE FUNCTION erp_guard_settled('draft', 'status,version,reversal_id');
CREATE TRIGGER guard_rows BEFORE INSERT OR UPDATE OR DELETE ON erp_allowanceline FOR EACH ROW
    EXECUTE FUNCTION erp_guard_rows_of_settled('erp_allowance', 'allowance_id', 'draft');
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON erp_allowance EXECUTE FUNCTION erp_refuse_truncate();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON erp_allowanceline EXECUTE FUNCTION erp_refuse_truncate();

-- The rows of the allowance (clearing items, equal to the account by erp_check_entry) are never above zero per item: nothing is used that was not set
-- aside, and what is set aside is for an item on the other side.
CREATE OR REPLACE FUNCTION erp_check_allowance_row() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE kept record;
BEGIN
    SELECT sum(amount) AS amount, sum(quantity) AS quantity INTO kept FROM erp_clearingitem
     WHERE company_id = NEW.company_id AND role = 'ALLOWANCE_BAD_DEBT' AND line_key = NEW.line_key;
    IF kept.amount > 0 OR (kept.amount = 0) IS DISTINCT FROM (kept.quantity = 0) OR kept.quantity NOT IN (0, 1) THEN
        RAISE EXCEPTION 'The allowance for % would be %', NEW.line_key, -kept.amount USING ERRCODE = '23514', CONSTRAINT = 'allowance_row_on_its_side';
    END IF;
    IF NOT EXISTS (SELECT 1 FROM erp_openitem o WHERE 'erp.openitem:' || o.id = NEW.line_key AND o.company_id = NEW.company_id
                      AND o.id = nullif(regexp_replace(NEW.line_key, '\D', '', 'g'), '')::bigint) THEN
        RAISE EXCEPTION 'An allowance is for an open item of its company, not for %', NEW.line_key
            USING ERRCODE = '23514', CONSTRAINT = 'allowance_row_has_an_item';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER check_allowance AFTER INSERT ON erp_clearingitem DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.role = 'ALLOWANCE_BAD_DEBT') EXECUTE FUNCTION erp_check_allowance_row();

-- A posted allowance is the sum of its lines, and its entry moved exactly the difference.
CREATE OR REPLACE FUNCTION erp_check_allowance() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE made erp_allowance; said record; moved numeric;
BEGIN
    SELECT * INTO made FROM erp_allowance WHERE id = NEW.id;
    IF made.id IS NULL OR made.status = 'draft' THEN RETURN NULL; END IF;
    SELECT coalesce(sum(target), 0) AS target, coalesce(sum(existing), 0) AS existing INTO said FROM erp_allowanceline WHERE allowance_id = NEW.id;
    SELECT coalesce(-sum(amount), 0) INTO moved FROM erp_clearingitem WHERE entry_id = made.entry_id AND role = 'ALLOWANCE_BAD_DEBT';
    IF (said.target, said.existing) IS DISTINCT FROM (made.target, made.existing) OR moved <> made.delta THEN
        RAISE EXCEPTION 'Allowance % says %, its lines %, its entry moved %', made.number, made.target, said.target, moved
            USING ERRCODE = '23514', CONSTRAINT = 'allowance_is_its_lines';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER check_allowance AFTER INSERT OR UPDATE ON erp_allowance DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION erp_check_allowance();
