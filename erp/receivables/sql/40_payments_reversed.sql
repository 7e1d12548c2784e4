-- A customer's payment bounces by the mirror of its entry, and only by it; a numbered payment never changes, is no draft again, and bounced stays bounced.
CREATE OR REPLACE FUNCTION erp_guard_payment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.number IS NOT NULL THEN
        IF TG_OP = 'DELETE' OR to_jsonb(OLD) - 'version' - 'status' IS DISTINCT FROM to_jsonb(NEW) - 'version' - 'status' OR NEW.status = 'draft'
           OR (OLD.status = 'reversed' AND NEW.status <> 'reversed') THEN
            RAISE EXCEPTION 'Payment % is posted: it never changes, reverse it', OLD.number
                USING ERRCODE = '23514', CONSTRAINT = 'payment_posted_is_final';
        END IF;
        IF NEW.status = 'reversed' AND OLD.status <> 'reversed'
           AND NOT EXISTS (SELECT 1 FROM erp_journalentry WHERE reverses_id = OLD.entry_id) THEN
            RAISE EXCEPTION 'Payment % is reversed by its reversing entry', OLD.number
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
