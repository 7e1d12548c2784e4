-- Documents of payables bear their entry's number. An entry says whose it is by its source, so other entries pay nothing for this.
CREATE OR REPLACE FUNCTION erp_number_payable() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    IF NEW.source_key LIKE 'erp.supplierbill:%' THEN
        UPDATE erp_supplierbill SET number = NEW.number WHERE entry_id = NEW.id;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER number_payable AFTER UPDATE OF number ON erp_journalentry FOR EACH ROW
    WHEN (OLD.number IS NULL AND NEW.number IS NOT NULL AND NEW.source_key LIKE 'erp.supplier%') EXECUTE FUNCTION erp_number_payable();

-- A numbered bill never changes, but for what is derived from others; it counts as reversed when its entry is.
CREATE OR REPLACE FUNCTION erp_guard_bill() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.number IS NOT NULL THEN
        IF TG_OP = 'DELETE' OR to_jsonb(OLD) - 'version' - 'payment_status' - 'status'
           IS DISTINCT FROM to_jsonb(NEW) - 'version' - 'payment_status' - 'status' THEN
            RAISE EXCEPTION 'Bill % is posted: it never changes, reverse it', OLD.number USING ERRCODE = '23514', CONSTRAINT = 'bill_posted_is_final';
        END IF;
        IF NEW.status IS DISTINCT FROM OLD.status THEN
            IF OLD.status <> 'posted' OR NEW.status <> 'reversed'
               OR NOT EXISTS (SELECT 1 FROM erp_journalentry WHERE reverses_id = OLD.entry_id) THEN
                RAISE EXCEPTION 'Bill % is reversed by its reversing entry', OLD.number USING ERRCODE = '23514', CONSTRAINT = 'bill_posted_is_final';
            END IF;
            NEW.payment_status := '';
        ELSIF pg_trigger_depth() = 1 THEN
            NEW.payment_status := OLD.payment_status;
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    IF NEW.number IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM erp_journalentry e WHERE e.id = NEW.entry_id AND e.number = NEW.number AND e.company_id = NEW.company_id
    ) THEN
        RAISE EXCEPTION 'The number of a bill is its entry''s' USING ERRCODE = '23514', CONSTRAINT = 'bill_number_is_entry_number';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_bill BEFORE INSERT OR UPDATE OR DELETE ON erp_supplierbill FOR EACH ROW EXECUTE FUNCTION erp_guard_bill();

CREATE OR REPLACE FUNCTION erp_require_bill_number() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM erp_supplierbill b JOIN erp_journalentry e ON e.id = b.entry_id
                    WHERE b.id = NEW.id AND b.number = e.number AND e.status = 'posted') THEN
        RAISE EXCEPTION 'A posted bill has its posted entry''s number' USING ERRCODE = '23514', CONSTRAINT = 'posted_bill_has_number';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER posted_bill_has_number AFTER INSERT OR UPDATE ON erp_supplierbill DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.status IN ('posted', 'reversed') AND NEW.number IS NULL) EXECUTE FUNCTION erp_require_bill_number();

-- Lines, taxes and instalments are written while the bill has no number; lines and taxes only while it is a draft.
CREATE OR REPLACE FUNCTION erp_guard_bill_row() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE its erp_supplierbill; subject bigint;
BEGIN
    subject := CASE WHEN TG_OP = 'INSERT' THEN NEW.bill_id ELSE OLD.bill_id END;
    SELECT * INTO its FROM erp_supplierbill WHERE id = subject FOR SHARE;
    IF its.number IS NOT NULL OR (its.status <> 'draft' AND TG_TABLE_NAME <> 'erp_supplierbillinstalment') THEN
        RAISE EXCEPTION 'Bill % is no draft: its % rows never change', coalesce(its.number, its.supplier_reference), TG_TABLE_NAME
            USING ERRCODE = '23514', CONSTRAINT = 'bill_posted_is_final';
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.bill_id <> OLD.bill_id THEN
        RAISE EXCEPTION 'A line stays in its bill' USING ERRCODE = '23514', CONSTRAINT = 'row_stays_in_its_bill';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER guard_row BEFORE INSERT OR UPDATE OR DELETE ON erp_supplierbillline FOR EACH ROW EXECUTE FUNCTION erp_guard_bill_row();
CREATE TRIGGER guard_row BEFORE INSERT OR UPDATE OR DELETE ON erp_supplierbilltax FOR EACH ROW EXECUTE FUNCTION erp_guard_bill_row();
CREATE TRIGGER guard_row BEFORE INSERT OR UPDATE OR DELETE ON erp_supplierbillinstalment FOR EACH ROW EXECUTE FUNCTION erp_guard_bill_row();

-- A bill's payment status follows from its items.
CREATE OR REPLACE FUNCTION erp_derive_bill_status() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    UPDATE erp_supplierbill b SET payment_status = s.derived
      FROM (SELECT CASE WHEN sum(abs(o.open_amount)) = sum(abs(o.amount)) THEN 'unpaid' WHEN sum(abs(o.open_amount)) > 0 THEN 'partial' ELSE 'paid' END
                   AS derived
              FROM erp_openitem o WHERE o.entry_id = NEW.entry_id AND o.kind IN ('bill', 'bill_credit')) s
     WHERE b.entry_id = NEW.entry_id AND b.status <> 'reversed' AND b.payment_status IS DISTINCT FROM s.derived;
    RETURN NULL;
END $$;

CREATE TRIGGER derive_bill_status AFTER UPDATE ON erp_openitem FOR EACH ROW
    WHEN (OLD.open_amount IS DISTINCT FROM NEW.open_amount AND NEW.kind IN ('bill', 'bill_credit')) EXECUTE FUNCTION erp_derive_bill_status();

-- Items of suppliers, locked in key order after their bills: allocating writes the bills' payment status.
CREATE OR REPLACE FUNCTION erp_lock_payable_items(p_items bigint[]) RETURNS SETOF erp_openitem
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    PERFORM 1 FROM erp_supplierbill WHERE entry_id IN (SELECT entry_id FROM erp_openitem WHERE id = ANY (p_items)) ORDER BY id FOR NO KEY UPDATE;
    RETURN QUERY SELECT * FROM erp_openitem WHERE id = ANY (p_items) ORDER BY id FOR NO KEY UPDATE;
END $$;

-- Companies whose books were opened before there were bills get the journal of bills.
INSERT INTO erp_journal (company_id, code, name, kind)
SELECT DISTINCT j.company_id, 'BILL', 'Supplier bills', 'purchase' FROM erp_journal j
 WHERE NOT EXISTS (SELECT 1 FROM erp_journal x WHERE x.company_id = j.company_id AND (x.kind = 'purchase' OR x.code = 'BILL'));
