-- Companies that are there already: the freight accrual is kept by its own documents from now on, where nothing was posted to it yet.
UPDATE erp_account a SET control = 'clearing'
 WHERE a.control = '' AND EXISTS (SELECT 1 FROM erp_accountassignment r WHERE r.account_id = a.id AND r.role = 'FREIGHT_ACCRUAL')
   AND NOT EXISTS (SELECT 1 FROM erp_accountassignment r WHERE r.account_id = a.id AND r.role <> 'FREIGHT_ACCRUAL')
   AND NOT EXISTS (SELECT 1 FROM erp_journalline l WHERE l.account_id = a.id);

-- What an entry puts on the account names an accrual, which then counts it itself.
CREATE OR REPLACE FUNCTION erp_touch_freight() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    UPDATE erp_freightaccrual SET open_amount = open_amount
     WHERE id = nullif(regexp_replace(NEW.line_key, '^erp\.freightaccrual:(\d+)$', '\1'), NEW.line_key)::bigint AND company_id = NEW.company_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'Freight belongs to an accrual, not to %', NEW.line_key USING ERRCODE = '23514', CONSTRAINT = 'freight_item_names_its_accrual';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER touch_freight AFTER INSERT ON erp_clearingitem FOR EACH ROW WHEN (NEW.role = 'FREIGHT_ACCRUAL') EXECUTE FUNCTION erp_touch_freight();

-- An accrual has open what its items make; its status follows; everything else stays. The row is locked before it counts: two bills take turns.
CREATE OR REPLACE FUNCTION erp_keep_freight() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE total numeric;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.open_amount <> 0 OR NEW.status <> 'open' THEN
            RAISE EXCEPTION 'A freight accrual begins open, with its items' USING ERRCODE = '23514', CONSTRAINT = 'freight_equals_its_items';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' OR to_jsonb(NEW) - 'version' - 'status' - 'open_amount' - 'reason'
       IS DISTINCT FROM to_jsonb(OLD) - 'version' - 'status' - 'open_amount' - 'reason' THEN
        RAISE EXCEPTION 'Freight accrual % is in the books: it stays', OLD.number USING ERRCODE = '23514', CONSTRAINT = 'freight_is_final';
    END IF;
    SELECT -coalesce(sum(amount), 0) INTO total FROM erp_clearingitem
     WHERE company_id = OLD.company_id AND role = 'FREIGHT_ACCRUAL' AND line_key = 'erp.freightaccrual:' || OLD.id;
    NEW.open_amount := total;
    NEW.status := CASE WHEN total > 0 THEN 'open'
                       WHEN EXISTS (SELECT 1 FROM erp_clearingitem WHERE company_id = OLD.company_id AND role = 'FREIGHT_ACCRUAL'
                                     AND line_key = 'erp.freightaccrual:' || OLD.id AND invoice_line_key LIKE 'erp.supplierbillline:%'
                                     GROUP BY line_key HAVING sum(amount) <> 0) THEN 'billed' ELSE 'released' END;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_freight BEFORE INSERT OR UPDATE OR DELETE ON erp_freightaccrual FOR EACH ROW EXECUTE FUNCTION erp_keep_freight();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON erp_freightaccrual EXECUTE FUNCTION erp_refuse_truncate();

-- At commit the accrual is what its own posted entry says.
CREATE OR REPLACE FUNCTION erp_check_freight() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM erp_journalentry e JOIN erp_clearingitem i ON i.entry_id = e.id AND i.line_key = 'erp.freightaccrual:' || NEW.id
                    WHERE e.id = NEW.entry_id AND e.company_id = NEW.company_id AND e.status = 'posted' AND e.ledger_date = NEW.accrued_on
                    GROUP BY e.id HAVING -sum(i.amount) = NEW.amount) THEN
        RAISE EXCEPTION 'Freight accrual % differs from its entry', NEW.number USING ERRCODE = '23514', CONSTRAINT = 'freight_equals_its_entry';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER check_freight AFTER INSERT ON erp_freightaccrual DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION erp_check_freight();
