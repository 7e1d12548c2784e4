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

-- Tax on advances likewise; and no document has more taken back than fell due.
CREATE TRIGGER guard_advance_tax BEFORE INSERT OR UPDATE OR DELETE ON erp_advancetax FOR EACH ROW EXECUTE FUNCTION erp_guard_entry_row();
CREATE CONSTRAINT TRIGGER advance_tax_has_posted_entry AFTER INSERT ON erp_advancetax DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION erp_require_posted_entry();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON erp_advancetax FOR EACH ROW EXECUTE FUNCTION kernel_refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON erp_advancetax EXECUTE FUNCTION erp_refuse_truncate();
CREATE OR REPLACE FUNCTION erp_check_advance_tax() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE total numeric;
BEGIN
    SELECT sum(amount) INTO total FROM erp_advancetax WHERE company_id = NEW.company_id AND document_key = NEW.document_key;
    IF total < 0 THEN
        RAISE EXCEPTION '% has % more tax taken back than fell due', NEW.document_key, -total
            USING ERRCODE = '23514', CONSTRAINT = 'advance_tax_not_below_zero';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER check_advance_tax AFTER INSERT ON erp_advancetax DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION erp_check_advance_tax();

-- A deposit invoice is paid when its receivable is: what it keeps as an advance is no debt of the customer.
CREATE OR REPLACE FUNCTION erp_derive_payment_status() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    UPDATE erp_customerinvoice i SET payment_status = s.derived
      FROM (SELECT CASE
                WHEN sum(abs(o.open_currency)) = sum(abs(o.amount_currency)) THEN 'unpaid'
                WHEN sum(abs(o.open_currency)) > 0 THEN 'partial'
                WHEN EXISTS (SELECT 1 FROM erp_allocation a JOIN erp_openitem c ON c.id = a.credit_item_id JOIN erp_openitem d ON d.id = a.debit_item_id
                              WHERE d.entry_id = NEW.entry_id AND c.kind = 'write_off' GROUP BY d.entry_id HAVING sum(a.amount_currency) > 0) THEN 'written_off'
                ELSE 'paid' END AS derived
              FROM erp_openitem o WHERE o.entry_id = NEW.entry_id AND o.kind <> 'deposit') s
     WHERE i.entry_id = NEW.entry_id AND i.payment_status IS DISTINCT FROM s.derived;
    RETURN NULL;
END $$;

-- Companies that are there already: tax that is not yet due is kept by its own documents from now on, where nothing was posted to it yet.
UPDATE erp_account a SET control = 'clearing'
 WHERE a.control = '' AND a.id IN (SELECT account_id FROM erp_accountassignment WHERE role IN ('OUTPUT_TAX_TRANSITION', 'INPUT_TAX_TRANSITION'))
   AND NOT EXISTS (SELECT 1 FROM erp_accountassignment x WHERE x.account_id = a.id AND x.role NOT IN ('OUTPUT_TAX_TRANSITION', 'INPUT_TAX_TRANSITION'))
   AND NOT EXISTS (SELECT 1 FROM erp_journalline l WHERE l.account_id = a.id);
