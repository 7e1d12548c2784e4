-- The check of a statement line looks its few rows up by key, also where the tables were empty when its plan was made; and a line is checked when
-- what the check reads has changed, not whenever it is touched.
ALTER FUNCTION erp_check_statement_line() SET enable_seqscan = off;
DROP TRIGGER check_statement_line ON erp_statementline;
CREATE CONSTRAINT TRIGGER check_statement_line AFTER UPDATE ON erp_statementline DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN ((OLD.status, OLD.amount, OLD.statement_id, OLD.bank_account_id) IS DISTINCT FROM
                       (NEW.status, NEW.amount, NEW.statement_id, NEW.bank_account_id)) EXECUTE FUNCTION erp_check_statement_line();
CREATE CONSTRAINT TRIGGER check_new_statement_line AFTER INSERT ON erp_statementline DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.status <> 'open' OR NEW.statement_id IS NOT NULL) EXECUTE FUNCTION erp_check_statement_line();

-- What items have left follows once for all allocations of a statement.
CREATE OR REPLACE FUNCTION erp_settle_all_items() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    UPDATE erp_openitem SET open_amount = open_amount WHERE id IN (SELECT debit_item_id FROM made UNION SELECT credit_item_id FROM made);
    RETURN NULL;
END $$;
DROP TRIGGER settle_items ON erp_allocation;
CREATE TRIGGER settle_items AFTER INSERT ON erp_allocation REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION erp_settle_all_items();
