-- How an item is taxed and what is withheld of it is settled when it is made.
CREATE OR REPLACE FUNCTION erp_guard_item_tax() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'An open item never changes; allocate it' USING ERRCODE = '23514', CONSTRAINT = 'open_item_is_final';
END $$;
CREATE TRIGGER guard_item_tax BEFORE UPDATE ON erp_openitem FOR EACH ROW
    WHEN ((OLD.is_taxed_on_payment, OLD.withholding_tax_id, OLD.withheld) IS DISTINCT FROM (NEW.is_taxed_on_payment, NEW.withholding_tax_id, NEW.withheld))
    EXECUTE FUNCTION erp_guard_item_tax();

-- Withheld tax joins draft entries only, and at commit their entry is posted.
CREATE TRIGGER guard_withheld_tax BEFORE INSERT OR UPDATE OR DELETE ON erp_withheldtax FOR EACH ROW EXECUTE FUNCTION erp_guard_entry_row();
CREATE CONSTRAINT TRIGGER withheld_tax_has_posted_entry AFTER INSERT ON erp_withheldtax DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION erp_require_posted_entry();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON erp_withheldtax FOR EACH ROW EXECUTE FUNCTION kernel_refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON erp_withheldtax EXECUTE FUNCTION erp_refuse_truncate();

-- The register of withheld tax says of each item what the entry did with it: never more than was to be withheld, never below zero.
CREATE OR REPLACE FUNCTION erp_check_withheld() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE guilty record;
BEGIN
    SELECT i.id, sum(w.amount) AS total INTO guilty FROM erp_openitem i JOIN erp_withheldtax w ON w.item_id = i.id
     WHERE i.id = NEW.item_id GROUP BY i.id, i.party_id, i.company_id, i.amount
    HAVING sum(w.amount) < 0 OR sum(w.amount) >= abs(i.amount) OR bool_or(w.party_id <> i.party_id OR w.company_id <> i.company_id);
    IF guilty.id IS NOT NULL THEN
        RAISE EXCEPTION 'Item % has % withheld', guilty.id, guilty.total USING ERRCODE = '23514', CONSTRAINT = 'withheld_within_its_item';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER check_withheld AFTER INSERT ON erp_withheldtax DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION erp_check_withheld();

-- Companies that are there already: tax that is not yet due is kept by its own documents from now on, where nothing was posted to it yet.
UPDATE erp_account a SET control = 'clearing'
 WHERE a.control = '' AND a.id IN (SELECT account_id FROM erp_accountassignment WHERE role IN ('OUTPUT_TAX_TRANSITION', 'INPUT_TAX_TRANSITION'))
   AND NOT EXISTS (SELECT 1 FROM erp_accountassignment x WHERE x.account_id = a.id AND x.role NOT IN ('OUTPUT_TAX_TRANSITION', 'INPUT_TAX_TRANSITION'))
   AND NOT EXISTS (SELECT 1 FROM erp_journalline l WHERE l.account_id = a.id);
