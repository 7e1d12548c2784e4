-- An account that somebody vouched for is that account for ever: it can only be retired. It is entered before it is approved.
CREATE OR REPLACE FUNCTION erp_guard_supplier_iban() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'draft' THEN
            RAISE EXCEPTION 'A bank account is entered first, then approved' USING ERRCODE = '23514', CONSTRAINT = 'supplier_iban_four_eyes';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.status <> 'draft' AND (TG_OP = 'DELETE' OR to_jsonb(OLD) - 'version' - 'status' IS DISTINCT FROM to_jsonb(NEW) - 'version' - 'status'
                                  OR NEW.status NOT IN (OLD.status, 'retired')) THEN
        RAISE EXCEPTION 'An approved bank account never changes, retire it' USING ERRCODE = '23514', CONSTRAINT = 'supplier_iban_is_final';
    END IF;
    -- Whoever approves, approves what stands there: not in the same stroke something else.
    IF TG_OP = 'UPDATE' AND NEW.status = 'approved' AND OLD.status = 'draft' AND (NEW.iban, NEW.bic, NEW.holder, NEW.supplier_id, NEW.changed_by_id,
       NEW.created_by_id) IS DISTINCT FROM (OLD.iban, OLD.bic, OLD.holder, OLD.supplier_id, OLD.changed_by_id, OLD.created_by_id) THEN
        RAISE EXCEPTION 'A bank account is approved as it stands' USING ERRCODE = '23514', CONSTRAINT = 'supplier_iban_four_eyes';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER guard_iban BEFORE INSERT OR UPDATE OR DELETE ON erp_supplierbankaccount FOR EACH ROW EXECUTE FUNCTION erp_guard_supplier_iban();

-- A transfer goes to an account of its supplier that is approved.
CREATE OR REPLACE FUNCTION erp_guard_payee() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.payee_account_id IS NOT NULL AND NEW.status = 'posted' AND NOT EXISTS (
        SELECT 1 FROM erp_supplierbankaccount WHERE id = NEW.payee_account_id AND status = 'approved' AND supplier_id = NEW.supplier_id FOR SHARE
    ) THEN
        RAISE EXCEPTION 'The account is not approved, or not the supplier''s' USING ERRCODE = '23514', CONSTRAINT = 'payee_is_approved';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_payee BEFORE INSERT OR UPDATE OF status, payee_account_id ON erp_supplierpayment FOR EACH ROW
    WHEN (NEW.number IS NULL) EXECUTE FUNCTION erp_guard_payee();
