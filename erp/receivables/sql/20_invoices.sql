-- A numbered invoice or payment never changes, but for what is derived from others.
CREATE OR REPLACE FUNCTION erp_guard_invoice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.number IS NOT NULL THEN
        IF TG_OP = 'DELETE' OR to_jsonb(OLD) - 'version' - 'payment_status' IS DISTINCT FROM to_jsonb(NEW) - 'version' - 'payment_status' THEN
            RAISE EXCEPTION 'Invoice % is issued: it never changes, a credit note corrects it', OLD.number
                USING ERRCODE = '23514', CONSTRAINT = 'invoice_issued_is_final';
        END IF;
        -- The payment status follows from the items, by their trigger; what a program saves with the row does not count.
        IF pg_trigger_depth() = 1 THEN
            NEW.payment_status := OLD.payment_status;
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    IF NEW.number IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM erp_journalentry e WHERE e.id = NEW.entry_id AND e.number = NEW.number AND e.company_id = NEW.company_id
    ) THEN
        RAISE EXCEPTION 'The number of an invoice is its entry''s' USING ERRCODE = '23514', CONSTRAINT = 'invoice_number_is_entry_number';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_invoice BEFORE INSERT OR UPDATE OR DELETE ON erp_customerinvoice FOR EACH ROW EXECUTE FUNCTION erp_guard_invoice();

CREATE OR REPLACE FUNCTION erp_require_number() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM erp_customerinvoice i JOIN erp_journalentry e ON e.id = i.entry_id
                    WHERE i.id = NEW.id AND i.number = e.number AND e.status = 'posted') THEN
        RAISE EXCEPTION 'A posted invoice has its posted entry''s number' USING ERRCODE = '23514', CONSTRAINT = 'posted_invoice_has_number';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER posted_invoice_has_number AFTER INSERT OR UPDATE ON erp_customerinvoice DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.status = 'posted' AND NEW.number IS NULL) EXECUTE FUNCTION erp_require_number();

CREATE OR REPLACE FUNCTION erp_guard_invoice_row() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE its_number text; subject bigint;
BEGIN
    subject := CASE WHEN TG_OP = 'INSERT' THEN NEW.invoice_id ELSE OLD.invoice_id END;
    SELECT number INTO its_number FROM erp_customerinvoice WHERE id = subject FOR SHARE;
    IF its_number IS NOT NULL THEN
        RAISE EXCEPTION 'Invoice % is issued: its % rows never change', its_number, TG_TABLE_NAME
            USING ERRCODE = '23514', CONSTRAINT = 'invoice_issued_is_final';
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.invoice_id <> OLD.invoice_id THEN
        RAISE EXCEPTION 'A line stays in its invoice' USING ERRCODE = '23514', CONSTRAINT = 'row_stays_in_its_invoice';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER guard_row BEFORE INSERT OR UPDATE OR DELETE ON erp_customerinvoiceline FOR EACH ROW EXECUTE FUNCTION erp_guard_invoice_row();
CREATE TRIGGER guard_row BEFORE INSERT OR UPDATE OR DELETE ON erp_customerinvoicetax FOR EACH ROW EXECUTE FUNCTION erp_guard_invoice_row();
CREATE TRIGGER guard_row BEFORE INSERT OR UPDATE OR DELETE ON erp_customerinvoiceinstalment FOR EACH ROW EXECUTE FUNCTION erp_guard_invoice_row();

CREATE OR REPLACE FUNCTION erp_guard_payment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.number IS NOT NULL THEN
        IF TG_OP = 'DELETE' OR to_jsonb(OLD) - 'version' - 'status' IS DISTINCT FROM to_jsonb(NEW) - 'version' - 'status' THEN
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

CREATE TRIGGER guard_payment BEFORE INSERT OR UPDATE OR DELETE ON erp_customerpayment FOR EACH ROW EXECUTE FUNCTION erp_guard_payment();
