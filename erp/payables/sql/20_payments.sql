-- Payments to suppliers bear their entry's number, as bills do, and never change once they have it.
CREATE OR REPLACE FUNCTION erp_number_payable() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    IF NEW.source_key LIKE 'erp.supplierbill:%' THEN
        UPDATE erp_supplierbill SET number = NEW.number WHERE entry_id = NEW.id;
    ELSIF NEW.source_key LIKE 'erp.supplierpayment:%' THEN
        UPDATE erp_supplierpayment SET number = NEW.number WHERE entry_id = NEW.id;
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION erp_guard_supplier_payment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.number IS NOT NULL THEN
        IF TG_OP = 'DELETE' OR to_jsonb(OLD) - 'version' - 'status' IS DISTINCT FROM to_jsonb(NEW) - 'version' - 'status' OR NEW.status = 'draft'
           OR (OLD.status = 'reversed' AND NEW.status <> 'reversed') THEN
            RAISE EXCEPTION 'Payment % is posted: it never changes, reverse it', OLD.number
                USING ERRCODE = '23514', CONSTRAINT = 'payment_posted_is_final';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    IF NEW.number IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM erp_journalentry e WHERE e.id = NEW.entry_id AND e.number = NEW.number AND e.company_id = NEW.company_id
    ) THEN
        RAISE EXCEPTION 'The number of a payment is its entry''s' USING ERRCODE = '23514', CONSTRAINT = 'payment_number_is_entry_number';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_payment BEFORE INSERT OR UPDATE OR DELETE ON erp_supplierpayment FOR EACH ROW EXECUTE FUNCTION erp_guard_supplier_payment();
